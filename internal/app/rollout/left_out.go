package rollout

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// LeftOut reports whether a site that was skipped in the roll-out of a release did not
// get one of some items: what it was to receive or, where that is not said, what is
// installed there of what the release changes (D8).
func (a *Area) LeftOut(ctx context.Context, v estate.View, release store.ID, items []store.ID) (bool, error) {
	skipped, err := skippedSteps(ctx, v, release)
	if err != nil || len(skipped) == 0 {
		return false, err
	}
	received, err := v.Far(ctx, skipped, domain.RelReceives, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return false, err
	}
	var silent []store.ID
	for _, step := range skipped {
		if len(received[step]) == 0 {
			silent = append(silent, step)
		}
		if slices.ContainsFunc(received[step], func(n store.Node) bool { return slices.Contains(items, n.ID) }) {
			return true, nil
		}
	}
	changed, err := v.Far(ctx, []store.ID{release}, domain.RelChanges, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return false, err
	}
	var both []store.ID
	for _, n := range changed[release] {
		if slices.Contains(items, n.ID) {
			both = append(both, n.ID)
		}
	}
	return installedAtSteps(ctx, v, silent, both)
}

// skippedSteps are the roll-outs of a release to sites that were skipped.
func skippedSteps(ctx context.Context, v estate.View, release store.ID) ([]store.ID, error) {
	level := []store.ID{release}
	for _, way := range []struct {
		rel       string
		direction store.Direction
		kind      string
	}{{domain.RelDeploys, store.In, domain.KindDeployment}, {domain.RelHasWave, store.Out, domain.KindWave}} {
		far, err := v.Far(ctx, level, way.rel, way.direction, way.kind)
		if err != nil {
			return nil, err
		}
		level = nil
		for _, nodes := range far {
			level = append(level, store.IDsOf(nodes)...)
		}
	}
	if len(level) == 0 {
		return nil, nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: level, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout,
		Filter: store.Compare{Property: "status", Op: store.Eq, Value: string(domain.SiteSkipped)},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var list []store.ID
	for _, page := range pages {
		list = append(list, store.IDsOf(page.Nodes)...)
	}
	return list, nil
}

// installedAtSteps reports whether one of some items is installed at the site of one of
// some roll-outs.
func installedAtSteps(ctx context.Context, v estate.View, steps, items []store.ID) (bool, error) {
	if len(steps) == 0 || len(items) == 0 {
		return false, nil
	}
	at, err := v.Far(ctx, steps, domain.RelTargets, store.Out, domain.KindSite)
	if err != nil {
		return false, err
	}
	sites := map[store.ID]bool{}
	for _, nodes := range at {
		for _, n := range nodes {
			sites[n.ID] = true
		}
	}
	counts, err := v.CountEdges(ctx, store.EdgeQuery{
		Nodes: items, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite,
		Filter: store.Compare{Property: "id", Op: store.OneOf, Value: store.AnyOf(slices.Sorted(maps.Keys(sites)))},
	})
	if err != nil {
		return false, refusal.OfStore(err)
	}
	return slices.Max(counts) > 0, nil
}
