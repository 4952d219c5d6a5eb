package impact

import (
	"cmp"
	"slices"

	"releasegraph/internal/adjacency"
)

// group is one redundancy group of one item (I5).
type group struct {
	members  int32 // distinct suppliers
	minimum  int32 // how many must stay up
	full     int32 // members hit FULL
	degraded int32 // members hit DEGRADED
	outcome  uint8
	// visit is the expansion that last touched the group, and current what its
	// hit contributes so far: parallel links to one supplier are one member,
	// which counts by the strongest of them.
	visit   int32
	current uint8
}

// groups are the redundancy groups that the analysis met, found by item and
// group name.
type groups struct {
	names map[string]int32
	at    map[groupKey]int32
	list  []group
}

type groupKey struct {
	item Node
	name int32
}

// evaluate is I5.
func (g *group) evaluate() uint8 {
	up := g.members - g.full
	switch {
	case up < g.minimum:
		return full
	case g.full > 0 || up-g.degraded < g.minimum:
		return degraded
	}
	return 0
}

// named numbers the name of a group.
func (s *spread) named(name string) int32 {
	if s.groups == nil {
		s.groups = &groups{names: map[string]int32{}, at: map[groupKey]int32{}}
	}
	n, ok := s.names[name]
	if !ok {
		n = int32(len(s.names))
		s.names[name] = n
	}
	return n
}

// member notes that a supplier contributes to a group of the item at the other
// end of the arc, and raises the item when the group gives way.
func (s *spread) member(a adjacency.Arc, supplier hit, contribution uint8) {
	if m := &s.marks[a.Node]; m.epoch == s.epoch && m.position() < s.sources {
		return
	}
	g := s.group(a)
	if g.visit != s.visit {
		g.visit, g.current = s.visit, min(supplier.passed, degraded)
	}
	if contribution <= g.current {
		return
	}
	if g.current == degraded {
		g.degraded--
	}
	if contribution == degraded {
		g.degraded++
	} else {
		g.full++
	}
	g.current = contribution
	if outcome := g.evaluate(); outcome > g.outcome {
		g.outcome = outcome
		s.raise(a.Node, outcome, supplier.depth+1)
	}
}

// group finds the group of an arc; an item's groups are counted when the first
// of their members is hit.
func (s *spread) group(a adjacency.Arc) *group {
	key := groupKey{a.Node, s.groupOf[a.Label]}
	i, ok := s.at[key]
	if !ok {
		s.count(a.Node)
		i = s.at[key]
	}
	return &s.list[i]
}

// count finds all redundancy groups of an item: how many members they have,
// whatever the caller's limits, and the strictest minimum of their links.
func (s *spread) count(item Node) {
	type member struct {
		group    int32
		supplier Node
		label    int32
	}
	var members []member
	for _, a := range s.g.Out(item) {
		if l := &s.g.Labels()[a.Label]; l.Group != "" {
			members = append(members, member{s.named(l.Group), a.Node, a.Label})
		}
	}
	slices.SortFunc(members, func(x, y member) int {
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.supplier, y.supplier))
	})
	for i := 0; i < len(members); {
		first, g := i, group{minimum: 1}
		for ; i < len(members) && members[i].group == members[first].group; i++ {
			if i == first || members[i].supplier != members[i-1].supplier {
				g.members++
			}
		}
		for _, m := range members[first:i] {
			l := &s.g.Labels()[m.label]
			g.minimum = max(g.minimum, l.Minimum, percent(l.MinimumPercent, g.members))
		}
		s.at[groupKey{item, members[first].group}] = int32(len(s.list))
		s.list = append(s.list, g)
	}
}

// percent of the members, rounded up.
func percent(p, members int32) int32 {
	return int32((int64(p)*int64(members) + 99) / 100)
}

// outcome tells what a group of the item came to.
func (x *groups) outcome(item Node, name int32) uint8 {
	i, ok := x.at[groupKey{item, name}]
	if !ok {
		return 0
	}
	return x.list[i].outcome
}
