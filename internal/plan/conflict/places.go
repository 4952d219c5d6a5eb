package conflict

import (
	"slices"

	"releasegraph/internal/domain"
)

// within lists some sites and all that they are part of, each once, in order:
// work at a site meets work at all that holds it.
func within(g *Graph, sites []Node) []Node {
	list := slices.Clone(sites)
	for i := 0; i < len(list); i++ {
		for _, a := range g.Out(list[i]) {
			if g.Labels()[a.Label].Rel == domain.RelPartOf && !slices.Contains(list, a.Node) {
				list = append(list, a.Node)
			}
		}
	}
	return distinct(list)
}

// spot is a site as one side of a meeting sees it: as one that is named, or as
// one that holds what is named.
type spot struct {
	site  Node
	holds bool
}

func spots(sites []Node, holds bool) []spot {
	list := make([]spot, len(sites))
	for i, s := range sites {
		list[i] = spot{s, holds}
	}
	return list
}

// meeting lists the sites at which two pieces of work meet, in order: those of
// either at which, or around which, the other takes place.
func (p *Plan) meeting(a, b *Work) []Node {
	var at []Node
	for _, side := range [][2]*Work{{a, b}, {b, a}} {
		for _, site := range side[0].Sites {
			if meet(within(p.g, []Node{site}), side[1].Sites) {
				at = append(at, site)
			}
		}
	}
	return distinct(at)
}
