package impact

import (
	"cmp"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
)

// group is one redundancy group of one item (I5).
type group struct {
	name     int32 // its number
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

// groups are the redundancy groups that the analysis met. Those of one item
// stand together in the list.
type groups struct {
	names   map[string]int32
	holders []holder // by node
	list    []group
	members []member // for counting
}

// holder says which groups of the list are an item's, if its epoch is the
// scratch's.
type holder struct {
	epoch uint32
	first int32
	count int32
}

// member is a supplier's place in a group of the item that is counted.
type member struct {
	group    int32
	supplier Node
	label    int32
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
func (x *groups) named(name string) int32 {
	if x.names == nil {
		x.names = map[string]int32{}
	}
	n, ok := x.names[name]
	if !ok {
		n = int32(len(x.names))
		x.names[name] = n
	}
	return n
}

// member notes that a supplier contributes to a group of the item at the other
// end of the arc, and raises the item when the group gives way.
func (s *spread) member(a adjacency.Arc, supplier hit, contribution uint8) {
	if m := &s.marks[a.Node]; m.epoch == s.epoch && m.position < s.sources {
		return
	}
	g := s.group(a)
	if g.visit != s.visit {
		g.visit, g.current = s.visit, min(supplier.passed(), degraded)
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
		s.raise(a.Node, outcome)
	}
}

// group finds the group of an arc; an item's groups are counted when the first
// of their members is hit.
func (s *spread) group(a adjacency.Arc) *group {
	if s.holders == nil || s.holders[a.Node].epoch != s.epoch {
		s.count(a.Node)
	}
	return s.find(a.Node, s.groupOf[a.Label])
}

// find finds a group of an item whose groups were counted.
func (x *groups) find(item Node, name int32) *group {
	h := x.holders[item]
	own := x.list[h.first : h.first+h.count]
	for i := range own {
		if own[i].name == name {
			return &own[i]
		}
	}
	return nil
}

// count finds all redundancy groups of an item: how many members they have,
// whatever the caller's limits, and the strictest minimum of their links.
func (s *spread) count(item Node) {
	if len(s.holders) < len(s.marks) {
		s.holders = make([]holder, len(s.marks))
	}
	members, labels := s.groups.members[:0], s.g.Labels()
	for _, a := range s.g.Out(item) {
		if l := &labels[a.Label]; l.Group != "" {
			members = append(members, member{s.groupNumber(a.Label, l), a.Node, a.Label})
		}
	}
	slices.SortFunc(members, func(x, y member) int {
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.supplier, y.supplier))
	})
	first := len(s.list)
	for i := 0; i < len(members); {
		from, g := i, group{name: members[i].group, minimum: 1}
		for ; i < len(members) && members[i].group == g.name; i++ {
			if i == from || members[i].supplier != members[i-1].supplier {
				g.members++
			}
		}
		for _, m := range members[from:i] {
			l := &labels[m.label]
			g.minimum = max(g.minimum, l.Minimum, percent(l.MinimumPercent, g.members))
		}
		s.list = append(s.list, g)
	}
	s.groups.members = members
	s.holders[item] = holder{s.epoch, int32(first), int32(len(s.list) - first)}
}

// groupNumber is the number of a label's group name; a label that the query
// does not follow has none kept.
func (s *spread) groupNumber(label int32, l *domain.Link) int32 {
	if s.codes[label]&codeGrouped != 0 {
		return s.groupOf[label]
	}
	return s.named(l.Group)
}

// percent of the members, rounded up.
func percent(p, members int32) int32 {
	return int32((int64(p)*int64(members) + 99) / 100)
}

// outcome tells what a group of the item came to.
func (s *spread) outcome(item Node, name int32) uint8 {
	if s.holders == nil || s.holders[item].epoch != s.epoch {
		return 0
	}
	if g := s.find(item, name); g != nil {
		return g.outcome
	}
	return 0
}
