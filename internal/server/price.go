package server

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// The rule of prices (docs/edge.md): an operation costs as much as its answer
// can hold values at most, and what it makes the server do besides. Fields cost
// 1 each, as often as they can occur: below nodes and edges of a page as often
// as the page is long, below another list as often as a list argument says, or
// assumedLength times. What looks into the store costs lookPrice as often as it
// occurs. Fields, their types and their arguments may cost more (@cost).
const (
	assumedLength = 10
	defaultPage   = 50
	longestPage   = 100_000
	lookPrice     = 50
	maxPrice      = 1 << 50 // where sums stop
)

// price of a selection set: that of what occurs once, that of what occurs with
// each element of the page that the set is selected on, and that of what is
// done once for all, however often the set occurs.
type price struct{ once, each, flat int }

// pricing works out the price of one operation. Each fragment is priced once,
// however often it is spread.
type pricing struct {
	schema    *ast.Schema
	variables map[string]any
	fragments ast.FragmentDefinitionList
	priced    map[string]price
	inputs    inputs
}

// priceOf is the price of a validated operation with its variables.
func priceOf(schema *ast.Schema, doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) (int, error) {
	p := pricing{schema: schema, variables: variables, fragments: doc.Fragments, inputs: inputs{schema: schema, moments: map[string]bool{}}}
	sum := p.selections(op.SelectionSet)
	return saturated(sum.once + sum.flat + p.inputs.named), p.inputs.err
}

func (p *pricing) selections(set ast.SelectionSet) price {
	var sum price
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			sum = sum.plus(p.field(s))
		case *ast.InlineFragment:
			sum = sum.plus(p.selections(s.SelectionSet))
		case *ast.FragmentSpread:
			sum = sum.plus(p.fragment(s.Name))
		}
	}
	return sum
}

func (p *pricing) fragment(name string) price {
	if known, ok := p.priced[name]; ok {
		return known
	}
	f := p.fragments.ForName(name)
	if f == nil {
		return price{}
	}
	known := p.selections(f.SelectionSet)
	if p.priced == nil {
		p.priced = map[string]price{}
	}
	p.priced[name] = known
	return known
}

func (p *pricing) field(f *ast.Field) price {
	if f.Definition == nil {
		return price{once: 1}
	}
	below, own := p.selections(f.SelectionSet), p.own(f)
	flat := saturated(below.flat + p.arguments(f))
	switch {
	case ofPage(f):
		return price{each: saturated(own + below.once), flat: flat}
	case f.Definition.Type.Elem != nil:
		return price{once: saturated(own - 1 + times(p.listLength(f), saturated(1+below.once))), flat: flat}
	}
	return price{once: saturated(own + below.once + times(p.pageLength(f), below.each)), flat: flat}
}

// own is what a field costs by itself, once.
func (p *pricing) own(f *ast.Field) int {
	own := 1 + weight(f.Definition.Directives)
	if t := p.schema.Types[f.Definition.Type.Name()]; t != nil {
		own += weight(t.Directives)
	}
	if looks(f) {
		own += lookPrice
	}
	return own
}

// looks reports whether a field is looked up in the store for each record that
// it is asked of: a page, what may be asked as of a moment, a page's total.
func looks(f *ast.Field) bool {
	d := f.Definition
	return paged(d) && d.Type.Elem == nil || d.Arguments.ForName("asOf") != nil || d.Name == "totalCount"
}

// arguments is what a field's arguments make the server do. It does it once for
// all records of the answer that the field is asked of.
func (p *pricing) arguments(f *ast.Field) int {
	sum := 0
	for _, a := range f.Arguments {
		d := f.Definition.Arguments.ForName(a.Name)
		if d == nil {
			continue
		}
		if v, err := a.Value.Value(p.variables); err == nil && v != nil {
			sum = saturated(sum + weight(d.Directives) + p.inputs.price(d.Type, v))
		}
	}
	return sum
}

func (p price) plus(q price) price {
	return price{saturated(p.once + q.once), saturated(p.each + q.each), saturated(p.flat + q.flat)}
}

func saturated(n int) int { return min(n, maxPrice) }

// times multiplies two numbers that may be as large as maxPrice.
func times(n, m int) int {
	if n > 0 && m > maxPrice/n {
		return maxPrice
	}
	return n * m
}

// ofPage reports whether a field holds the elements of a page.
func ofPage(f *ast.Field) bool {
	return (f.Name == "nodes" || f.Name == "edges") && f.Definition.Type.Elem != nil && len(f.Definition.Arguments) == 0
}

func paged(d *ast.FieldDefinition) bool { return d.Arguments.ForName("first") != nil }

func (p *pricing) pageLength(f *ast.Field) int {
	longest := -1
	for _, name := range []string{"first", "last"} {
		if n, ok := p.number(f.Arguments.ForName(name)); ok {
			longest = max(longest, n)
		}
	}
	if longest < 0 {
		return lengthOf(f.Definition, defaultPage)
	}
	return min(longest, longestPage) // longer ones are refused
}

// listLength is what first says, or else that of the longest list among the
// arguments.
func (p *pricing) listLength(f *ast.Field) int {
	longest := -1
	if n, ok := p.number(f.Arguments.ForName("first")); ok {
		return min(n, longestPage)
	}
	for _, a := range f.Arguments {
		if v, err := a.Value.Value(p.variables); err == nil {
			if list, ok := v.([]any); ok {
				longest = max(longest, len(list))
			}
		}
	}
	switch {
	case longest >= 0:
		return longest
	case paged(f.Definition):
		return lengthOf(f.Definition, p.byDefault(f.Definition))
	}
	return lengthOf(f.Definition, assumedLength)
}

// byDefault is how long a list is whose first is not given.
func (p *pricing) byDefault(d *ast.FieldDefinition) int {
	if v := d.Arguments.ForName("first").DefaultValue; v != nil {
		if n, ok := whole(v.Raw); ok {
			return n
		}
	}
	return defaultPage
}
