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
	waveOf := func(step int32) int { return int(made.waveOf(step)) - 1 }
	return list, r.each(ctx, len(list), waveOf, func(wave int, site int32) {
		list[wave].HurtSites++
		list[wave].HurtUsers += int(made.m.UsersAt(site))
	})
}

// hurts lists by group the sites that its failure hurts.
func (b *base) hurts(ctx context.Context) ([][]int32, error) {
	r, err := b.reached(ctx)
	if err != nil {
		return nil, err
	}
	list := make([][]int32, len(b.d.Groups))
	groupOf := func(step int32) int { return int(b.d.GroupOf[step]) }
	return list, r.each(ctx, len(list), groupOf, func(group int, site int32) { list[group] = append(list[group], site) })
}

// atOnce is of how many sets of steps is followed at once whom they hurt: a bit each.
const atOnce = 64

// reach is what depends on steps.
type reach struct {
	steps int
	g     *digraph.Graph
	sites []int32   // the node of each site
	of    []int32   // the component of each node
	nodes [][]int32 // by component, each after all to which it has arcs
	sets  []uint64  // by component: the sets that it depends on
}

func (b *base) reached(ctx context.Context) (*reach, error) {
	g, sites, err := b.d.Reaching(ctx)
	if err != nil {
		return nil, err
	}
	of, count, err := g.Components(ctx)
	if err != nil {
		return nil, err
	}
	r := &reach{steps: len(b.got.Steps), g: g, sites: sites, of: of, nodes: make([][]int32, count), sets: make([]uint64, count)}
	for v := range int32(g.Len()) {
		r.nodes[of[v]] = append(r.nodes[of[v]], v)
	}
	return r, nil
}

// each yields of so many sets of steps each site that they hurt. A step is in one set,
// below 0: in none.
func (r *reach) each(ctx context.Context, count int, setOf func(step int32) int, yield func(set int, site int32)) error {
	for first := 0; first < count; first += atOnce {
		if err := r.some(ctx, first, setOf, yield); err != nil {
			return err
		}
	}
	return nil
}

// some follows whom some sets hurt, from one on.
func (r *reach) some(ctx context.Context, first int, setOf func(step int32) int, yield func(set int, site int32)) error {
	clear(r.sets)
	for s := range r.steps {
		if at := setOf(int32(s)) - first; at >= 0 && at < atOnce {
			r.sets[r.of[s]] |= 1 << at
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
		for set := r.sets[r.of[node]]; set > 0; set &= set - 1 {
			yield(first+bits.TrailingZeros64(set), int32(site))
		}
	}
	return nil
}
