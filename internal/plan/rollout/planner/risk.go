package planner

import (
	"context"
	"math/bits"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
)

// Risk tells of each wave what is hurt when it fails: the sites at which something
// depends on what it changes, by any chain, and their users; and how many users had
// the release before. It stops when its context ends.
func (made *Made) Risk(ctx context.Context) ([]rollout.WaveRisk, error) {
	if made.Plan == nil {
		return nil, nil
	}
	exposed := exposure(made.Plan)
	list := make([]rollout.WaveRisk, len(made.Plan.Waves))
	for i := range list {
		list[i] = rollout.WaveRisk{
			Wave: i + 1, Sites: made.Plan.Waves[i].Sites, ReachedBefore: exposed[i].Before, ReachedAfter: exposed[i].After,
		}
	}
	if len(list) == 0 {
		return list, nil
	}
	r, err := made.reached(ctx)
	if err != nil {
		return nil, err
	}
	for first := 0; first < len(list); first += atOnce {
		if err := r.hurt(ctx, first, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// atOnce is of how many waves is followed at once whom they hurt: a bit each.
const atOnce = 64

// reach is what depends on the steps of a plan.
type reach struct {
	*Made
	g     *digraph.Graph
	sites []int32   // the node of each site
	of    []int32   // the component of each node
	nodes [][]int32 // by component, each after all to which it has arcs
	sets  []uint64  // by component: the waves that it depends on
}

func (made *Made) reached(ctx context.Context) (*reach, error) {
	g, sites, err := made.d.Reaching(ctx)
	if err != nil {
		return nil, err
	}
	of, count, err := g.Components(ctx)
	if err != nil {
		return nil, err
	}
	r := &reach{Made: made, g: g, sites: sites, of: of, nodes: make([][]int32, count), sets: make([]uint64, count)}
	for v := range int32(g.Len()) {
		r.nodes[of[v]] = append(r.nodes[of[v]], v)
	}
	return r, nil
}

// hurt counts whom some waves hurt, from one on.
func (r *reach) hurt(ctx context.Context, first int, list []rollout.WaveRisk) error {
	clear(r.sets)
	for s := range r.got.Steps {
		if w := int(r.waveOf(int32(s))) - 1 - first; w >= 0 && w < atOnce {
			r.sets[r.of[s]] |= 1 << w
		}
	}
	p := pace.Of(ctx)
	for c, nodes := range r.nodes {
		for _, v := range nodes {
			if err := p.Steps(1 + len(r.g.Out(v))); err != nil {
				return err
			}
			for _, w := range r.g.Out(v) {
				r.sets[c] |= r.sets[r.of[w]]
			}
		}
	}
	for site, node := range r.sites {
		users := 0
		if u := r.m.Site(int32(site)).Users; u != nil {
			users = *u
		}
		for set := r.sets[r.of[node]]; set > 0; set &= set - 1 {
			risk := &list[first+bits.TrailingZeros64(set)]
			risk.HurtSites++
			risk.HurtUsers += users
		}
	}
	return nil
}
