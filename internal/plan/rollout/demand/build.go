package demand

import (
	"context"
	"slices"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout/digraph"
)

// builder gathers the arcs between steps. An arc leads to what comes no later. The
// first nodes are the steps.
type builder struct {
	*facts
	ctx  context.Context
	pace *pace.Pace
	g    *digraph.Builder
	back *digraph.Graph // who depends on an item
}

func newBuilder(ctx context.Context, f *facts) *builder {
	return &builder{facts: f, ctx: ctx, pace: pace.Of(ctx), g: digraph.New(len(f.got.Steps)), back: f.m.Depends.Reverse()}
}

// chains says which chains are followed: those that begin at received items with any
// of some bits, and end at received items with any of others. Against says that the
// arcs lead from the end of a chain to its beginning.
type chains struct {
	begin, end uint8
	against    bool
}

// orders adds the demands of one release (P4). Of a chain from x at A to y at B:
//   - neither is removed: A comes after B;
//   - y is removed: B comes after A;
//   - either does not coexist: both, so that they share a wave.
func (b *builder) orders(release int) error {
	all := []chains{{begin: stays, end: stays}}
	if b.anyGone[release] {
		all = append(all, chains{begin: ordered, end: removed, against: true})
	}
	if b.anyAlone[release] {
		all = append(all,
			chains{begin: ordered, end: alone, against: true}, chains{begin: alone, end: ordered, against: true})
		if b.anyGone[release] {
			all = append(all, chains{begin: ordered, end: alone}, chains{begin: alone, end: ordered})
		}
		b.sharing(release)
	}
	for _, c := range all {
		if err := b.follow(release, c); err != nil {
			return err
		}
	}
	return nil
}

// follow adds the arcs of some chains, over items and over sites.
func (b *builder) follow(release int, c chains) error {
	w := newWalk(b, release, c)
	if err := w.items(); err != nil {
		return err
	}
	return b.sites(release, c)
}

// add adds an arc along a chain, or against it.
func (b *builder) add(c chains, from, to int32) {
	switch {
	case from == to:
	case c.against:
		b.g.Add(to, from)
	default:
		b.g.Add(from, to)
	}
}

// sharing puts together all steps that receive an item that does not coexist: its two
// versions may not run side by side anywhere.
func (b *builder) sharing(release int) {
	hub := map[int32]int32{}
	for s := range b.got.Steps {
		if int(b.release[s]) != release || b.ofStep[s]&alone == 0 {
			continue
		}
		actions := b.content(int32(s)).Actions
		for i := range actions {
			if b.bits(&actions[i])&alone == 0 {
				continue
			}
			node, known := hub[actions[i].Item]
			if !known {
				node = b.g.Node()
				hub[actions[i].Item] = node
			}
			b.g.Add(int32(s), node)
			b.g.Add(node, int32(s))
		}
	}
}

// share puts all steps together, or those of one release.
func (b *builder) share(terms Terms) {
	if !terms.All && terms.One < 0 {
		return
	}
	hub := b.g.Node()
	for s := range b.got.Steps {
		if terms.All || b.got.Steps[s].Release == terms.One {
			b.g.Add(int32(s), hub)
			b.g.Add(hub, int32(s))
		}
	}
}

// sites adds the arcs of SITE_NEEDS: as if each item received at a site depended on
// each one received at the sites that it needs, by any chain (P4).
func (b *builder) sites(release int, c chains) error {
	return b.siteChains(release, c, func(site int32) int32 {
		if s := b.stepOf(site, release); s >= 0 && b.ofStep[s]&c.begin > 0 {
			return s
		}
		return -1
	})
}

// siteChains follows SITE_NEEDS from where chains begin, -1: nowhere.
func (b *builder) siteChains(release int, c chains, origin func(site int32) int32) error {
	if b.m.SiteNeeds.Arcs() == 0 {
		return nil
	}
	node := make(map[int32]int32)
	of := func(site int32) int32 {
		n, known := node[site]
		if !known {
			n = b.g.Node()
			node[site] = n
			if from := origin(site); from >= 0 {
				b.add(c, from, n)
			}
			if s := b.stepOf(site, release); s >= 0 && b.ofStep[s]&c.end > 0 {
				b.add(c, n, s)
			}
		}
		return n
	}
	for site := range int32(b.m.Sites()) {
		needs := b.m.SiteNeeds.Out(site)
		if err := b.pace.Steps(1 + len(needs)); err != nil {
			return err
		}
		for _, to := range needs {
			b.add(c, of(site), of(to))
		}
	}
	return nil
}

// required adds that a site receives what a release REQUIRES in an earlier wave (P9).
func (b *builder) required() error {
	needed := map[int32][]int32{}
	for _, r := range b.got.Releases {
		list, err := b.m.Needed(r)
		if err != nil {
			return err
		}
		needed[r] = list
	}
	for site := range int32(b.m.Sites()) {
		from, to := b.steps(site)
		for s := from + 1; s < to; s++ {
			for q := from; q < s; q++ {
				if slices.Contains(needed[b.got.Steps[s].Release], b.got.Steps[q].Release) {
					b.g.Add(s, q)
				}
			}
		}
	}
	return nil
}
