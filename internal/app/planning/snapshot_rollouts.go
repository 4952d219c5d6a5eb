package planning

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// rolling is a site that another accepted plan has still to do something at.
type rolling struct {
	*domain.SiteRollout
	deployment *domain.Deployment
	site       store.Node
	release    store.ID
	items      []store.Node
}

// readRollouts reads what other accepted plans have still to bring: what touches the
// same items (H6), asks the same parties (P13), or brings what is required (P9).
func (s *snapshot) readRollouts(ctx context.Context) error {
	far, err := s.rolloutsOf(ctx, s.changed, store.And{
		store.Compare{Property: "windowTo", Op: store.Gt, Value: s.now},
		store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.SiteRolloutStatus{domain.SitePending, domain.SiteDistributed, domain.SiteInstalled})},
	})
	if err != nil || len(far) == 0 {
		return err
	}
	ids := make([]store.ID, len(far))
	for i, r := range far {
		ids[i] = store.ID(r.ID)
	}
	items, err := s.view.Far(ctx, ids, domain.RelReceives, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return err
	}
	sites, err := s.view.Far(ctx, ids, domain.RelTargets, store.Out, domain.KindSite)
	if err != nil {
		return err
	}
	own, err := s.view.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	of, err := s.deploymentsOf(ctx, ids)
	if err != nil {
		return err
	}
	releases, err := s.view.Far(ctx, ofIDs(of), domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	for i, r := range far {
		d := of[ids[i]]
		if d == nil || store.ID(d.ID) == s.replanned || d.AcceptedAt == nil || !d.Status.Open() || len(sites[ids[i]]) == 0 {
			continue
		}
		one := rolling{SiteRollout: r, deployment: d, site: sites[ids[i]][0], items: items[ids[i]]}
		for _, list := range [][]store.Node{releases[store.ID(d.ID)], own[ids[i]]} {
			if len(list) > 0 {
				one.release = list[0].ID
			}
		}
		s.rollouts = append(s.rollouts, one)
	}
	return nil
}

// rolloutsOf reads the roll-outs of sites that receive some items, each once.
func (s *snapshot) rolloutsOf(ctx context.Context, items []store.ID, f store.Filter) ([]*domain.SiteRollout, error) {
	pages, err := s.view.Edges(ctx, store.EdgeQuery{Nodes: items, Rel: domain.RelReceives, Direction: store.In, Kind: domain.KindSiteRollout, Filter: f, Order: byKey})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	seen := map[store.ID]bool{}
	var nodes []store.Node
	for _, page := range pages {
		for _, n := range page.Nodes {
			if !seen[n.ID] {
				seen[n.ID], nodes = true, append(nodes, n)
			}
		}
	}
	return estate.Decoded[*domain.SiteRollout](ctx, s.view, nodes), nil
}

// deploymentsOf reads the deployments to which roll-outs of sites belong.
func (s *snapshot) deploymentsOf(ctx context.Context, ids []store.ID) (map[store.ID]*domain.Deployment, error) {
	waves, err := s.view.Far(ctx, ids, domain.RelTargets, store.In, domain.KindWave)
	if err != nil {
		return nil, err
	}
	var above []store.ID
	seen := map[store.ID]bool{}
	for _, id := range ids {
		for _, w := range waves[id] {
			if !seen[w.ID] {
				seen[w.ID], above = true, append(above, w.ID)
			}
		}
	}
	deployments, err := estate.Linked[*domain.Deployment](ctx, s.view, above, domain.RelHasWave, store.In)
	of := map[store.ID]*domain.Deployment{}
	for _, id := range ids {
		for _, w := range waves[id] {
			for _, d := range deployments[w.ID] {
				of[id] = d
			}
		}
	}
	return of, err
}

func ofIDs(of map[store.ID]*domain.Deployment) (ids []store.ID) {
	seen := map[string]bool{}
	for _, d := range of {
		if !seen[d.ID] {
			seen[d.ID], ids = true, append(ids, store.ID(d.ID))
		}
	}
	return ids
}

// takeRollouts tells the roll-outs of others: as work (H6), as a load on parties (P13),
// and as what they bring (P9).
func (s *snapshot) takeRollouts(context.Context) error {
	for _, r := range s.rollouts {
		window := r.Window()
		site, met := s.sites.of[r.site.ID]
		if window == nil || !met {
			continue
		}
		items := s.items.all(store.IDsOf(r.items))
		s.in.Works = append(s.in.Works, rollout.Work{
			Record: string(domain.NameOf(domain.KindSiteRollout, r.Key)), Name: r.Name, When: *window, Items: items, Sites: []rollout.SiteNo{site},
		})
		s.load(r, items, site, window.From)
		if release, required := s.releases.of[r.release]; required {
			s.in.Brought = append(s.in.Brought, rollout.Brought{Release: release, Site: site, Deployment: r.deployment.Key, By: window.To})
		}
	}
	return nil
}

// load tells what a roll-out asks of the parties that support what it brings (P13).
func (s *snapshot) load(r rolling, items []rollout.ItemNo, site rollout.SiteNo, at time.Time) {
	asked := map[rollout.PartyNo]bool{}
	for _, item := range items {
		for _, p := range s.supportedBy[s.items.ids[item]] {
			if !asked[p] {
				asked[p] = true
				load := rollout.Load{Party: p, At: at, Sites: 1}
				if users := s.in.Sites[site].Users; users != nil {
					load.Users = *users
				}
				s.in.Loads = append(s.in.Loads, load)
			}
		}
	}
}

// readPast reads how long it took to bring the same items elsewhere (P7).
func (s *snapshot) readPast(ctx context.Context) error {
	done, err := s.rolloutsOf(ctx, s.changed, store.And{
		store.Compare{Property: "installedAt", Op: store.Gt, Value: s.now.Add(-past)},
		store.Compare{Property: "installedAt", Op: store.Lte, Value: s.now},
		store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.SiteRolloutStatus{domain.SiteInstalled, domain.SiteActivated, domain.SiteVerified})},
	})
	if err != nil {
		return err
	}
	ids := make([]store.ID, 0, len(done))
	for _, r := range done {
		ids = append(ids, store.ID(r.ID))
	}
	items, err := s.view.Far(ctx, ids, domain.RelReceives, store.Out, domain.KindConfigurationItem)
	for i, r := range done {
		if took, known := r.Took(); known {
			s.in.Past = append(s.in.Past, rollout.PastRollout{Items: s.items.all(store.IDsOf(items[ids[i]])), Took: took})
		}
	}
	return err
}
