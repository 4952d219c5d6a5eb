package impact

import (
	"context"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/pace"
)

// Strengths as small numbers; 0 is unhurt.
const (
	degraded uint8 = 1
	full     uint8 = 2
)

// hit is a node that was reached, or a source at depth 0.
type hit struct {
	node Node
	// state is the depth, then two bits for the strength, then two for the
	// strength with which it was expanded last: eight bytes a hit, since an
	// analysis waits for memory most of its time.
	state uint32
}

func newHit(n Node, depth int32, strength uint8) hit {
	return hit{n, uint32(depth)<<4 | uint32(strength)<<2}
}

func (h *hit) depth() int32    { return int32(h.state >> 4) }
func (h *hit) strength() uint8 { return uint8(h.state >> 2 & 3) }
func (h *hit) passed() uint8   { return uint8(h.state & 3) }

func (h *hit) strengthen(strength uint8) { h.state = h.state&^(3<<2) | uint32(strength)<<2 }
func (h *hit) pass()                     { h.state = h.state&^3 | uint32(h.strength()) }
func (h *hit) place(depth int32)         { h.state = h.state&15 | uint32(depth)<<4 }

// spread computes the strengths (I4, I5) as the least fixpoint: a node's
// strength only rises, at most twice, and each rise is passed on once. So the
// work is linear in the arcs of what is reached, and cycles end (C2).
type spread struct {
	*scratch
	g       *Graph
	q       Query
	pace    *pace.Pace
	stopAt  map[Node]bool
	exclude map[Node]bool
	sources int32   // hits before this position are sources
	again   []int32 // hits that became stronger after they were expanded
	visit   int32
	// redundant counts the needs whose loss alone hurts no source; their
	// strength is 0.
	redundant int
}

func newSpread(ctx context.Context, g *Graph, q Query) *spread {
	return &spread{scratch: acquire(g), g: g, q: q, pace: pace.Of(ctx), stopAt: setOf(q.StopAt), exclude: setOf(q.Excluded)}
}

// setOf is nil where there is nothing in it.
func setOf(nodes []Node) map[Node]bool {
	if len(nodes) == 0 {
		return nil
	}
	set := make(map[Node]bool, len(nodes))
	for _, n := range nodes {
		set[n] = true
	}
	return set
}

func (s *spread) source(n Node) {
	if s.marks[n].epoch == s.epoch {
		return
	}
	s.marks[n] = mark{s.epoch, s.sources}
	s.setStrength(n, full)
	s.hits = append(s.hits, newHit(n, 0, full))
	s.sources++
}

// run expands breadth first, level by level; what became stronger comes after
// all that is new.
func (s *spread) run() error {
	level, depth := int32(0), int32(0)
	for {
		for int(level) < len(s.hits) {
			n, arcs := s.expandSome(level)
			if err := s.pace.Steps(arcs); err != nil {
				return err
			}
			level += n
		}
		switch {
		case s.frontier.any:
			depth++
			s.settle(depth)
		case len(s.again) > 0:
			last := len(s.again) - 1
			j := s.again[last]
			s.again = s.again[:last]
			arcs := s.q.near(s.g, s.hits[j].node)
			if err := s.pace.Steps(1 + len(arcs)); err != nil {
				return err
			}
			s.expand(j, arcs)
		default:
			return nil
		}
	}
}

// settle makes hits of what the last level raised.
func (s *spread) settle(depth int32) {
	s.frontier.drain(func(n Node) {
		s.marks[n] = mark{s.epoch, int32(len(s.hits))}
		s.hits = append(s.hits, newHit(n, depth, s.strength(n)))
	})
}

// expandSome expands some hits from a position on, and tells how many, and how
// much work they were.
func (s *spread) expandSome(i int32) (n int32, work int) {
	var ahead lookahead
	n = load(&ahead, s.hits[i:], func(h *hit) []adjacency.Arc { return s.q.near(s.g, h.node) })
	for k := range n {
		work += 1 + len(ahead.arcs[k])
		s.expand(i+k, ahead.arcs[k])
	}
	return n, work
}

