package scoped

import "releasegraph/internal/store"

// nothing is a filter that selects no node.
var nothing = store.Or{}

// narrowed adds to a filter on nodes of a kind that they are seen, and so is
// whatever it follows edges to. The filter is checked as it was given, so that
// what is wrong with it is told of that.
func (r *Reader) narrowed(s Scope, kind string, f store.Filter) (store.Filter, error) {
	if err := r.Declared().CheckFilter(kind, f); err != nil {
		return nil, err
	}
	return and(s.seen(kind), r.within(s, kind, f)), nil
}

// seen is the condition under which nodes of a kind are seen, nil for all.
func (s Scope) seen(kind string) store.Filter {
	switch rule := s[kind]; {
	case rule.All:
		return nil
	case rule.Filter == nil:
		return nothing
	default:
		return rule.Filter
	}
}

func and(f, g store.Filter) store.Filter {
	switch {
	case f == nil:
		return g
	case g == nil:
		return f
	}
	return store.And{f, g}
}

// within rewrites a filter so that the nodes it follows edges to are seen ones.
func (r *Reader) within(s Scope, kind string, f store.Filter) store.Filter {
	switch f := f.(type) {
	case store.And:
		return store.And(r.each(s, kind, f))
	case store.Or:
		return store.Or(r.each(s, kind, f))
	case store.Not:
		return store.Not{Filter: r.within(s, kind, f.Filter)}
	case store.OfKind:
		return store.OfKind{Kind: f.Kind, Filter: r.within(s, f.Kind, f.Filter)}
	case store.Related:
		f.Filter = r.farEnds(s, kind, f)
		return f
	}
	return f
}

func (r *Reader) each(s Scope, kind string, list []store.Filter) []store.Filter {
	all := make([]store.Filter, len(list))
	for i, f := range list {
		all[i] = r.within(s, kind, f)
	}
	return all
}

// farEnds is the filter on the other ends of a relationship. Where they are of
// several kinds, each kind that the filter fits has a condition of its own.
func (r *Reader) farEnds(s Scope, kind string, f store.Related) store.Filter {
	far := r.Declared().FarKinds(f.Rel, kind, f.Direction)
	if len(far) == 1 {
		return and(s.seen(far[0]), r.within(s, far[0], f.Filter))
	}
	var any store.Or
	for _, k := range far {
		if r.Declared().CheckFilter(k, f.Filter) == nil {
			any = append(any, store.OfKind{Kind: k, Filter: and(s.seen(k), r.within(s, k, f.Filter))})
		}
	}
	return any
}
