package server

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// measure is what a selection set amounts to with its fragments spread.
type measure struct {
	depth  int // levels of fields
	meta   int // the same, below and with __schema or __type
	fields int // in all levels; no more than one beyond the limit
	shape  shape
}

// shape is a selection set by response names. Fields that share a place in the
// answer, at whatever depth, are one in it: validation compares each of them
// with each other.
type shape map[string]*shared

type shared struct {
	count int
	sub   shape
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
	pairs      int
	err        error
}

// maxLeaves is how many fields without sub-fields may share a place in the
// answer, maxPairs how many pairs of such fields there may be, and maxMerges
// how many fields the spreads of a document may bring together. None is met by
// what people or clients write.
const (
	maxLeaves = 100
	maxPairs  = 20_000
	maxMerges = 100_000
)

var errSpreads = errors.New("the document spreads too many fragments into one another")

func (m *measuring) selections(set ast.SelectionSet) *measure {
	sum := &measure{shape: shape{}}
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
	m.names(f)
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
	m.merge(sum.shape, shape{response: {count: 1, sub: sub.shape}})
}

// names refuses long names: errors quote them, and look for similar ones.
func (m *measuring) names(f *ast.Field) {
	long := max(len(f.Name), len(f.Alias))
	for _, a := range f.Arguments {
		long = max(long, len(a.Name))
	}
	if long > longestName {
		m.err = fmt.Errorf("a name in the document has %d bytes; at most %d are allowed", long, longestName)
	}
}

// longestName is longer than any in a schema, and than aliases that people
// read.
const longestName = 200

func (m *measuring) spread(sum, part *measure) {
	sum.depth, sum.meta = max(sum.depth, part.depth), max(sum.meta, part.meta)
	m.add(sum, part.fields)
	m.merge(sum.shape, part.shape)
}

func (m *measuring) add(sum *measure, fields int) {
	sum.fields = min(sum.fields+fields, m.limits.Fields+1)
}

// merge brings a shape into another one, and leaves it as it is: it may be
// that of a fragment that is spread elsewhere too.
func (m *measuring) merge(into, from shape) {
	for response, f := range from {
		if m.merges++; m.merges > maxMerges {
			m.err = errSpreads
			return
		}
		same := into[response]
		if same == nil {
			same = &shared{sub: shape{}}
			into[response] = same
		}
		same.count += f.count
		m.merge(same.sub, f.sub)
	}
}

// compare tells whether too many fields share a place.
func (m *measuring) compare(s shape) error {
	for response, f := range s {
		limit := maxLeaves
		if len(f.sub) > 0 {
			limit = m.limits.Siblings
		}
		if f.count > limit {
			return fmt.Errorf("the field %q is more than %d times in one place", response, limit)
		}
		if m.pairs += f.count * (f.count - 1) / 2; m.pairs > maxPairs {
			return errors.New("too many fields of the document share a place in the answer")
		}
		if err := m.compare(f.sub); err != nil {
			return err
		}
	}
	return nil
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

// alone measures a fragment apart from where it is spread. One on a type of the
// introspection can only be spread below __schema or __type, and all that it
// selects is introspection.
func (m *measuring) alone(f *ast.FragmentDefinition) *measure {
	part := m.fragment(f.Name)
	if !strings.HasPrefix(f.TypeCondition, "__") {
		return part
	}
	within := *part
	within.depth, within.meta = 0, max(part.depth, part.meta)
	return &within
}
