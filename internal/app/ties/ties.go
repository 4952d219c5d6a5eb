// Package ties reads what the order between the steps of a roll-out follows from: what
// depends on what, where that is, and which sites and releases need one another (P4, P9).
package ties

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// Step is a step of a roll-out.
type Step struct {
	ground.Step
	Wave int
	// Has says that its site has the release, or may have it.
	Has bool
}

// reader gathers ties.
type reader struct {
	view estate.View
	ties *running.Ties
	// at are the sites that have an item, or had it, by the id of that; sites all that were
	// met.
	at    map[store.ID]map[store.ID]bool
	sites map[store.ID]bool
}

// Read reads the ties of steps, whose work the ground knows. Graph is the shape of the
// estate, as far as it is reached from some records.
func Read(ctx context.Context, v estate.View, g *ground.Ground, steps []Step, graph func(context.Context, []store.Node) (*shape.Graph, error)) (*running.Ties, error) {
	r := &reader{view: v, at: map[store.ID]map[store.ID]bool{}, sites: map[store.ID]bool{}, ties: &running.Ties{
		Depends: map[string][]string{}, Needs: map[string][]string{}, At: map[string][]string{}, Requires: map[string][]string{},
	}}
	releases := map[store.ID]bool{}
	for _, s := range steps {
		r.step(g, s)
		releases[s.Release] = true
	}
	items := slices.Sorted(maps.Keys(r.at))
	nodes, err := v.Nodes(ctx, items...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	whole, err := graph(ctx, slices.Collect(maps.Values(nodes)))
	if err != nil {
		return nil, err
	}
	needed, err := r.depends(ctx, whole, items)
	if err != nil {
		return nil, err
	}
	if err := r.installed(ctx, needed); err != nil {
		return nil, err
	}
	for item, at := range r.at {
		for _, site := range slices.Sorted(maps.Keys(at)) {
			r.ties.At[string(item)] = append(r.ties.At[string(item)], string(site))
		}
	}
	return r.ties, refusal.Both(
		r.levels(ctx, slices.Sorted(maps.Keys(r.sites)), domain.RelSiteNeeds, domain.KindSite, r.ties.Needs),
		r.levels(ctx, slices.Sorted(maps.Keys(releases)), domain.RelRequires, domain.KindRelease, r.ties.Requires),
	)
}

// step takes what a step does. What comes along as it is orders nothing (P2).
func (r *reader) step(g *ground.Ground, s Step) {
	one := running.Taken{Site: string(s.Site), Release: string(s.Release), Wave: s.Wave, Has: s.Has}
	for _, work := range g.Does(s.Step) {
		switch {
		case work.Unit != nil:
			continue
		case work.Action == domain.RemoveItem:
			one.Loses = append(one.Loses, work.Item.ID)
		default:
			one.Gets = append(one.Gets, work.Item.ID)
		}
		r.note(store.ID(work.Item.ID), s.Site)
	}
	r.sites[s.Site] = true
	r.ties.Steps = append(r.ties.Steps, one)
}

func (r *reader) note(item, site store.ID) {
	if r.at[item] == nil {
		r.at[item] = map[store.ID]bool{}
	}
	r.at[item][site], r.sites[site] = true, true
}

// depends reads what some items depend on, by any chain, and lists all of them. Items
// that nobody changes any more carry no chain, but for those that the steps removed (P2).
func (r *reader) depends(ctx context.Context, g *shape.Graph, items []store.ID) ([]store.ID, error) {
	own, seen, count := map[store.ID]bool{}, map[store.ID]bool{}, pace.Of(ctx)
	for _, id := range items {
		own[id], seen[id] = true, true
	}
	list := slices.Clone(items)
	for i := 0; i < len(list); i++ {
		n, is := g.Lookup(string(list[i]))
		if !is {
			continue
		}
		arcs, from := g.Out(n), string(list[i])
		if err := count.Steps(1 + len(arcs)); err != nil {
			return nil, err
		}
		for _, a := range arcs {
			link, to := g.Label(a.Label), store.ID(g.ID(a.Node))
			if link.Rel != domain.RelDependsOn || link.Impact == domain.ImpactNone || !own[to] && !g.Facts(a.Node).Status().Changeable() {
				continue
			}
			r.ties.Depends[from] = append(r.ties.Depends[from], string(to))
			if !seen[to] {
				seen[to], list = true, append(list, to)
			}
		}
	}
	return list, nil
}

// atOnce is of how many records relationships are read at once.
const atOnce = 500

// installed reads where items are installed.
func (r *reader) installed(ctx context.Context, items []store.ID) error {
	for chunk := range slices.Chunk(items, atOnce) {
		far, err := r.view.Far(ctx, chunk, domain.RelInstalledAt, store.Out, domain.KindSite)
		if err != nil {
			return err
		}
		for _, id := range chunk {
			for _, n := range far[id] {
				r.note(id, n.ID)
			}
		}
	}
	return nil
}

// levels reads what a relationship leads to from some records, by any chain.
func (r *reader) levels(ctx context.Context, from []store.ID, rel, kind string, into map[string][]string) error {
	seen := map[store.ID]bool{}
	list := slices.DeleteFunc(from, func(id store.ID) bool { return id == "" })
	for _, id := range list {
		seen[id] = true
	}
	for i := 0; i < len(list); {
		level := list[i:min(len(list), i+atOnce)]
		i += len(level)
		far, err := r.view.Far(ctx, level, rel, store.Out, kind)
		if err != nil {
			return err
		}
		for _, id := range level {
			for _, n := range far[id] {
				into[string(id)] = append(into[string(id)], string(n.ID))
				if !seen[n.ID] {
					seen[n.ID], list = true, append(list, n.ID)
				}
			}
		}
	}
	return nil
}
