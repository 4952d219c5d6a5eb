package asof

import (
	"context"

	"releasegraph/internal/store"
)

// match tells which of the nodes, given as they were, the filter held for.
// Edges are read for all nodes together, and only for those on which the rest
// of the filter leaves it open.
func (r *Reader) match(ctx context.Context, nodes []store.Node, f store.Filter) ([]bool, error) {
	switch f := f.(type) {
	case nil:
		return r.local(nodes, func(*store.Node) bool { return true }), nil
	case store.Compare:
		return r.local(nodes, func(n *store.Node) bool { return f.Holds(store.PropertyOf(n, f.Property)) }), nil
	case store.Not:
		holds, err := r.match(ctx, nodes, f.Filter)
		for i := range holds {
			holds[i] = !holds[i]
		}
		return holds, err
	case store.And:
		return r.matchAll(ctx, nodes, f, true)
	case store.Or:
		return r.matchAll(ctx, nodes, f, false)
	case store.Related:
		return r.matchRelated(ctx, nodes, f)
	case store.OfKind:
		return r.matchKind(ctx, nodes, f)
	}
	return make([]bool, len(nodes)), nil
}

func (r *Reader) local(nodes []store.Node, is func(*store.Node) bool) []bool {
	holds := make([]bool, len(nodes))
	for i := range nodes {
		holds[i] = is(&nodes[i])
	}
	return holds
}

// matchAll goes on with those nodes only that have not met the filter that
// decides: one that does not hold among And's, one that does among Or's.
func (r *Reader) matchAll(ctx context.Context, nodes []store.Node, filters []store.Filter, and bool) ([]bool, error) {
	holds := r.local(nodes, func(*store.Node) bool { return and })
	open := make([]int, len(nodes))
	for i := range open {
		open[i] = i
	}
	for _, f := range filters {
		if len(open) == 0 {
			break
		}
		rest := make([]store.Node, len(open))
		for j, i := range open {
			rest[j] = nodes[i]
		}
		held, err := r.match(ctx, rest, f)
		if err != nil {
			return nil, err
		}
		var still []int
		for j, i := range open {
			if held[j] == and {
				still = append(still, i)
			} else {
				holds[i] = !and
			}
		}
		open = still
	}
	return holds, nil
}

// matchKind matches those of the nodes that are of the kind.
func (r *Reader) matchKind(ctx context.Context, nodes []store.Node, f store.OfKind) ([]bool, error) {
	holds := make([]bool, len(nodes))
	var of []int
	var rest []store.Node
	for i := range nodes {
		if nodes[i].Kind == f.Kind {
			of, rest = append(of, i), append(rest, nodes[i])
		}
	}
	held, err := r.match(ctx, rest, f.Filter)
	for j, i := range of {
		holds[i] = err == nil && held[j]
	}
	return holds, err
}

func (r *Reader) matchRelated(ctx context.Context, nodes []store.Node, f store.Related) ([]bool, error) {
	holds := make([]bool, len(nodes))
	if len(nodes) == 0 {
		return holds, nil
	}
	ids := make([]store.ID, len(nodes))
	for i := range nodes {
		ids[i] = nodes[i].ID
	}
	arcs, err := r.arcs(ctx, way{f.Rel, f.Direction}, ids)
	if err != nil {
		return nil, err
	}
	var far []store.Node
	var of []int
	for i, list := range arcs {
		for _, a := range list {
			if edgeHolds(f.EdgeFilter, &a.edge) {
				far, of = append(far, a.far), append(of, i)
			}
		}
	}
	held, err := r.match(ctx, far, f.Filter)
	for j, i := range of {
		holds[i] = holds[i] || err == nil && held[j]
	}
	return holds, err
}

// suspects are the nodes that were, or are, of a kind and on which today's
// answer about a filter, or about their place in an order, may not be that of
// the revision: the touched ones, and those for which the filter follows edges
// to what was touched. For all others today's answer holds.
func (r *Reader) suspects(ctx context.Context, o *overlay, kind string, f store.Filter) (map[store.ID]bool, error) {
	found := map[store.ID]bool{}
	o.mu.RLock()
	for id := range o.touched.ofKind(kind) {
		found[id] = true
	}
	o.mu.RUnlock()
	return found, r.related(ctx, o, kind, f, found)
}

// related adds the suspects that a filter's edges lead to.
func (r *Reader) related(ctx context.Context, o *overlay, kind string, f store.Filter, found map[store.ID]bool) error {
	switch f := f.(type) {
	case store.Not:
		return r.related(ctx, o, kind, f.Filter, found)
	case store.And:
		return r.relatedOf(ctx, o, kind, f, found)
	case store.Or:
		return r.relatedOf(ctx, o, kind, f, found)
	case store.Related:
		return r.relatedBy(ctx, o, kind, f, found)
	case store.OfKind:
		if f.Kind == kind {
			return r.related(ctx, o, kind, f.Filter, found)
		}
	}
	return nil
}

func (r *Reader) relatedOf(ctx context.Context, o *overlay, kind string, filters []store.Filter, found map[store.ID]bool) error {
	for _, f := range filters {
		if err := r.related(ctx, o, kind, f, found); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) relatedBy(ctx context.Context, o *overlay, kind string, f store.Related, found map[store.ID]bool) error {
	w := way{f.Rel, f.Direction}
	o.mu.RLock()
	for id := range o.touched.endsOf(w) {
		found[id] = true
	}
	o.mu.RUnlock()
	if f.Filter == nil {
		return nil
	}
	back := way{f.Rel, store.In - f.Direction}
	for _, far := range r.Declared().FarKinds(f.Rel, kind, f.Direction) {
		suspects, err := r.suspects(ctx, o, far, f.Filter)
		if err != nil {
			return err
		}
		if len(suspects) == 0 {
			continue
		}
		ids := make([]store.ID, 0, len(suspects))
		for id := range suspects {
			ids = append(ids, id)
		}
		arcs, err := r.arcs(ctx, back, ids)
		if err != nil {
			return err
		}
		for _, list := range arcs {
			for _, a := range list {
				found[a.far.ID] = true
			}
		}
	}
	return nil
}
