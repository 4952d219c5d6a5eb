package impact

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/reach"
)

// Within returns the sites and all that are part of them, at any remove.
func Within(g *Graph, sites []Node) []Node {
	var found reach.Index
	for _, s := range sites {
		found.Add(s)
	}
	for i := int32(0); int(i) < found.Len(); i++ {
		for _, a := range g.In(found.At(i)) {
			if g.Label(a.Label).Rel == domain.RelPartOf {
				found.Add(a.Node)
			}
		}
	}
	return found.Nodes()
}

// InstalledAt returns the items installed at any of the sites (I1).
func InstalledAt(g *Graph, sites []Node) []Node {
	var found reach.Index
	for _, s := range sites {
		for _, a := range g.In(s) {
			if g.Label(a.Label).Rel == domain.RelInstalledAt {
				found.Add(a.Node)
			}
		}
	}
	return found.Nodes()
}
