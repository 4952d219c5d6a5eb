package demand

import (
	"context"

	"releasegraph/internal/plan/rollout/digraph"
)

// Reaching lays out on which steps each site depends, by any chain of what is there:
// the first nodes are the steps, and nodes has one for each site. A site depends on
// its own steps.
func (d *Demands) Reaching(ctx context.Context) (g *digraph.Graph, nodes []int32, err error) {
	f, err := newFacts(ctx, d.m, d.got, false)
	if err != nil {
		return nil, nil, err
	}
	b := newBuilder(ctx, f)
	nodes = make([]int32, d.m.Sites())
	for site := range nodes {
		nodes[site] = b.g.Node()
		for s, to := f.steps(int32(site)); s < to; s++ {
			b.g.Add(nodes[site], s)
		}
	}
	origin := func(site int32) int32 { return nodes[site] }
	all := chains{begin: present, end: ordered}
	for r := range d.got.Releases {
		w := newWalk(b, r, all)
		w.origin = origin
		if err := w.items(); err != nil {
			return nil, nil, err
		}
		if err := b.siteChains(r, all, origin); err != nil {
			return nil, nil, err
		}
	}
	return b.g.Graph(), nodes, nil
}
