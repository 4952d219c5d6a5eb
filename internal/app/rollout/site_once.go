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

// place is a site within a wave.
type place struct{ wave, site store.ID }

// places are where some sites' roll-outs are.
type places struct{ wave, site map[store.ID]store.ID }

func (w places) of(step store.ID) (place, bool) {
	p := place{w.wave[step], w.site[step]}
	return p, p.wave != "" && p.site != ""
}

// siteOnce refuses that a site is twice in one wave (P6).
func (a rules) siteOnce(ctx context.Context, p *estate.Proposal) error {
	at, w := map[store.ID]*estate.LinkChange{}, places{map[store.ID]store.ID{}, map[store.ID]store.ID{}}
	for _, l := range p.Links {
		switch {
		case l.Goes || l.Stays:
		case l.Rel.To == domain.KindSite:
			w.site[l.Key.From], at[l.Key.From] = l.Key.To, l
		default:
			w.wave[l.Key.To], at[l.Key.To] = l.Key.From, l
		}
	}
	steps := slices.Sorted(maps.Keys(at))
	if err := a.locate(ctx, steps, w); err != nil {
		return err
	}
	taken := map[place]string{} // by what, "" by one of the change set
	others, err := a.othersAt(ctx, steps, w)
	if err != nil {
		return err
	}
	for _, n := range others {
		if here, known := w.of(n.ID); known && at[n.ID] == nil {
			taken[here] = n.Props.Text("key")
		}
	}
	for _, step := range steps {
		here, known := w.of(step)
		by, is := taken[here]
		switch {
		case !known:
		case is && by == "":
			p.Refuse(at[step], domain.Breaks("P6", "to", "would be the second roll-out of its site in one wave"))
		case is:
			p.Refuse(at[step], domain.Breaks("P6", "to", "would be the second roll-out of its site in one wave: the other is %s", by))
		default:
			taken[here] = ""
		}
	}
	return nil
}

// locate reads where roll-outs of sites are, as far as it is not known.
func (a rules) locate(ctx context.Context, steps []store.ID, w places) error {
	for _, way := range []struct {
		known     map[store.ID]store.ID
		direction store.Direction
		kind      string
	}{{w.wave, store.In, domain.KindWave}, {w.site, store.Out, domain.KindSite}} {
		ask := slices.DeleteFunc(slices.Clone(steps), func(id store.ID) bool { return way.known[id] != "" })
		far, err := a.estate.Everything().Far(ctx, ask, domain.RelTargets, way.direction, way.kind)
		if err != nil {
			return err
		}
		for id, nodes := range far {
			for _, n := range nodes {
				way.known[id] = n.ID
			}
		}
	}
	return nil
}

// othersAt reads the roll-outs at the same sites in the same waves, and where they
// are.
func (a rules) othersAt(ctx context.Context, steps []store.ID, w places) ([]store.Node, error) {
	sites, waves := map[store.ID]bool{}, map[store.ID]bool{}
	for _, step := range steps {
		if here, known := w.of(step); known {
			sites[here.site], waves[here.wave] = true, true
		}
	}
	if len(sites) == 0 {
		return nil, nil
	}
	inWaves := store.Related{Rel: domain.RelTargets, Direction: store.In, Filter: store.OfKind{
		Kind: domain.KindWave, Filter: store.Compare{Property: "id", Op: store.OneOf, Value: store.AnyOf(slices.Sorted(maps.Keys(waves)))},
	}}
	pages, err := a.estate.Unnamed(ctx).Edges(ctx, store.EdgeQuery{
		Nodes: slices.Sorted(maps.Keys(sites)), Rel: domain.RelTargets, Direction: store.In, Kind: domain.KindSiteRollout, Filter: inWaves,
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var list []store.Node
	var ids []store.ID
	for _, page := range pages {
		for _, n := range page.Nodes {
			list, ids = append(list, n), append(ids, n.ID)
		}
	}
	return list, a.locate(ctx, ids, w)
}
