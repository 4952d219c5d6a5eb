package impact

import (
	"slices"
	"sync"

	"releasegraph/internal/domain"
)

// mark says where among the hits a node stands and how strongly it is hit, if
// its epoch is the scratch's. The strength is here as well as in the hit since
// most arcs lead to hits that need no change: those touch nothing else.
type mark struct {
	epoch uint32
	place uint32 // position and strength
}

// unsettled is the position of a node that waits in the frontier.
const unsettled = 1<<30 - 1

func markAt(epoch uint32, position int32, strength uint8) mark {
	return mark{epoch, uint32(position)<<2 | uint32(strength)}
}

func (m *mark) position() int32 { return int32(m.place >> 2) }

func (m *mark) strength() uint8 { return uint8(m.place & 3) }

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
	epoch    uint32
	marks    []mark
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
	if n := len(g.Labels()); n > len(s.codes) {
		s.codes = make([]uint8, n+n/8)
		s.groupOf = make([]int32, n+n/8)
	}
	s.frontier.fit(g.Size())
	s.hits, s.list = s.hits[:0], s.list[:0]
	clear(s.names)
	return s
}

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
