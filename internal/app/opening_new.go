package app

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// openingRels are the relationships by which a window or a freeze names sites
// and services.
func openingRels(kind string) (at, of string) {
	if kind == domain.KindFreeze {
		return domain.RelFreezesAt, domain.RelFreezes
	}
	return domain.RelWindowAt, domain.RelWindowOf
}

// CreateMaintenanceWindow adds a maintenance window with what it is for.
func (a *App) CreateMaintenanceWindow(ctx context.Context, in domain.NewOpening, o *domain.WriteOptions) (*Written, error) {
	w, _, err := a.createOpening(ctx, domain.KindMaintenanceWindow, in, o)
	return w, err
}

// createOpening adds a window or a freeze, and tells what it is for.
func (a *App) createOpening(ctx context.Context, kind string, in domain.NewOpening, o *domain.WriteOptions) (*Written, *opening, error) {
	made := &opening{}
	m := mutation{authz.Create, kind, o, []any{"create", kind, in}}
	written, err := a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		r := &refs{view: a.today(ctx)}
		made.sites = r.wantAll(domain.KindSite, in.Sites, "input.sites")
		made.services = r.wantAll(domain.KindConfigurationItem, in.Services, "input.services")
		record, newErr := k.New(in.Fields, "input")
		made.record = record
		if err := both(newErr, unread(newErr, checkOpening(record, "input")), made.named("input.everywhere"), r.resolve(ctx)); err != nil {
			return nil, nil, err
		}
		if err := servicesOnly(made.services, "input.services"); err != nil {
			return nil, nil, err
		}
		record.Meta().Sources = domain.BroughtBy(domain.SourceAPI)
		d, _ := a.creating(record)
		at, of := openingRels(kind)
		d.join(at, record, distinctIDs(made.sites)...)
		d.join(of, record, distinctIDs(made.services)...)
		for _, n := range made.services {
			d.guards = append(d.guards, store.NodeAt{ID: n.ID, Version: n.Version})
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
func (o *opening) named(field string) error {
	if of := o.opening(); of.NamesNothing() && len(o.sites)+len(o.services) == 0 {
		return of.CheckNames(field)
	}
	return nil
}

// servicesOnly refuses items of other classes among services.
func servicesOnly(items []store.Node, field string) error {
	var es domain.Errors
	for i, n := range items {
		if err := domain.CheckOpeningService(text(n.Props["key"]), domain.Class(text(n.Props["class"]))); err != nil {
			err.Field = element(field, i)
			es = append(es, err)
		}
	}
	return es.Err()
}

// namedBy counts the sites and services that a window or freeze names.
func (a *App) namedBy(ctx context.Context, r entity.Record) (named int, err error) {
	at, of := openingRels(entity.KindOf(r).Name)
	for _, rel := range []string{at, of} {
		counts, err := a.entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.Meta().ID)}, Rel: rel, Direction: store.Out})
		if err != nil {
			return 0, storeError(err)
		}
		named += int(counts[0])
	}
	return named, nil
}
