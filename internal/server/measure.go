package server

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// measure is what a selection set amounts to with its fragments spread.
type measure struct {
	depth  int // levels of fields
	meta   int // the same, below and with __schema or __type
	fields int // in all levels; no more than one beyond the limit
	names  map[name]int
}

// name is a response name on the selection set's own level; fields with and
// without sub-fields count apart, for those with them cost far more to merge.
type name struct {
	response string
	branch   bool
}

// measuring walks a document once; each fragment is measured once, however
// often it is spread.
type measuring struct {
	limits     Limits
	fragments  map[string]*ast.FragmentDefinition
	measured   map[string]*measure // nil while being measured
	aliases    int
	directives int
	merges     int
	err        error
}

// maxLeaves is how many fields without sub-fields may share a response name in
// one selection set, and maxMerges how many names the spreads of a document
// may bring together. Neither is met by what people or clients write.
const (
	maxLeaves = 100
	maxMerges = 100_000
)

func (m *measuring) selections(set ast.SelectionSet) *measure {
	sum := &measure{names: map[name]int{}}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			m.field(sum, s)
		case *ast.InlineFragment:
			m.directives += len(s.Directives)
			m.spread(sum, m.selections(s.SelectionSet))
		case *ast.FragmentSpread:
			m.directives += len(s.Directives)
			m.spread(sum, m.fragment(s.Name))
		}
	}
	return sum
}

func (m *measuring) field(sum *measure, f *ast.Field) {
	m.directives += len(f.Directives)
	response := f.Name
	if f.Alias != "" && f.Alias != f.Name {
		m.aliases++
		response = f.Alias
	}
	sub := m.selections(f.SelectionSet)
	if strings.HasPrefix(f.Name, "__") {
		sum.meta = max(sum.meta, 1+max(sub.depth, sub.meta))
	} else {
		sum.depth = max(sum.depth, 1+sub.depth)
		if sub.meta > 0 {
			sum.meta = max(sum.meta, 1+sub.meta)
		}
	}
	m.add(sum, 1+sub.fields)
	m.name(sum, name{response, len(f.SelectionSet) > 0}, 1)
}

func (m *measuring) spread(sum, part *measure) {
	sum.depth, sum.meta = max(sum.depth, part.depth), max(sum.meta, part.meta)
	m.add(sum, part.fields)
	if m.merges += len(part.names); m.merges > maxMerges {
		m.fail("the document spreads too many fragments into one another")
		return
	}
	for n, count := range part.names {
		m.name(sum, n, count)
	}
}

func (m *measuring) add(sum *measure, fields int) {
	sum.fields = min(sum.fields+fields, m.limits.Fields+1)
}

func (m *measuring) name(sum *measure, n name, count int) {
	limit := maxLeaves
	if n.branch {
		limit = m.limits.Siblings
	}
	if sum.names[n] += count; sum.names[n] > limit {
		m.fail(fmt.Sprintf("one selection has the field %q more than %d times", n.response, limit))
	}
}

// fragment measures a fragment. One that spreads itself, which validation
// refuses, counts as nothing within itself.
func (m *measuring) fragment(fragment string) *measure {
	if known, ok := m.measured[fragment]; ok {
		if known == nil {
			return &measure{}
		}
		return known
	}
	f := m.fragments[fragment]
	if f == nil {
		return &measure{} // validation explains
	}
	m.measured[fragment] = nil
	known := m.selections(f.SelectionSet)
	m.measured[fragment] = known
	return known
}

func (m *measuring) fail(message string) {
	if m.err == nil {
		m.err = fmt.Errorf("%s", message)
	}
}
