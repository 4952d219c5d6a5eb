// Package acyclic refuses that records come to lead to themselves.
package acyclic

import (
	"context"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/store"
)

// Along keeps the records of a kind from leading to themselves by any chain of
// some relationships among them.
type Along struct {
	Estate *estate.Estate
	// Rule is the number of the rule that a circle breaks.
	Rule string
	Kind string
	Rels []string
}

// Named returns it as a rule that binds mutations and imports.
func (a Along) Named(name string) estate.Rule {
	return estate.Rule{Name: name, Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Rels: a.Rels}, Check: a.check}
}

// dag is how records lead to one another, as far as it was read, with what is
// proposed.
type dag struct {
	below map[store.ID]map[store.ID]bool
	read  map[store.ID]bool
	keys  map[store.ID]string
}

// check refuses each link that closes a circle.
func (a Along) check(ctx context.Context, p *estate.Proposal) error {
	kept, err := p.Memory("acyclic "+strings.Join(a.Rels, " "), func() (any, error) {
		return &dag{below: map[store.ID]map[store.ID]bool{}, read: map[store.ID]bool{}, keys: map[store.ID]string{}}, nil
	})
	if err != nil {
		return err
	}
	g := kept.(*dag)
	if err := p.Ends(ctx); err != nil {
		return err
	}
	from := map[store.ID]bool{}
	for _, l := range p.Links {
		if l.Goes || l.Stays {
			continue
		}
		from[l.Key.To] = true
		g.join(l.Key.From, l.Key.To)
		g.name(l)
	}
	if err := a.readBelow(ctx, g, from); err != nil {
		return err
	}
	steps := pace.Of(ctx)
	for _, l := range p.Links {
		if l.Goes || l.Stays {
			continue
		}
		chain, err := g.chain(steps, l.Key.To, l.Key.From)
		if err != nil {
			return err
		}
		if chain != nil {
			p.Refuse(l, domain.Breaks(a.Rule, "to", "would make a circle: %s", strings.Join(append([]string{g.keys[l.Key.From]}, chain...), " → ")))
		}
	}
	return nil
}

func (g *dag) join(from, to store.ID) {
	if g.below[from] == nil {
		g.below[from] = map[store.ID]bool{}
	}
	g.below[from][to] = true
}

func (g *dag) name(l *estate.LinkChange) {
	if l.From != nil {
		g.keys[l.Key.From] = l.From.Meta().Key
	}
	if l.To != nil {
		g.keys[l.Key.To] = l.To.Meta().Key
	}
}

// readBelow reads what lies below some records, a level at a time.
func (a Along) readBelow(ctx context.Context, g *dag, level map[store.ID]bool) error {
	v := a.Estate.Unnamed(ctx)
	for len(level) > 0 {
		var ask []store.ID
		for id := range level {
			if !g.read[id] {
				g.read[id] = true
				ask = append(ask, id)
			}
		}
		level = map[store.ID]bool{}
		for _, rel := range a.Rels {
			far, err := v.Far(ctx, ask, rel, store.Out, a.Kind)
			if err != nil {
				return err
			}
			for id, nodes := range far {
				for _, n := range nodes {
					g.join(id, n.ID)
					g.keys[n.ID] = n.Props.Text("key")
				}
			}
		}
		for _, id := range ask {
			for below := range g.below[id] {
				level[below] = true
			}
		}
	}
	return nil
}

// chain finds a shortest chain from one record down to another, nil when there is
// none: the keys on it.
func (g *dag) chain(steps *pace.Pace, from, to store.ID) ([]string, error) {
	came := map[store.ID]store.ID{from: ""}
	for open := []store.ID{from}; len(open) > 0; {
		at := open[0]
		open = open[1:]
		if at == to {
			return g.path(came, at), nil
		}
		if err := steps.Steps(1 + len(g.below[at])); err != nil {
			return nil, err
		}
		for _, next := range slices.Sorted(maps.Keys(g.below[at])) {
			if _, known := came[next]; !known {
				came[next] = at
				open = append(open, next)
			}
		}
	}
	return nil, nil
}

func (g *dag) path(came map[store.ID]store.ID, at store.ID) (keys []string) {
	for ; at != ""; at = came[at] {
		keys = append([]string{g.keys[at]}, keys...)
	}
	return keys
}
