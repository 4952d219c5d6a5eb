package graphgen

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Edge is a relationship between the nodes with these numbers; what its
// relationship does not have is empty.
type Edge struct {
	Rel      string
	From, To int

	Kind    domain.DependencyKind
	Impact  domain.Impact
	Group   string
	Minimum int // 0: not given

	Version, ActiveVersion string
	Since                  time.Time
}

var groups = []string{"db", "web", "dns", "lb", "power", "uplink", "auth", "queue", "cache", "storage", "app", "api"}

// Edges lists all relationships: those of the sites first, then item by item.
func (e *Estate) Edges() iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		m := &maker{Estate: e, random: e.random(forEdges), yield: yield}
		for n := range e.spec.Sites {
			if !m.site(n) {
				return
			}
		}
		cone, rest := 0, 0
		for n := e.spec.Sites; n < e.Len(); n++ {
			side, rank := e.rest, &rest
			if cone < len(e.cone) && int(e.cone[cone]) == n {
				side, rank = e.cone, &cone
			}
			if !m.item(n, side, *rank, rest) {
				return
			}
			*rank++
		}
	}
}

// maker makes the edges of one node after the other.
type maker struct {
	*Estate
	random *rand.Rand
	yield  func(Edge) bool
	owed   int     // dependencies that earlier items had no room for
	wish   int     // what an even item had beyond the average, and the odd one after it will lack
	taken  []int32 // ends of the item's dependencies
}

// site puts the site under its region's first one, and lets every tenth need it.
func (m *maker) site(n int) bool {
	if n < len(regions) {
		return n == 0 || m.yield(Edge{Rel: domain.RelPartOf, From: n, To: 0})
	}
	hub := n % len(regions)
	if !m.yield(Edge{Rel: domain.RelPartOf, From: n, To: hub}) {
		return false
	}
	return n%10 != 1 || m.yield(Edge{Rel: domain.RelSiteNeeds, From: n, To: hub})
}

// item makes the dependencies and the installation of the item with the number
// n, which is at the rank of its side.
func (m *maker) item(n int, side []int32, rank, rest int) bool {
	want := m.degree(n)
	m.taken = m.taken[:0]
	for tries := 0; len(m.taken) < want && tries < 4*want; tries++ {
		if to, ok := m.supplier(side, rank, rest); ok && int(to) != n && !slices.Contains(m.taken, to) {
			m.taken = append(m.taken, to)
		}
	}
	m.owed += want - len(m.taken)
	return m.dependencies(n) && m.yield(m.installation(n))
}

// degree is how many dependencies the item should have: the average over two
// items, and some of what is owed.
func (m *maker) degree(n int) int {
	mean := m.spec.Relationships - 1
	if n%2 == 0 {
		m.wish = m.random.IntN(mean)
	} else {
		m.wish = -m.wish
	}
	more := min(m.owed, 3)
	m.owed -= more
	return mean + m.wish + more
}

// supplier draws an item that the one at the rank depends on. The first is one
// of the same side and lower, which is what ties the whole cone to the source.
func (m *maker) supplier(side []int32, rank, rest int) (int32, bool) {
	const near, loop = 200, 50
	draw := m.random.IntN(1000)
	switch {
	case rank == 0: // the lowest of its side needs nothing
		return 0, false
	case len(m.taken) == 0 || draw < 450: // a hub, most likely
		return side[powerLaw(m.random, rank)], true
	case draw < 500 && rest > 0 && len(m.rest) > 0: // from the cone to the rest is allowed, never back
		return m.rest[m.random.IntN(rest)], true
	case draw == 999 && rank+1 < len(side): // a cycle, perhaps
		return side[rank+1+m.random.IntN(min(loop, len(side)-rank-1))], true
	}
	return side[rank-1-m.random.IntN(min(near, rank))], true
}

// dependencies makes one of each drawn supplier. The last two or three of one
// item in five stand in for one another; the first never does (Spec.Reach).
func (m *maker) dependencies(n int) bool {
	redundant, group := len(m.taken), ""
	if len(m.taken) > 2 && m.random.IntN(5) == 0 {
		redundant -= min(2+m.random.IntN(2), len(m.taken)-1)
		group = groups[m.random.IntN(len(groups))]
	}
	minimum := m.random.IntN(2) // absent, or one
	for i, to := range m.taken {
		e := Edge{Rel: domain.RelDependsOn, From: n, To: int(to), Kind: m.kind(n), Impact: domain.ImpactFull}
		switch draw := m.random.IntN(10); {
		case draw < 4:
			e.Impact = domain.ImpactDegraded
		case draw == 4 && i > 0:
			e.Impact = domain.ImpactNone
		}
		if i >= redundant {
			e.Group, e.Minimum, e.Impact = group, minimum, domain.ImpactFull
		}
		if !m.yield(e) {
			return false
		}
	}
	return true
}

func (m *maker) kind(n int) domain.DependencyKind {
	if m.layer(n).class.Hardware() {
		return domain.ConnectsTo
	}
	return domain.DependencyKinds[m.random.IntN(len(domain.DependencyKinds))]
}

// installation puts the item at a site, large ones more often.
func (m *maker) installation(n int) Edge {
	version := fmt.Sprintf("%d.%d.0", 1+m.random.IntN(9), m.random.IntN(20))
	since := time.Date(2024, 1, 1, 6, 0, 0, 0, time.UTC).AddDate(0, 0, m.random.IntN(600))
	return Edge{
		Rel: domain.RelInstalledAt, From: n, To: powerLaw(m.random, m.spec.Sites),
		Version: version, ActiveVersion: version, Since: since,
	}
}