// expand passes a hit's strength on to those next to it.
func (s *spread) expand(i int32, arcs []adjacency.Arc) {
	h := s.hits[i]
	if s.stopped(h.node, i) {
		return
	}
	s.hits[i].pass()
	s.visit++
	strength := h.strength()
	strengths, codes, turn := s.strengths, s.codes, s.turn<<2
	for _, a := range arcs {
		code := codes[a.Label]
		if code == 0 {
			code = s.decode(a.Label)
		}
		given := min(code&codeStrength, strength)
		if given == 0 {
			continue
		}
		if code&codeGrouped != 0 {
			s.member(a, h, given)
			continue
		}
		// Most arcs lead to hits that are no less strong already.
		if strengths[a.Node] < turn|given {
			s.raise(a.Node, given)
		}
	}
}

// stopped tells whether the caller wants to go no further than this hit (I2).
func (s *spread) stopped(n Node, i int32) bool {
	return s.stopAt != nil && i >= s.sources && s.stopAt[n]
}

// raise makes the node a hit, or a stronger one.
func (s *spread) raise(n Node, strength uint8) {
	known := s.strength(n)
	if known == 0 {
		if s.exclude[n] || s.q.Environment != "" && s.g.Facts(n).Environment() != s.q.Environment {
			return
		}
		s.setStrength(n, strength)
		s.frontier.add(n)
		return
	}
	if strength <= known {
		return
	}
	s.setStrength(n, strength)
	m := &s.marks[n]
	if m.epoch != s.epoch { // it waits in the frontier
		return
	}
	h := &s.hits[m.position]
	h.strengthen(strength)
	if p := h.passed(); p > 0 && p < strength {
		s.again = append(s.again, m.position)
	}
}

// code decodes a label on its first use.
func (s *spread) code(label int32) uint8 {
	if c := s.codes[label]; c != 0 {
		return c
	}
	return s.decode(label)
}

func (s *spread) decode(label int32) uint8 {
	l := &s.g.Labels()[label]
	code := s.q.passes(l)
	if code > 0 && s.q.grouped(l) {
		code |= codeGrouped
		s.groupOf[label] = s.named(l.Group)
	}
	return s.keep(label, code)
}

// measure finds the depths anew where redundancy groups were met: a group may
// have given way only after nearer stand-ins did, so the order of the first
// discovery says nothing. Breadth first, over links that pass something on in
// the end (I3).
func (s *spread) measure() error {
	found := s.hits
	order := make([]hit, s.sources, len(found))
	copy(order, found)
	seen := make([]bool, len(found))
	for level, depth := 0, int32(1); level < len(order); depth++ {
		end := len(order)
		for ; level < end; level++ {
			n := order[level].node
			if err := s.pace.Steps(1 + len(s.q.near(s.g, n))); err != nil {
				return err
			}
			if !s.stopped(n, int32(level)) {
				s.reveal(n, seen)
			}
		}
		s.frontier.drain(func(n Node) {
			h := found[s.marks[n].position]
			h.place(depth)
			order = append(order, h)
		})
	}
	s.hits = order
	return nil
}

// reveal puts into the frontier which hits a node hurts that were not seen yet.
func (s *spread) reveal(n Node, seen []bool) {
	for _, a := range s.q.near(s.g, n) {
		m := &s.marks[a.Node]
		if m.epoch != s.epoch {
			continue
		}
		if at := m.position; at >= s.sources && !seen[at] && s.hurts(a) {
			seen[at] = true
			s.frontier.add(a.Node)
		}
	}
}

// hurts tells whether the dependency passes something on in the end.
func (s *spread) hurts(a adjacency.Arc) bool {
	code := s.code(a.Label)
	if code&codeGrouped != 0 {
		return s.outcome(a.Node, s.groupOf[a.Label]) > 0
	}
	return code&codeStrength > 0
}
