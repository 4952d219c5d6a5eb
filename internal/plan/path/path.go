// Package path finds a shortest chain of dependencies between two items (C2:
// cycles do not disturb it).
package path

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/reach"
)

// Graph is the estate as a search sees it.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Link is a dependency of a chain: From depends on To.
type Link struct {
	From, To Node
	domain.Link
}

// Find returns a shortest chain of dependencies from an item to another, and
// whether there is one. Of several it is the one whose keys, read from the
// start, come first; of parallel links the strongest. From an item to itself
// the chain is empty. What only documents is no link of a chain (I11). It stops
// when its context ends.
func Find(ctx context.Context, g *Graph, from, to Node) ([]Link, bool, error) {
	return Between(ctx, g, []Node{from}, []Node{to})
}

// Between is Find from any of some items to any of some others. Where they
// share one the chain is empty.
func Between(ctx context.Context, g *Graph, from, to []Node) ([]Link, bool, error) {
	s := &search{g: g, pace: pace.Of(ctx), ahead: newSide(from, g.Out), behind: newSide(to, g.In)}
	for _, n := range to {
		if _, ok := s.ahead.found.Find(n); ok {
			return []Link{}, true, nil
		}
	}
	if met, err := s.meet(); err != nil || !met {
		return nil, false, err
	}
	chain, err := s.chain()
	return chain, err == nil, err
}

// search looks from both ends, each time on the side that has less to do, so
// that a hub on one side does not matter.
type search struct {
	g             *Graph
	pace          *pace.Pace
	ahead, behind *side
}

// side is what one end has reached, level by level.
type side struct {
	found  reach.Index
	depth  []int32 // by position
	levels []int   // where each level begins
	arcs   func(Node) []adjacency.Arc
}

func newSide(nodes []Node, arcs func(Node) []adjacency.Arc) *side {
	s := &side{levels: []int{0}, arcs: arcs}
	for _, n := range nodes {
		if _, fresh := s.found.Add(n); fresh {
			s.depth = append(s.depth, 0)
		}
	}
	return s
}

// last lists the nodes of the deepest level.
func (s *side) last() []Node { return s.found.Nodes()[s.levels[len(s.levels)-1]:] }

// reached is how deep the side has gone.
func (s *side) reached() int32 { return int32(len(s.levels) - 1) }

// at tells how far a node is from this side's end.
func (s *side) at(n Node) (int32, bool) {
	i, ok := s.found.Find(n)
	if !ok {
		return 0, false
	}
	return s.depth[i], true
}

// work is how many arcs the next level needs.
func (s *side) work() (n int) {
	for _, node := range s.last() {
		n += len(s.arcs(node))
	}
	return n
}

// advance finds the next level, and tells whether it has any node.
func (s *side) advance(g *Graph, p *pace.Pace) (bool, error) {
	level, next := slices.Clone(s.last()), s.found.Len()
	for _, n := range level {
		if err := p.Steps(1 + len(s.arcs(n))); err != nil {
			return false, err
		}
		for _, a := range s.arcs(n) {
			if !g.Labels()[a.Label].Needs() {
				continue
			}
			if _, fresh := s.found.Add(a.Node); fresh {
				s.depth = append(s.depth, int32(len(s.levels)))
			}
		}
	}
	s.levels = append(s.levels, next)
	return s.found.Len() > next, nil
}

// meet advances until the newest level of one side touches the other side.
// Whole levels are found, so the sum of the two depths is then the distance.
func (s *search) meet() (bool, error) {
	for {
		side, other := s.ahead, s.behind
		if other.work() < side.work() {
			side, other = other, side
		}
		if further, err := side.advance(s.g, s.pace); err != nil || !further {
			return false, err
		}
		for _, n := range side.last() {
			if _, ok := other.at(n); ok {
				return true, nil
			}
		}
	}
}

// chain walks from the start, each time to the least key that lies on a
// shortest chain.
func (s *search) chain() ([]Link, error) {
	lead, err := s.leading()
	if err != nil {
		return nil, err
	}
	at := s.start(lead)
	length := s.ahead.reached() + s.behind.reached()
	chain := make([]Link, 0, length)
	for i := range length {
		if err := s.pace.Steps(1 + len(s.g.Out(at))); err != nil {
			return nil, err
		}
		var best Link
		for _, a := range s.g.Out(at) {
			l := Link{at, a.Node, s.g.Label(a.Label)}
			if l.Needs() && s.on(lead, a.Node, i+1) && (best.Rel == "" || s.compare(l, best) < 0) {
				best = l
			}
		}
		chain = append(chain, best)
		at = best.To
	}
	return chain, nil
}

// start is the item of least key from which a shortest chain leads on.
func (s *search) start(lead []bool) Node {
	best := Node(-1)
	for i, n := range s.ahead.found.Nodes() {
		if s.ahead.depth[i] == 0 && lead[i] && (best < 0 || s.g.Key(n) < s.g.Key(best)) {
			best = n
		}
	}
	return best
}

// leading marks, by position among what the start reached, the nodes from
// which a shortest chain leads on.
func (s *search) leading() ([]bool, error) {
	lead := make([]bool, s.ahead.found.Len())
	for i, n := range s.ahead.found.Nodes() {
		far, ok := s.behind.at(n)
		lead[i] = ok && far == s.behind.reached() && s.ahead.depth[i] == s.ahead.reached()
	}
	for i := len(lead) - 1; i >= 0; i-- {
		if !lead[i] {
			continue
		}
		if err := s.pace.Steps(1 + len(s.g.In(s.ahead.found.At(int32(i))))); err != nil {
			return nil, err
		}
		for _, a := range s.g.In(s.ahead.found.At(int32(i))) {
			j, ok := s.ahead.found.Find(a.Node)
			if ok && s.ahead.depth[j] == s.ahead.depth[i]-1 && s.g.Labels()[a.Label].Needs() {
				lead[j] = true
			}
		}
	}
	return lead, nil
}

// on tells whether a node is the i-th of a shortest chain.
func (s *search) on(lead []bool, n Node, i int32) bool {
	if i > s.ahead.reached() {
		far, ok := s.behind.at(n)
		return ok && far == s.ahead.reached()+s.behind.reached()-i
	}
	j, ok := s.ahead.found.Find(n)
	return ok && lead[j] && s.ahead.depth[j] == i
}

func (s *search) compare(a, b Link) int {
	return cmp.Or(
		cmp.Compare(s.g.Key(a.To), s.g.Key(b.To)),
		cmp.Compare(slices.Index(domain.Impacts, b.Impact), slices.Index(domain.Impacts, a.Impact)),
		cmp.Compare(slices.Index(domain.DependencyKinds, a.Kind), slices.Index(domain.DependencyKinds, b.Kind)),
		cmp.Compare(a.Group, b.Group),
	)
}
