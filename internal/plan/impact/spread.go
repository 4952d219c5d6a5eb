package impact

import "releasegraph/internal/adjacency"

// Strengths as small numbers; 0 is unhurt.
const (
	degraded uint8 = 1
	full     uint8 = 2
)

// hit is a node that was reached, or a source at depth 0.
type hit struct {
	node     Node
	depth    int32
	strength uint8
	passed   uint8 // the strength with which it was expanded last
}

// spread computes the strengths (I4, I5) as the least fixpoint: a node's
// strength only rises, at most twice, and each rise is passed on once. So the
// work is linear in the arcs of what is reached, and cycles end (C2).
type spread struct {
	*scratch
	g       *Graph
	q       Query
	stopAt  map[Node]bool
	sources int32   // hits before this position are sources
	again   []int32 // hits that became stronger after they were expanded
	visit   int32
}

func newSpread(g *Graph, q Query) *spread {
	s := &spread{scratch: acquire(g), g: g, q: q}
	if len(q.StopAt) > 0 {
		s.stopAt = make(map[Node]bool, len(q.StopAt))
		for _, n := range q.StopAt {
			s.stopAt[n] = true
		}
	}
	return s
}

func (s *spread) source(n Node) {
	if s.marks[n].epoch == s.epoch {
		return
	}
	s.marks[n] = markAt(s.epoch, s.sources, full)
	s.hits = append(s.hits, hit{node: n, strength: full})
	s.sources++
}

// run expands breadth first; what became stronger comes after all that is new.
func (s *spread) run() {
	for i := int32(0); ; {
		switch {
		case int(i) < len(s.hits):
			i += s.expandSome(i)
		case len(s.again) > 0:
			last := len(s.again) - 1
			j := s.again[last]
			s.again = s.again[:last]
			s.expand(j, s.q.near(s.g, s.hits[j].node))
		default:
			return
		}
	}
}

// expandSome expands some hits from a position on, and tells how many.
func (s *spread) expandSome(i int32) int32 {
	var ahead lookahead
	n := load(&ahead, s.hits[i:], func(h *hit) []adjacency.Arc { return s.q.near(s.g, h.node) })
	for k := range n {
		s.expand(i+k, ahead.arcs[k])
	}
	return n
}

// expand passes a hit's strength on to those next to it.
func (s *spread) expand(i int32, arcs []adjacency.Arc) {
	h := s.hits[i]
	if s.stopped(h.node, i) {
		return
	}
	s.hits[i].passed = h.strength
	s.visit++
	marks, codes, epoch := s.marks, s.codes, s.epoch
	for _, a := range arcs {
		code := codes[a.Label]
		if code == 0 {
			code = s.decode(a.Label)
		}
		given := min(code&codeStrength, h.strength)
		if given == 0 {
			continue
		}
		if code&codeGrouped != 0 {
			s.member(a, h, given)
			continue
		}
		// Most arcs lead to hits that are no less strong already.
		if m := &marks[a.Node]; m.epoch != epoch || m.strength() < given {
			s.raise(a.Node, given, h.depth+1)
		}
	}
}

// stopped tells whether the caller wants to go no further than this hit (I2).
func (s *spread) stopped(n Node, i int32) bool {
	return s.stopAt != nil && i >= s.sources && s.stopAt[n]
}

// raise makes the node a hit, or a stronger one.
func (s *spread) raise(n Node, strength uint8, depth int32) {
	m := &s.marks[n]
	if m.epoch != s.epoch {
		if s.q.Environment != "" && s.g.Facts(n).Environment() != s.q.Environment {
			return
		}
		*m = markAt(s.epoch, int32(len(s.hits)), strength)
		s.hits = append(s.hits, hit{node: n, depth: depth, strength: strength})
		return
	}
	if strength <= m.strength() {
		return
	}
	at := m.position()
	*m = markAt(s.epoch, at, strength)
	h := &s.hits[at]
	h.strength = strength
	if h.passed > 0 && h.passed < strength {
		s.again = append(s.again, at)
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
func (s *spread) measure() {
	found := s.hits
	order := make([]hit, 0, len(found))
	for i := range found {
		found[i].depth = -1
	}
	for i := range s.sources {
		found[i].depth = 0
		order = append(order, found[i])
	}
	for i := 0; i < len(order); i++ {
		h := order[i]
		if s.stopped(h.node, int32(i)) {
			continue
		}
		for _, a := range s.q.near(s.g, h.node) {
			m := &s.marks[a.Node]
			if m.epoch != s.epoch || found[m.position()].depth >= 0 || !s.hurts(a) {
				continue
			}
			f := &found[m.position()]
			f.depth = h.depth + 1
			order = append(order, *f)
		}
	}
	s.hits = order
}

// hurts tells whether the dependency passes something on in the end.
func (s *spread) hurts(a adjacency.Arc) bool {
	code := s.code(a.Label)
	if code&codeGrouped != 0 {
		return s.outcome(a.Node, s.groupOf[a.Label]) > 0
	}
	return code&codeStrength > 0
}
