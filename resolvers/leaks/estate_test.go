package leaks_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// node is a record of a drawn estate: its values are those of an import.
type node struct {
	kind, key string
	values    map[string]any
}

func (n *node) id() store.ID   { return store.ID("id-" + n.key) }
func (n *node) String() string { return n.key }

// arc is a relationship of a drawn estate.
type arc struct {
	rel      *entity.Relationship
	from, to *node
	link     map[string]any
}

func (a *arc) String() string { return fmt.Sprintf("%s -%s-> %s", a.from, a.rel.Name, a.to) }

// change is one operation of a change set: a record or a relationship that
// comes, a record that is edited, or either that goes.
type change struct {
	*node
	*arc
	edited, gone bool
}

// estate is a drawn estate: the change sets that made it. What goes, goes last,
// so that whoever ever saw a record saw it before that.
type estate struct {
	nodes []*node
	arcs  []*arc
	sets  [][]change
}

// few is how many records of a kind are drawn at most, two of a kind not named.
var few = map[string]int{
	domain.KindConfigurationItem: 6, domain.KindSite: 3, domain.KindParty: 3, domain.KindChangeRequest: 4,
	domain.KindProblem: 3, domain.KindKnownError: 3, domain.KindVote: 4,
}

func drawEstate(t *rapid.T) *estate {
	e := &estate{}
	for _, k := range entity.Kinds() {
		most := max(few[k.Name], 2)
		for i := range rapid.IntRange(min(2, most-1), most).Draw(t, k.Name) {
			e.nodes = append(e.nodes, drawNode(t, k.Name, i))
		}
	}
	for range rapid.IntRange(10, 60).Draw(t, "arcs") {
		e.drawArc(t)
	}
	e.drawSets(t)
	return e
}

// frequent are relationships that decide what is seen, or that much follows.
var frequent = []string{
	domain.RelInstalledAt, domain.RelDependsOn, domain.RelAffects, domain.RelSuppliedBy, domain.RelConcerns, domain.RelCastOn, domain.RelInstalledAt, domain.RelDependsOn,
	domain.RelChanges, domain.RelSigns, domain.RelAssesses,
}

func (e *estate) drawArc(t *rapid.T) {
	all := entity.Relationships()
	i := rapid.IntRange(0, len(all)+2*len(frequent)-1).Draw(t, "relationship")
	var rel *entity.Relationship
	if i < len(all) {
		rel = all[i]
	} else {
		rel = entity.RelationshipsNamed(frequent[(i-len(all))%len(frequent)])[0]
	}
	a := &arc{rel, rapid.SampledFrom(e.of(rel.From)).Draw(t, "from"), rapid.SampledFrom(e.of(rel.To)).Draw(t, "to"), drawLink(t, rel.Name)}
	loop := a.from == a.to || rel.Name == domain.RelPartOf && a.from.key < a.to.key
	again := slices.ContainsFunc(e.arcs, func(b *arc) bool { return b.rel == rel && b.from == a.from && (rel.ToOne || b.to == a.to) })
	if !loop && !again {
		e.arcs = append(e.arcs, a)
	}
}

func (e *estate) of(kind string) (list []*node) {
	for _, n := range e.nodes {
		if n.kind == kind {
			list = append(list, n)
		}
	}
	return list
}

// drawSets puts the changes into change sets, some of them of several.
func (e *estate) drawSets(t *rapid.T) {
	var comes, goes []change
	for _, n := range e.nodes {
		comes = append(comes, change{node: n})
	}
	for _, a := range e.arcs {
		comes = append(comes, change{arc: a})
		if rapid.IntRange(0, 9).Draw(t, "goes") == 0 {
			goes = append(goes, change{arc: a, gone: true})
		}
	}
	for range rapid.IntRange(0, 6).Draw(t, "edits") {
		comes = append(comes, change{node: rapid.SampledFrom(e.nodes).Draw(t, "edited"), edited: true})
	}
	for _, n := range e.nodes {
		used := slices.ContainsFunc(e.arcs, func(a *arc) bool { return a.to == n })
		if !used && rapid.IntRange(0, 9).Draw(t, "goes") == 0 {
			goes = append(goes, change{node: n, gone: true})
		}
	}
	for _, all := range [][]change{comes, goes} {
		for len(all) > 0 {
			size := min(rapid.SampledFrom([]int{1, 2, 3, 5, 8}).Draw(t, "size"), len(all))
			e.sets, all = append(e.sets, all[:size]), all[size:]
		}
	}
}

// linked tells whether a relationship leads from a record to one of a set.
func (e *estate) linked(from *node, rel string, to func(*node) bool) bool {
	return slices.ContainsFunc(e.arcs, func(a *arc) bool { return a.rel.Name == rel && a.from == from && to(a.to) })
}

// reached tells whether a relationship leads to a record from one of a set.
func (e *estate) reached(to *node, rel string, from func(*node) bool) bool {
	return slices.ContainsFunc(e.arcs, func(a *arc) bool { return a.rel.Name == rel && a.to == to && from(a.from) })
}

func (e *estate) String() string {
	var b strings.Builder
	for i, set := range e.sets {
		fmt.Fprintf(&b, "\n%d:", i+1)
		for _, c := range set {
			switch {
			case c.arc != nil:
				fmt.Fprintf(&b, " (%s)", c.arc)
			case c.edited, c.gone:
				fmt.Fprintf(&b, " %s", c.node)
			default:
				fmt.Fprintf(&b, " %s%v", c.node, c.node.values)
			}
			if c.gone {
				b.WriteString(" goes")
			}
		}
	}
	return b.String()
}
