package calendar

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// openingRels returns the relationships by which a window or a freeze names
// sites and services.
func openingRels(kind string) (at, of string) {
	if kind == domain.KindFreeze {
		return domain.RelFreezesAt, domain.RelFreezes
	}
	return domain.RelWindowAt, domain.RelWindowOf
}

// CreateMaintenanceWindow adds a maintenance window with what it is for.
func (a *Area) CreateMaintenanceWindow(ctx context.Context, in domain.NewOpening, o *domain.WriteOptions) (*estate.Written, error) {
	w, _, err := a.createOpening(ctx, domain.KindMaintenanceWindow, in, o)
	return w, err
}

// createOpening adds a window or a freeze, and tells what it is for.
func (a *Area) createOpening(ctx context.Context, kind string, in domain.NewOpening, o *domain.WriteOptions) (*estate.Written, *Opening, error) {
	made := &Opening{}
	m := estate.Mutation{Action: authz.Create, Kind: kind, Options: o, Input: []any{"create", kind, in}}
	written, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		r := &estate.Refs{View: a.estate.Today(ctx)}
		made.Sites = r.WantAll(domain.KindSite, in.Sites, "input.sites")
		made.Services = r.WantAll(domain.KindConfigurationItem, in.Services, "input.services")
		record, newErr := k.New(in.Fields, "input")
		made.Record = record
		if err := refusal.Both(newErr, unread(newErr, checkOpening(record, "input")), made.named("input.everywhere"), r.Resolve(ctx)); err != nil {
			return nil, nil, err
		}
		if err := servicesOnly(made.Services, "input.services"); err != nil {
			return nil, nil, err
		}
		record.Meta().Sources = domain.BroughtBy(domain.SourceAPI)
		d, _ := a.estate.Creating(record)
		at, of := openingRels(kind)
		d.Join(at, record, store.DistinctIDs(made.Sites)...)
		d.Join(of, record, store.DistinctIDs(made.Services)...)
		for _, n := range made.Services {
			d.Guards = append(d.Guards, store.NodeAt{ID: n.ID, Version: n.Version})
		}
		return d, record, nil
	})
	return written, made, err
}

// unread leaves out what is only wrong since a field could not be read: that it
// is missing, and what else is missing then.
func unread(unfit, wrong error) error {
	if unfit == nil {
		return wrong
	}
	known := map[string]bool{}
	for _, e := range domain.ErrorsOf(unfit) {
		known[e.Field] = true
	}
	return slices.DeleteFunc(domain.ErrorsOf(wrong), func(e *domain.Error) bool {
		return known[e.Field] || strings.HasPrefix(e.Message, "is missing")
	}).Err()
}

// named refuses a window or freeze that is for nothing.
func (o *Opening) named(field string) error {
	if of := o.Opening(); of.NamesNothing() && len(o.Sites)+len(o.Services) == 0 {
		return of.CheckNames(field)
	}
	return nil
}

// servicesOnly refuses items of other classes among services.
func servicesOnly(items []store.Node, field string) error {
	var es domain.Errors
	for i, n := range items {
		if err := domain.CheckOpeningService(n.Props.Text("key"), domain.Class(n.Props.Text("class"))); err != nil {
			err.Field = refusal.Element(field, i)
			es = append(es, err)
		}
	}
	return es.Err()
}

// namedBy counts the sites and services that a window or freeze names.
func (a *Area) namedBy(ctx context.Context, r entity.Record) (named int, err error) {
	at, of := openingRels(entity.KindOf(r).Name)
	for _, rel := range []string{at, of} {
		counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.Meta().ID)}, Rel: rel, Direction: store.Out})
		if err != nil {
			return 0, refusal.OfStore(err)
		}
		named += int(counts[0])
	}
	return named, nil
}
