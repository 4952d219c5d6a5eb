package rollout

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Within are the roll-outs to some sites that reached INSTALLED.
func (a *Area) Within(ctx context.Context, v estate.View, sites []store.ID) (within []store.Node, err error) {
	far, err := v.Far(ctx, sites, domain.RelTargets, store.In, domain.KindSiteRollout)
	if err != nil {
		return nil, err
	}
	for _, site := range sites {
		for i, record := range estate.Decoded[*domain.SiteRollout](ctx, v, far[site]) {
			if _, installed := record.Installed(); installed {
				within = append(within, far[site][i])
			}
		}
	}
	return within, nil
}

// StepsWithin reads, as Steps does, what some roll-outs alone did to some items.
func (a *Area) StepsWithin(ctx context.Context, v estate.View, items []Asked, within []store.Node) (*Steps, error) {
	r := &reading{view: v, items: items, steps: map[store.ID]*step{}, releases: map[store.ID]store.Node{}}
	r.note(ctx, within)
	for _, read := range []func(context.Context) error{r.readOwn, r.readChanges, r.readReleases, r.readSites} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	return r.tell(ctx)
}

// readOwn reads what the roll-outs that are known say of the items, and leaves out those
// that say what they bring, and that is none of the items.
func (r *reading) readOwn(ctx context.Context) error {
	var ids []store.ID
	for id := range r.steps {
		ids = append(ids, id)
	}
	place := map[store.ID]int{}
	for i, id := range r.ids() {
		place[id] = i
	}
	pages, err := r.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelReceives, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, page := range pages {
		s := r.steps[ids[i]]
		for _, e := range page.Edges {
			if at, asked := place[e.To]; asked {
				if s.received == nil {
					s.received = map[int]change{}
				}
				s.received[at] = changeOf(e.Props)
			}
		}
		if s.received == nil && len(page.Edges) > 0 {
			delete(r.steps, ids[i])
		}
	}
	return nil
}
