package event

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Events begins to tell what is changed after a revision; from now on when it
// is nil. Events of one change set come together, and change sets in the order
// of the log, without gaps but for what the caller may not see.
func (a *Area) Events(ctx context.Context, filter *domain.EventFilter, after *int64) (*Stream[*Event], error) {
	if err := a.estate.May(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	f, err := readEventFilter(filter)
	if err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	return &Stream[*Event]{app: a, reader: reader, topic: happenings{a, f}}, nil
}

// happenings are the events that a filter chooses.
type happenings struct {
	app    *Area
	filter *eventFilter
}

func (h happenings) pass(_ context.Context, c *store.Change) (bool, error) {
	return h.filter.ofSet(c) && slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return h.filter.holds(&e) }), nil
}

func (h happenings) of(ctx context.Context, c *store.Change) ([]*Event, error) {
	seen, err := h.app.seenOf(ctx, c)
	if err != nil || seen == nil {
		return nil, err
	}
	return newEvents(h.app, seen, h.filter), nil
}

func (happenings) state() string { return "" }

// eventFilter is a domain.EventFilter that was checked. An empty part wants all.
type eventFilter struct{ in domain.EventFilter }

func readEventFilter(in *domain.EventFilter) (*eventFilter, error) {
	if in == nil {
		return &eventFilter{}, nil
	}
	var errs domain.Errors
	for i, kind := range in.Kinds {
		if entity.KindNamed(kind) == nil && len(entity.RelationshipsNamed(kind)) == 0 {
			errs = append(errs, refusal.Wrong(refusal.Element("filter.kinds", i), "there is no kind and no relationship %q; there are %s", kind, strings.Join(kindsAndRelationships(), ", ")))
		}
	}
	for field, n := range map[string]int{"ids": len(in.IDs), "actors": len(in.Actors), "sources": len(in.Sources)} {
		if n > listing.MaxPage {
			errs = append(errs, listing.TooMany("filter."+field, n))
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

// ofSet reports whether events of a change set may be wanted at all.
func (f *eventFilter) ofSet(c *store.Change) bool {
	return among(f.in.Actors, c.Actor) && among(f.in.Sources, source.Read(c.Source).Source)
}

// holds reports whether an effect is wanted.
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
