package app

import (
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// eventFilter is a domain.EventFilter that was checked. An empty part wants all.
type eventFilter struct{ in domain.EventFilter }

func readEventFilter(in *domain.EventFilter) (*eventFilter, error) {
	if in == nil {
		return &eventFilter{}, nil
	}
	var errs domain.Errors
	for i, kind := range in.Kinds {
		if entity.KindNamed(kind) == nil && len(entity.RelationshipsNamed(kind)) == 0 {
			errs = append(errs, wrong(element("filter.kinds", i), "there is no kind and no relationship %q; there are %s", kind, strings.Join(kindsAndRelationships(), ", ")))
		}
	}
	for field, n := range map[string]int{"ids": len(in.IDs), "actors": len(in.Actors), "sources": len(in.Sources)} {
		if n > maxPage {
			errs = append(errs, tooMany("filter."+field, n))
		}
	}
	return &eventFilter{*in}, errs.Err()
}

func kindsAndRelationships() []string {
	var names []string
	for _, k := range entity.Kinds() {
		names = append(names, k.Name)
	}
	for _, r := range entity.Relationships() {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// ofSet tells whether events of a change set may be wanted at all.
func (f *eventFilter) ofSet(c *store.Change) bool {
	return among(f.in.Actors, c.Actor) && among(f.in.Sources, c.Source)
}

// holds tells whether an effect is wanted.
func (f *eventFilter) holds(e *store.Effect) bool {
	kind := e.Kind
	if e.Node == "" {
		kind = e.Edge.Rel
	}
	return among(f.in.Types, eventType(e)) && among(f.in.Kinds, kind) && (len(f.in.IDs) == 0 || slices.ContainsFunc(f.in.IDs, func(id string) bool {
		return e.Concerns(store.ID(id))
	}))
}

func among[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
