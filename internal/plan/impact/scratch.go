package impact

import (
	"slices"
	"sync"

	"releasegraph/internal/domain"
)

// mark says where among the hits a node stands, if its epoch is the scratch's.
type mark struct {
	epoch    uint32
	position int32
}

// Codes of labels: what passes in the lowest two bits, and flags.
const (
	codeStrength  = 3  // 0: stops, else a strength
	codeKnown     = 4  // decoded for this analysis
	codeGrouped   = 8  // belongs to a redundancy group
	codeInstalled = 16 // is no dependency but INSTALLED_AT
)

// scratch is the working memory of an analysis, kept for the next one. Nothing
// in it is cleared in proportion to the graph: marks are dated by the epoch,
// codes are undone one by one.
type scratch struct {
	epoch uint32
	marks []mark
	// strengths holds, by node, how strongly it is hit in the lowest two bits,
	// and the turn above them: a byte a node, since most arcs lead to hits that
	// need no change, and those touch nothing else. What earlier turns left is
	// less than anything of this one.
	strengths []uint8
	turn      uint8

	codes    []uint8 // by label
	groupOf  []int32 // by label: the number of its redundancy group's name
	decoded  []int32 // the labels that have a code
	hits     []hit
	frontier frontier
	groups
}

var pool = sync.Pool{New: func() any { return new(scratch) }}

func acquire(g *Graph) *scratch {
	s := pool.Get().(*scratch)
	s.epoch++
	if n := g.Size(); n > len(s.marks) || s.epoch == 0 {
		s.marks = make([]mark, max(n+n/8, len(s.marks)))
		s.holders = nil
		s.epoch = 1
	}
	s.nextTurn()
	if n := len(g.Labels()); n > len(s.codes) {
		s.codes = make([]uint8, n+n/8)
		s.groupOf = make([]int32, n+n/8)
	}
	s.frontier.fit(g.Size())
	s.hits, s.list = s.hits[:0], s.list[:0]
	clear(s.names)
	return s
}

// nextTurn begins a turn; after the last one that a byte has room for, all are
// forgotten.
func (s *scratch) nextTurn() {
	const turns = 1 << 6
	if s.turn++; s.turn == turns || len(s.strengths) < len(s.marks) {
		s.turn = 1
		if len(s.strengths) < len(s.marks) {
			s.strengths = make([]uint8, len(s.marks))
		} else {
			clear(s.strengths)
		}
	}
}

// strength is how strongly a node is hit so far, 0 when it is not.
func (s *scratch) strength(n Node) uint8 {
	if v := s.strengths[n]; v>>2 == s.turn {
		return v & 3
	}
	return 0
}

func (s *scratch) setStrength(n Node, strength uint8) { s.strengths[n] = s.turn<<2 | strength }

func (s *scratch) release() {
	for _, l := range s.decoded {
		s.codes[l] = 0
	}
	s.decoded = s.decoded[:0]
	pool.Put(s)
}

// keep stores a label's code until the release.
func (s *scratch) keep(label int32, code uint8) uint8 {
	code |= codeKnown
	s.codes[label] = code
	s.decoded = append(s.decoded, label)
	return code
}

// passes tells what a dependency passes on at most, 0 when the query does not
// follow it (I2) or it stops the spread (I4).
func (q *Query) passes(l *domain.Link) uint8 {
	if l.Rel != domain.RelDependsOn || len(q.Kinds) > 0 && !slices.Contains(q.Kinds, l.Kind) {
		return 0
	}
	switch l.Impact {
	case domain.ImpactFull:
		return full
	case domain.ImpactDegraded:
		return degraded
	}
	return 0
}

// grouped tells whether the dependency is one of a redundancy group that the
// query evaluates (I5).
func (q *Query) grouped(l *domain.Link) bool {
	return l.Group != "" && !q.IgnoreRedundancy && !q.Dependencies
}
