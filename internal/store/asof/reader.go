package asof

import (
	"context"
	"time"

	"releasegraph/internal/store"
)

// Reader is a store.Reader of the graph as of one revision. Cursors of its
// pages are good for pages as of the same revision.
type Reader struct {
	history  *History
	revision store.Revision
}

var _ store.Reader = (*Reader)(nil)

// Revision is the one that the Reader reads as of.
func (r *Reader) Revision() store.Revision { return r.revision }

func (r *Reader) base() store.Store { return r.history.store }

// overlay is to be asked for after a read of today's graph: it then covers all
// that the read can have seen.
func (r *Reader) overlay(ctx context.Context) (*overlay, error) {
	return r.history.catchUp(ctx, r.revision)
}

// Declared is the schema that the store was opened with.
func (r *Reader) Declared() *store.Declared { return r.base().Declared() }

// Nodes returns those of the nodes that existed.
func (r *Reader) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	now, err := r.base().Nodes(ctx, ids...)
	if err != nil {
		return nil, err
	}
	o, err := r.around(ctx, ids)
	if err != nil {
		return nil, err
	}
	return o.nodesAmong(ids, now), nil
}

// nodesAmong lays the overlay over nodes that were read.
func (o *overlay) nodesAmong(ids []store.ID, now map[store.ID]store.Node) map[store.ID]store.Node {
	o.mu.RLock()
	defer o.mu.RUnlock()
	found := make(map[store.ID]store.Node, len(ids))
	for _, id := range ids {
		var is *store.Node
		if n, exists := now[id]; exists {
			is = &n
		}
		if n, existed := o.node(id, is); existed {
			found[id] = n
		}
	}
	return found
}

// touchedNodes gives the whole of touched nodes, and of others, reading those
// only that are not known. Their properties may be the overlay's own: what
// leaves the package is a clone.
func (r *Reader) touchedNodes(ctx context.Context, o *overlay, ids []store.ID) (map[store.ID]store.Node, error) {
	var unknown []store.ID
	known := make([]store.ID, 0, len(ids))
	o.mu.RLock()
	for _, id := range ids {
		switch p := o.nodes[id]; {
		case p == nil && o.touched.bornNode(id):
		case p != nil && p.Whole:
			known = append(known, id)
		default:
			unknown = append(unknown, id)
		}
	}
	o.mu.RUnlock()
	found := o.held(known)
	if len(unknown) == 0 {
		return found, nil
	}
	read, err := r.Nodes(ctx, unknown...)
	if err != nil {
		return nil, err
	}
	o.complete(read)
	for id, n := range read {
		found[id] = n
	}
	return found, nil
}

// held gives touched nodes that are known whole, as they are kept: nothing
// changes them any more.
func (o *overlay) held(ids []store.ID) map[store.ID]store.Node {
	o.mu.RLock()
	defer o.mu.RUnlock()
	found := make(map[store.ID]store.Node, len(ids))
	for _, id := range ids {
		if p := o.nodes[id]; p.Complete {
			found[id] = store.Node{ID: id, Kind: p.Kind, Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Props: p.Props}
		} else {
			found[id] = p.Node(id, nil)
		}
	}
	return found
}

// Lookup finds nodes by what they held of a unique property.
func (r *Reader) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	now, err := r.base().Lookup(ctx, kind, property, values...)
	if err != nil {
		return nil, err
	}
	if len(now) == len(values) {
		found, err := r.held(ctx, kind, property, now)
		if len(found) == len(values) || err != nil {
			return found, err
		}
	}
	o, err := r.overlay(ctx)
	if err != nil {
		return nil, err
	}
	var ids []store.ID
	o.mu.RLock()
	for _, v := range values {
		if n, found := now[v]; found {
			ids = append(ids, n.ID)
		}
		ids = append(ids, o.holders[store.Holding{Kind: kind, Property: property, Value: v}]...)
	}
	o.mu.RUnlock()
	were, err := r.touchedNodes(ctx, o, ids)
	if err != nil {
		return nil, err
	}
	wanted := make(map[string]bool, len(values))
	for _, v := range values {
		wanted[v] = true
	}
	found := make(map[string]store.Node, len(values))
	for _, n := range were {
		if v, ok := n.Props[property].(string); ok && n.Kind == kind && wanted[v] {
			n.Props = n.Props.Clone()
			found[v] = n
		}
	}
	return found, nil
}

// EdgesBetween returns those of the edges that existed.
func (r *Reader) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	now, err := r.base().EdgesBetween(ctx, keys...)
	if err != nil {
		return nil, err
	}
	o, err := r.overlay(ctx)
	if err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	found := make(map[store.EdgeKey]store.Edge, len(keys))
	for _, k := range keys {
		var is *store.Edge
		if e, exists := now[k]; exists {
			is = &e
		}
		if e, existed := o.edge(k, is); existed {
			found[k] = e
		}
	}
	return found, nil
}

// History returns the change sets up to the revision that touched a node.
func (r *Reader) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if q.Before == 0 || q.Before > r.revision+1 {
		q.Before = r.revision + 1
	}
	if _, err := r.overlay(ctx); err != nil {
		return nil, err
	}
	return r.base().History(ctx, q)
}

// RevisionAt is the last revision at or before a time, and not after the
// Reader's.
func (r *Reader) RevisionAt(ctx context.Context, t time.Time) (store.Revision, error) {
	last, err := r.base().RevisionAt(ctx, t)
	return min(last, r.revision), err
}

// Oldest is the oldest revision that the graph can be read as of.
func (r *Reader) Oldest(ctx context.Context) (store.Revision, error) { return r.base().Oldest(ctx) }
