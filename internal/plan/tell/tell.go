// Package tell works out whom to tell of an impact (I7): the parties that own,
// support or supply what is hit, and the customers of the services among it.
package tell

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rank"
)

// Graph is the estate, or a part of it that holds the hits and their parties.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Hit is an item that is hit. Node is -1 where the graph does not hold it.
type Hit struct {
	Node     Node
	Strength domain.Strength
}

// Party is one whom to tell.
type Party struct {
	Node Node
	Key  string
	// Hits counts the hits that concern it, each once; Full those that stop.
	Hits, Full int
	// Reasons are in the order of domain.WhysTold.
	Reasons []Reason
	last    int // the hit that was counted last, from 1
}

// Reason is why, and the hits that it is for by their places among all hits, in
// their order.
type Reason struct {
	Why  domain.WhyTold
	Hits []int
}

// Whom lists the parties that the hits concern: those of most hits first, then
// by key. Every hit counts, once for each reason.
func Whom(ctx context.Context, g *Graph, hits []Hit) ([]*Party, error) {
	steps := pace.Of(ctx)
	found := map[Node]*Party{}
	var list []*Party
	for i, h := range hits {
		if h.Node < 0 {
			continue
		}
		if err := steps.Steps(1 + len(g.Out(h.Node))); err != nil {
			return nil, err
		}
		for _, a := range g.Out(h.Node) {
			why, ok := domain.WhyToldBy(g.Labels()[a.Label].Rel)
			if !ok {
				continue
			}
			p := found[a.Node]
			if p == nil {
				p = &Party{Node: a.Node, Key: g.Key(a.Node)}
				found[a.Node] = p
				list = append(list, p)
			}
			p.add(why, i, h.Strength)
		}
	}
	for _, p := range list {
		slices.SortFunc(p.Reasons, func(a, b Reason) int {
			return slices.Index(domain.WhysTold, a.Why) - slices.Index(domain.WhysTold, b.Why)
		})
	}
	rank.Sort(list)
	return list, nil
}

func (p *Party) add(why domain.WhyTold, hit int, strength domain.Strength) {
	if p.last != hit+1 {
		p.last = hit + 1
		p.Hits++
		if strength == domain.StrengthFull {
			p.Full++
		}
	}
	at := slices.IndexFunc(p.Reasons, func(r Reason) bool { return r.Why == why })
	if at < 0 {
		p.Reasons = append(p.Reasons, Reason{Why: why})
		at = len(p.Reasons) - 1
	}
	p.Reasons[at].Hits = append(p.Reasons[at].Hits, hit)
}

// Place is where the party stands.
func (p *Party) Place() rank.Place { return rank.Place{Count: p.Hits, Key: p.Key} }
