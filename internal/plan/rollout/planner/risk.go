package planner

import (
	"context"
	"math/bits"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
)

// Risk tells of each wave what is hurt when it fails: the sites at which something
// depends on what it changes, by any chain, and their users; and how many users had
// the release before. It stops when its context ends.
func (made *Made) Risk(ctx context.Context) ([]rollout.WaveRisk, error) {
	if made.Plan == nil {
		return nil, nil
	}
	hurt, err := made.hurt(ctx)
	if err != nil {
		return nil, err
	}
	exposed := exposure(made.Plan)
	list := make([]rollout.WaveRisk, len(made.Plan.Waves))
	for i := range list {
		list[i] = rollout.WaveRisk{
			Wave: i + 1, Sites: made.Plan.Waves[i].Sites, ReachedBefore: exposed[i].Before, ReachedAfter: exposed[i].After,
		}
	}
	for site, set := range hurt {
		users := 0
		if u := made.m.Site(int32(site)).Users; u != nil {
			users = *u
		}
		for w, word := range set {
			for ; word > 0; word &= word - 1 {
				r := &list[64*w+bits.TrailingZeros64(word)]
				r.HurtSites++
				r.HurtUsers += users
			}
		}
	}
	return list, nil
}

// hurt tells by site which waves hurt it, as bits.
func (made *Made) hurt(ctx context.Context) ([][]uint64, error) {
	g, sites, err := made.d.Reaching(ctx)
	if err != nil {
		return nil, err
	}
	of, count, err := g.Components(ctx)
	if err != nil {
		return nil, err
	}
	words := (len(made.Plan.Waves) + 63) / 64
	sets := make([]uint64, count*words)
	at := func(v int32) []uint64 { return sets[int(of[v])*words:][:words] }
	for s := range made.got.Steps {
		if w := int(made.waveOf(int32(s))); w > 0 {
			at(int32(s))[(w-1)/64] |= 1 << ((w - 1) % 64)
		}
	}
	// Components come after all to which they have arcs.
	p := pace.Of(ctx)
	sorted := make([][]int32, count)
	for v := range int32(g.Len()) {
		sorted[of[v]] = append(sorted[of[v]], v)
	}
	for _, nodes := range sorted {
		for _, v := range nodes {
			if err := p.Steps(1 + len(g.Out(v))); err != nil {
				return nil, err
			}
			own := at(v)
			for _, w := range g.Out(v) {
				for k, word := range at(w) {
					own[k] |= word
				}
			}
		}
	}
	list := make([][]uint64, len(sites))
	for site, node := range sites {
		list[site] = at(node)
	}
	return list, nil
}
