package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

const (
	fewNodes   = 16 // are looked up by their own histories
	fewEntries = 64 // of each
)

// around gives what covers some nodes themselves, not what they are joined to:
// where much has changed since the revision, only the changes that touched
// them are read. Like overlay it is to be asked for after a read of today's
// graph.
func (r *Reader) around(ctx context.Context, ids []store.ID) (*overlay, error) {
	if len(ids) == 0 || len(ids) > fewNodes {
		return r.overlay(ctx)
	}
	head, err := r.history.settled(ctx, r.revision)
	if err != nil {
		return nil, err
	}
	if head-r.history.reached(r.revision) <= r.history.few {
		return r.history.overlayTo(ctx, r.revision, head)
	}
	pages, err := r.base().History(ctx, store.HistoryQuery{Nodes: ids, First: fewEntries})
	if err != nil {
		return nil, err
	}
	o := newOverlay(r.history, r.revision)
	for i, p := range pages {
		n := len(p.Changes)
		if p.HasNext && n > 0 && p.Changes[n-1].Revision > r.revision {
			return r.history.overlayTo(ctx, r.revision, head)
		}
		o.own(ids[i], p.Changes)
	}
	return o, nil
}

// own takes in what happened to a node itself since the revision.
func (o *overlay) own(id store.ID, newestFirst []store.Change) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range slices.Backward(newestFirst) {
		if c.Revision <= o.revision {
			continue
		}
		for i := range c.Effects {
			if c.Effects[i].Node == id {
				o.effect(&c.Effects[i])
			}
		}
	}
}

// reached is how far the changes since a revision have been followed.
func (h *History) reached(r store.Revision) store.Revision {
	if o := use(h, func(o *overlay) bool { return o.revision == r }, nil); o != nil {
		return o.reachedAt()
	}
	return r
}

// held gives those of today's holders of unique values that held them then:
// nobody else can have.
func (r *Reader) held(ctx context.Context, kind, property string, now map[string]store.Node) (map[string]store.Node, error) {
	ids := make([]store.ID, 0, len(now))
	nodes := make(map[store.ID]store.Node, len(now))
	for _, n := range now {
		ids = append(ids, n.ID)
		nodes[n.ID] = n
	}
	slices.Sort(ids)
	o, err := r.around(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]store.Node, len(now))
	for id, n := range o.nodesAmong(ids, nodes) {
		if v, ok := n.Props[property].(string); ok && n.Kind == kind && now[v].ID == id {
			found[v] = n
		}
	}
	return found, nil
}
