package event

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
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
	if f.reaches, err = a.reaches(ctx, filter); err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after, f.reaches...)
	if err != nil {
		return nil, err
	}
	return newStream[*Event](a, reader, happenings{a, f}), nil
}

// happenings are the events that a filter chooses.
type happenings struct {
	app    *Area
	filter *eventFilter
}

func (h happenings) pass(ctx context.Context, c *store.Change) (bool, error) {
	for _, r := range h.filter.reaches {
		if err := r.pass(ctx, c); err != nil {
			return false, err
		}
	}
	return h.filter.ofSet(c) && slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return h.filter.holds(&e) }), nil
}

func (h happenings) of(ctx context.Context, c *store.Change) ([]*Event, error) {
	seen, err := h.app.seenOf(ctx, c)
	if err != nil || seen == nil {
		return nil, err
	}
	return newEvents(ctx, h.app, seen, h.filter)
}

func (h happenings) state() string {
	var b strings.Builder
	for _, r := range h.filter.reaches {
		b.WriteString(r.state())
	}
	return b.String()
}

// eventFilter is a domain.EventFilter that was checked. An empty part wants all.
type eventFilter struct {
	in      domain.EventFilter
	reaches []*reach // of the records that events are to concern
}

func readEventFilter(in *domain.EventFilter) (*eventFilter, error) {
	if in == nil {
		return &eventFilter{}, nil
	}
	var errs domain.Errors
	for i, name := range in.Types {
		if !happening.Names(name) {
			errs = append(errs, refusal.Wrong(refusal.Element("filter.types", i), "there is no type of event %q; there are %s", name, strings.Join(happening.Near(name), ", ")))
		}
	}
	for i, kind := range in.Kinds {
		if entity.KindNamed(kind) == nil && len(entity.RelationshipsNamed(kind)) == 0 {
			errs = append(errs, refusal.Wrong(refusal.Element("filter.kinds", i), "there is no kind and no relationship %q; there are %s", kind, strings.Join(kindsAndRelationships(), ", ")))
		}
	}
	for field, n := range map[string]int{"types": len(in.Types), "ids": len(in.IDs), "keys": len(in.Keys), "actors": len(in.Actors), "sources": len(in.Sources)} {
		if n > listing.MaxPage {
			errs = append(errs, listing.TooMany("filter."+field, n))
		}
	}
	return &eventFilter{in: *in}, errs.Err()
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
	if len(f.in.Types) > 0 && !slices.ContainsFunc(f.in.Types, func(text string) bool { return happening.Among(text, happening.TypeOf(e)) }) {
		return false
	}
	for _, r := range f.reaches {
		if !r.touched(e) {
			return false
		}
	}
	return among(f.in.Verbs, domain.ChangeType(e.Verb())) && among(f.in.Kinds, kind) && (len(f.in.IDs) == 0 || slices.ContainsFunc(f.in.IDs, func(id string) bool {
		return e.Concerns(store.ID(id))
	}))
}

// keyed keeps those events whose subjects have one of the keys that are wanted.
func (f *eventFilter) keyed(ctx context.Context, list []*Event) ([]*Event, error) {
	if len(f.in.Keys) == 0 {
		return list, nil
	}
	var kept []*Event
	for _, e := range list {
		c, err := e.change(ctx)
		if err != nil {
			return nil, err
		}
		if c.Key != nil && slices.Contains(f.in.Keys, *c.Key) || c.From != nil && slices.Contains(f.in.Keys, c.From.Key) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// concerned says how far a record reaches that events are to concern.
type concerned struct {
	field string
	kind  string
	ref   *domain.Ref
	walk  store.Walk
	kinds []string
}

// reaches finds the records that events are to concern, and what belongs to them: to a
// site what is installed there and its roll-outs, to a service all that it depends on, to
// a deployment its waves and their sites.
func (a *Area) reaches(ctx context.Context, in *domain.EventFilter) ([]*reach, error) {
	if in == nil {
		return nil, nil
	}
	var list []*reach
	wanted, nodes := estate.Refs{View: a.estate.Today(ctx)}, make([]store.Node, 3)
	rollout := []string{domain.KindSiteRollout, domain.KindWave, domain.KindDeployment}
	asked := []concerned{
		{"filter.site", domain.KindSite, in.Site, store.Walk{
			Rels: []string{domain.RelInstalledAt, domain.RelTargets, domain.RelHasWave}, Direction: store.In, Depth: 3,
		}, append([]string{domain.KindConfigurationItem}, rollout...)},
		{"filter.service", domain.KindConfigurationItem, in.Service, store.Walk{
			Rels: []string{domain.RelDependsOn}, Direction: store.Out,
		}, []string{domain.KindConfigurationItem}},
		{"filter.deployment", domain.KindDeployment, in.Deployment, store.Walk{
			Rels: []string{domain.RelHasWave, domain.RelTargets}, Direction: store.Out, Depth: 2,
		}, rollout},
	}
	for i, c := range asked {
		if c.ref != nil {
			wanted.Want(c.kind, *c.ref, c.field, &nodes[i])
		}
	}
	if err := wanted.Resolve(ctx); err != nil {
		return nil, err
	}
	for i, c := range asked {
		if c.ref == nil {
			continue
		}
		c.walk.Roots = []store.ID{nodes[i].ID}
		list = append(list, &reach{app: a, of: nodes[i].ID, walks: []store.Walk{c.walk}, kinds: c.kinds, field: c.field})
	}
	return list, nil
}

func among[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
