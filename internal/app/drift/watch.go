package drift

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

var (
	driftsAt    = entity.RelationshipsNamed(domain.RelDriftsAt)[0]
	installedAt = entity.RelationshipsNamed(domain.RelInstalledAt)[0]
	receives    = entity.RelationshipsNamed(domain.RelReceives)[0]
)

// watch notes where what is installed is other than what was deployed, and drops that
// where it is so no longer, in the change set that makes it so (L3). What a roll-out
// installs is what it deploys.
func (a *Area) watch(ctx context.Context, p *estate.Proposal) error {
	var byHand, rolled []*estate.LinkChange
	for _, l := range p.Links {
		switch {
		case l.Stays:
		case l.By == estate.ByVerb || l.Goes:
			rolled = append(rolled, l)
		default:
			byHand = append(byHand, l)
		}
	}
	if err := a.drop(ctx, p, rolled); err != nil {
		return err
	}
	if err := a.compare(ctx, p, byHand); err != nil {
		return err
	}
	return a.arrived(ctx, p)
}

// spot is where a link would say that an installation drifts.
func spot(item, site store.ID) store.EdgeKey {
	return store.EdgeKey{Rel: domain.RelDriftsAt, From: item, To: site}
}

// drop drops what was noted where something else is installed now.
func (a *Area) drop(ctx context.Context, p *estate.Proposal, links []*estate.LinkChange) error {
	noted, err := a.noted(ctx, links)
	if err != nil {
		return err
	}
	for _, l := range links {
		if e, was := noted[spot(l.Key.From, l.Key.To)]; was {
			if err := p.Part(driftsAt, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// noted is what was noted of some installations.
func (a *Area) noted(ctx context.Context, links []*estate.LinkChange) (map[store.EdgeKey]store.Edge, error) {
	if len(links) == 0 {
		return nil, nil
	}
	keys := make([]store.EdgeKey, len(links))
	for i, l := range links {
		keys[i] = spot(l.Key.From, l.Key.To)
	}
	edges, err := a.estate.Entire.EdgesBetween(ctx, keys...)
	return edges, refusal.OfStore(err)
}

// compare holds what people and imports say is installed against the last roll-out there.
func (a *Area) compare(ctx context.Context, p *estate.Proposal, links []*estate.LinkChange) error {
	if len(links) == 0 {
		return nil
	}
	if err := p.Ends(ctx); err != nil {
		return err
	}
	noted, err := a.noted(ctx, links)
	if err != nil {
		return err
	}
	last, asked, err := a.last(ctx, links)
	if err != nil {
		return err
	}
	says := proposed(p)
	for _, l := range links {
		item, is := l.From.(*domain.ConfigurationItem)
		site, at := l.To.(*domain.Site)
		if !is || !at {
			continue
		}
		drift := drifts(item, site, says[l.Key], last[library.Place{Item: item.Key, Site: site.Key}], asked[item.ID])
		e, was := noted[spot(l.Key.From, l.Key.To)]
		switch {
		case drift == nil && was:
			err = p.Part(driftsAt, e)
		case drift != nil && (!was || !same(*driftsAt.DecodeLink(e.Props).(*domain.Drift), *drift)):
			if was {
				p.Guard(store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
			}
			err = p.Join(driftsAt, item, site, drift)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// proposed are what the links of a proposal are to say.
func proposed(p *estate.Proposal) map[store.EdgeKey]*domain.Installation {
	says := map[store.EdgeKey]*domain.Installation{}
	for _, op := range p.Draft.Ops {
		if put, ok := op.(store.PutEdge); ok && put.Rel == domain.RelInstalledAt {
			says[put.EdgeKey] = installedAt.DecodeLink(put.Props).(*domain.Installation)
		}
	}
	return says
}

// last are the last roll-outs of what is installed, where that is, and how the versions of
// the items are read, by their ids.
func (a *Area) last(ctx context.Context, links []*estate.LinkChange) (map[library.Place]*library.Rollout, map[string]rollout.Asked, error) {
	v := a.estate.Everything()
	sites, seen := []store.ID{}, map[store.ID]bool{}
	var items []*domain.ConfigurationItem
	for _, l := range links {
		item, is := l.From.(*domain.ConfigurationItem)
		if !is || l.To == nil {
			continue
		}
		if !seen[l.Key.From] {
			seen[l.Key.From], items = true, append(items, item)
		}
		sites = append(sites, l.Key.To)
	}
	slices.Sort(sites)
	within, err := a.rollouts.Within(ctx, v, slices.Compact(sites))
	if err != nil || len(within) == 0 {
		return nil, nil, err
	}
	policies, err := a.policies.InForce(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := policies.ForEach(ctx, items)
	if err != nil {
		return nil, nil, err
	}
	list, by := make([]rollout.Asked, len(items)), map[string]rollout.Asked{}
	for i, item := range items {
		list[i] = rollout.Asked{Item: item, Versions: policy.NumberingOf(chosen[i].Policy).Items}
		by[item.ID] = list[i]
	}
	steps, err := a.rollouts.StepsWithin(ctx, v, list, within)
	if err != nil {
		return nil, nil, err
	}
	last, err := library.Last(ctx, steps.List)
	return last, by, err
}

// drifts is how an installation differs from the last roll-out there, nil: it does not.
func drifts(item *domain.ConfigurationItem, site *domain.Site, says *domain.Installation, last *library.Rollout, asked rollout.Asked) *domain.Drift {
	if says == nil || last == nil {
		return nil
	}
	found := library.Found{
		Item: item.Key, Site: site.Key, Class: item.Class, Version: optional.Or(says.Version, ""), Active: optional.Or(says.ActiveVersion, ""),
		Rollout: last, Versions: asked.Versions,
	}
	for _, f := range library.Judge(found) {
		switch f.Kind {
		case library.Regression:
			return &domain.Drift{Kind: domain.Regressed, Installed: optional.Text(f.Version), Deployed: optional.Text(f.Deployed)}
		case library.WrongVersion:
			return &domain.Drift{Kind: domain.WrongVersion, Installed: optional.Text(f.Version), Deployed: optional.Text(f.Deployed)}
		}
	}
	return nil
}

func same(a, b domain.Drift) bool {
	return a.Kind == b.Kind && optional.Or(a.Installed, "") == optional.Or(b.Installed, "") && optional.Or(a.Deployed, "") == optional.Or(b.Deployed, "")
}

// arrived drops what was noted at sites to which a roll-out has come now, where that puts
// what is installed there already.
func (a *Area) arrived(ctx context.Context, p *estate.Proposal) error {
	var steps []store.ID
	for _, c := range p.Records {
		was, is := c.Before.(*domain.SiteRollout)
		now, ok := c.After.(*domain.SiteRollout)
		if !is || !ok || was.Status == now.Status {
			continue
		}
		if _, installed := now.Installed(); installed && now.Status != domain.SiteFailed {
			steps = append(steps, store.ID(now.ID))
		}
	}
	if len(steps) == 0 {
		return nil
	}
	v := a.estate.Everything()
	far, err := v.Far(ctx, steps, domain.RelTargets, store.Out, domain.KindSite)
	if err != nil {
		return err
	}
	var sites []store.ID
	for _, step := range steps {
		sites = append(sites, store.IDsOf(far[step])...)
	}
	if len(sites) == 0 {
		return nil
	}
	slices.Sort(sites)
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: slices.Compact(sites), Rel: domain.RelDriftsAt, Direction: store.In, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, page := range pages {
		for _, e := range page.Edges {
			if err := a.arrivedAt(ctx, p, steps, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrivedAt drops what was noted of an installation, where a roll-out says that it puts
// that version there.
func (a *Area) arrivedAt(ctx context.Context, p *estate.Proposal, steps []store.ID, noted store.Edge) error {
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{
		Nodes: steps, Rel: domain.RelReceives, Direction: store.Out, Kind: domain.KindConfigurationItem,
		Filter: store.Compare{Property: "id", Op: store.Eq, Value: string(noted.From)},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	installed := driftsAt.DecodeLink(noted.Props).(*domain.Drift).Installed
	for _, page := range pages {
		for _, e := range page.Edges {
			to := receives.DecodeLink(e.Props).(*domain.Receipt).ToVersion
			if to != nil && installed != nil && *to == *installed {
				return p.Part(driftsAt, noted)
			}
		}
	}
	return nil
}
