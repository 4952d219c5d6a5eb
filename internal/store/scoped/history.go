package scoped

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/store"
)

// History returns, for each node asked for that is not hidden, the change sets
// that touched it, each with those of its effects that are seen. One of which
// nothing is seen is left out, and older ones take its place.
func (r *Reader) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	oldest, err := r.beneath.Oldest(ctx)
	if err != nil {
		return nil, err
	}
	hidden, err := r.hidden(ctx, q.Nodes)
	if err != nil {
		return nil, err
	}
	// What is hidden is asked about like what is missing, which takes as long.
	asked := q
	asked.Nodes = slices.Clone(q.Nodes)
	open := make([]reading, len(q.Nodes))
	for i, id := range q.Nodes {
		open[i] = reading{i, q.Before}
		if hidden[id] {
			asked.Nodes[i] = nobody
		}
	}
	h := &history{reader: r, ask: asked, found: make([][]store.Change, len(q.Nodes))}
	for len(open) > 0 {
		if open, err = h.more(ctx, open); err != nil {
			return nil, err
		}
	}
	pages := make([]store.HistoryPage, len(q.Nodes))
	for i, id := range q.Nodes {
		if !hidden[id] {
			pages[i] = q.Page(id, h.found[i], oldest)
		}
	}
	return pages, nil
}

// nobody is the id of no node.
const nobody = "nobody"

// hidden tells which of the nodes exist and are not seen.
func (r *Reader) hidden(ctx context.Context, ids []store.ID) (map[store.ID]bool, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return nil, err
	}
	found, err := r.beneath.Nodes(ctx, ids...)
	if err != nil {
		return nil, err
	}
	seen := maps.Clone(found)
	if err := r.keepSeen(ctx, s, ids, seen); err != nil {
		return nil, err
	}
	hidden := map[store.ID]bool{}
	for id := range found {
		if _, ok := seen[id]; !ok {
			hidden[id] = true
		}
	}
	return hidden, nil
}

// history is one History under way.
type history struct {
	reader *Reader
	ask    store.HistoryQuery
	found  [][]store.Change
}

// reading is a node whose page is not full, and how far back it was read.
type reading struct {
	node   int
	before store.Revision
}

// more reads on for nodes that stand at the same revision together, and lists
// those whose pages are not full yet.
func (h *history) more(ctx context.Context, open []reading) (still []reading, err error) {
	together := map[store.Revision][]int{}
	for _, o := range open {
		together[o.before] = append(together[o.before], o.node)
	}
	for before, nodes := range together {
		q := store.HistoryQuery{Before: before}
		if h.ask.First > 0 {
			q.First = h.ask.First + 1
		}
		for _, i := range nodes {
			q.Nodes = append(q.Nodes, h.ask.Nodes[i])
		}
		pages, err := h.reader.beneath.History(ctx, q)
		if err != nil {
			return nil, err
		}
		for n, i := range nodes {
			kept, err := h.reader.SeenOf(ctx, pages[n].Changes)
			if err != nil {
				return nil, err
			}
			h.found[i] = append(h.found[i], kept...)
			if full := h.ask.First > 0 && len(h.found[i]) > h.ask.First; full || !pages[n].HasNext {
				continue
			}
			last := pages[n].Changes[len(pages[n].Changes)-1].Revision
			still = append(still, reading{i, last})
		}
	}
	return still, nil
}

// SeenOf keeps, of change sets, the effects that are seen as the graph is now:
// those of nodes that are seen, and of edges both ends of which are. Of what
// has gone nothing is seen, unless all of its kind is. Change sets of which
// nothing is left are left out.
func (r *Reader) SeenOf(ctx context.Context, changes []store.Change) ([]store.Change, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return nil, err
	}
	judge := judge{s, r.Declared(), nil}
	if judge.seen, err = r.Seen(ctx, judge.doubtful(changes)...); err != nil {
		return nil, err
	}
	var kept []store.Change
	for _, c := range changes {
		c.Effects = slices.DeleteFunc(slices.Clone(c.Effects), func(e store.Effect) bool { return !judge.sees(&e) })
		if len(c.Effects) > 0 {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// judge tells which effects are seen.
type judge struct {
	scope    Scope
	declared *store.Declared
	seen     map[store.ID]bool // of those that are doubtful
}

// doubtful lists the nodes of effects whose kinds are not seen whole.
func (j judge) doubtful(changes []store.Change) []store.ID {
	asked := map[store.ID]bool{}
	for i := range changes {
		for n := range changes[i].Effects {
			e := &changes[i].Effects[n]
			switch {
			case e.Node != "":
				if j.scope[e.Kind].limited() {
					asked[e.Node] = true
				}
			default:
				from, to := j.ends(e)
				if !from {
					asked[e.Edge.From] = true
				}
				if !to {
					asked[e.Edge.To] = true
				}
			}
		}
	}
	return ids(asked)
}

// ends tells of which ends of an edge all nodes that there can be are seen.
func (j judge) ends(e *store.Effect) (from, to bool) {
	return j.scope.all(j.declared.FarKinds(e.Edge.Rel, "", store.In)), j.scope.all(j.declared.FarKinds(e.Edge.Rel, "", store.Out))
}

func (j judge) sees(e *store.Effect) bool {
	if e.Node != "" {
		return j.scope[e.Kind].All || j.seen[e.Node]
	}
	from, to := j.ends(e)
	return (from || j.seen[e.Edge.From]) && (to || j.seen[e.Edge.To])
}
