package mirror

import (
	"slices"

	"releasegraph/internal/store"
)

// holds reports whether all that a read needs is held.
func (s *snapshot) holds(f store.Filter, names []string) bool {
	return s.without == nil || s.covers(names...) && s.coversFilter(f)
}

// coversFilter reports whether all that a filter reads is held.
func (s *snapshot) coversFilter(f store.Filter) bool {
	if s.without == nil {
		return true
	}
	switch f := f.(type) {
	case store.And:
		return s.coversFilters(f)
	case store.Or:
		return s.coversFilters(f)
	case store.Not:
		return s.coversFilter(f.Filter)
	case store.OfKind:
		return s.covers(f.Kind) && s.coversFilter(f.Filter)
	case store.Related:
		return s.covers(f.Rel) && s.coversFilter(f.Filter)
	}
	return true
}

func (s *snapshot) coversFilters(list []store.Filter) bool {
	return !slices.ContainsFunc(list, func(f store.Filter) bool { return !s.coversFilter(f) })
}
