package actionplan

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// facts are what the action plan of a site follows from, as far as the caller may see it.
type facts struct {
	rollout    *domain.SiteRollout
	site       *domain.Site
	wave       *domain.Wave
	deployment *domain.Deployment
	release    *domain.Release
	items      []received // in the order of the work (P3)
	spares     []*domain.HardwareSpare
	licences   []*domain.Licence
	wayBack    []*release.BackOutStep
}

// received is an item that the site gets or loses.
type received struct {
	*domain.Receipt
	item  *domain.ConfigurationItem
	party *domain.Party // who does it, nil: the site itself
}

// reading reads the facts of some roll-outs together.
type reading struct {
	view estate.View
	ids  []store.ID
	list []*facts
	err  error
}

// read reads what the action plans of some sites follow from.
func (a *Area) read(ctx context.Context, v estate.View, rollouts []*domain.SiteRollout) ([]*facts, error) {
	r := &reading{view: v, ids: make([]store.ID, len(rollouts)), list: make([]*facts, len(rollouts))}
	for i, s := range rollouts {
		r.ids[i], r.list[i] = store.ID(s.ID), &facts{rollout: s}
	}
	sites := linked[*domain.Site](ctx, r, r.ids, domain.RelTargets, store.Out)
	waves := linked[*domain.Wave](ctx, r, r.ids, domain.RelTargets, store.In)
	deployments := linked[*domain.Deployment](ctx, r, below(r.ids, waves), domain.RelHasWave, store.In)
	own := linked[*domain.Release](ctx, r, r.ids, domain.RelDeploys, store.Out)
	whole := linked[*domain.Release](ctx, r, below(below(r.ids, waves), deployments), domain.RelDeploys, store.Out)
	for i, id := range r.ids {
		f := r.list[i]
		f.site, f.wave, f.release = first(sites[id]), first(waves[id]), first(own[id])
		if f.wave != nil {
			f.deployment = first(deployments[store.ID(f.wave.ID)])
		}
		if f.release == nil && f.deployment != nil {
			f.release = first(whole[store.ID(f.deployment.ID)])
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	for _, more := range []func(context.Context, *reading) error{readItems, readParties, readReady, a.readWaysBack} {
		if err := more(ctx, r); err != nil {
			return nil, err
		}
	}
	return r.list, nil
}

// linked reads what a relationship joins to some records, nothing after an error.
func linked[R entity.Record](ctx context.Context, r *reading, ids []store.ID, rel string, d store.Direction) map[store.ID][]R {
	if r.err != nil {
		return nil
	}
	far, err := estate.Linked[R](ctx, r.view, ids, rel, d)
	r.err = err
	return far
}

// below are the ids of what is joined to some records, each once.
func below[R entity.Record](ids []store.ID, far map[store.ID][]R) (list []store.ID) {
	seen := map[store.ID]bool{}
	for _, id := range ids {
		for _, one := range far[id] {
			if to := store.ID(one.Meta().ID); !seen[to] {
				seen[to], list = true, append(list, to)
			}
		}
	}
	return list
}

func first[R any](list []*R) *R {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// readItems reads what each site gets and loses.
func readItems(ctx context.Context, r *reading) error {
	pages, err := r.view.Edges(ctx, store.EdgeQuery{
		Nodes: r.ids, Rel: domain.RelReceives, Direction: store.Out, Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range pages {
		nodes = append(nodes, page.Nodes...)
	}
	items := estate.Decoded[*domain.ConfigurationItem](ctx, r.view, nodes)
	for i, page := range pages {
		f := r.list[i]
		for j, e := range page.Edges {
			f.items = append(f.items, received{Receipt: receives.DecodeLink(e.Props).(*domain.Receipt), item: items[j]})
		}
		items = items[len(page.Edges):]
		slices.SortStableFunc(f.items, func(x, y received) int { return cmp.Compare(optional.Or(x.Ordinal, 0), optional.Or(y.Ordinal, 0)) })
	}
	return nil
}

var receives = entity.RelationshipsNamed(domain.RelReceives)[0]

// itemIDs are the ids of the items of all sites, each once.
func (r *reading) itemIDs() (ids []store.ID) {
	seen := map[string]bool{}
	for _, f := range r.list {
		for _, one := range f.items {
			if !seen[one.item.ID] {
				seen[one.item.ID], ids = true, append(ids, store.ID(one.item.ID))
			}
		}
	}
	return ids
}

// readParties reads who does the work on each item: who supports it, or else who answers
// for it.
func readParties(ctx context.Context, r *reading) error {
	ids := r.itemIDs()
	support := linked[*domain.Party](ctx, r, ids, domain.RelSupportedBy, store.Out)
	owners := linked[*domain.Party](ctx, r, ids, domain.RelOwnedBy, store.Out)
	for _, f := range r.list {
		for i := range f.items {
			id := store.ID(f.items[i].item.ID)
			if f.items[i].party = first(support[id]); f.items[i].party == nil {
				f.items[i].party = first(owners[id])
			}
		}
	}
	return r.err
}

// readReady reads what is kept ready for each site: the spares that are reserved for its
// release and can replace what it gets (L4), and the licences of that (L3).
func readReady(ctx context.Context, r *reading) error {
	ids := r.itemIDs()
	spares := linked[*domain.HardwareSpare](ctx, r, ids, domain.RelSpareFor, store.In)
	reserved := linked[*domain.Release](ctx, r, below(ids, spares), domain.RelReservedFor, store.Out)
	licences := linked[*domain.Licence](ctx, r, ids, domain.RelLicensedBy, store.Out)
	for _, f := range r.list {
		for _, one := range f.items {
			if one.Action == domain.RemoveItem {
				continue
			}
			id := store.ID(one.item.ID)
			for _, s := range spares[id] {
				for _, of := range reserved[store.ID(s.ID)] {
					if f.release != nil && of.ID == f.release.ID {
						f.spares = once(f.spares, s)
					}
				}
			}
			for _, l := range licences[id] {
				f.licences = once(f.licences, l)
			}
		}
	}
	return r.err
}

// once adds a record to a list that has it not yet.
func once[R interface {
	comparable
	entity.Record
}](list []R, one R) []R {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// readWaysBack reads how what each site gets is undone (R10).
func (a *Area) readWaysBack(ctx context.Context, r *reading) error {
	plans := map[string]*release.BackOutPlan{}
	for _, f := range r.list {
		if f.release == nil {
			continue
		}
		plan, known := plans[f.release.ID]
		if !known {
			var err error
			if plan, err = a.releases.BackOutPlan(ctx, f.release); err != nil {
				return err
			}
			plans[f.release.ID] = plan
		}
		for _, step := range plan.Steps {
			item := step.Item()
			if item != nil && slices.ContainsFunc(f.items, func(one received) bool { return one.item.Key == item.Key }) {
				f.wayBack = append(f.wayBack, step)
			}
		}
	}
	return nil
}
