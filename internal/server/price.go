package server

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// The rule of prices (docs/edge.md): an operation costs as much as its answer
// can hold values at most. Fields cost 1 each, as often as they can occur:
// below nodes and edges of a connection as often as the page is long, below
// another list as often as a list argument says, or assumedLength times. A
// field may cost more by itself (@cost).
const (
	assumedLength = 10
	defaultPage   = 50
	longestPage   = 1_000
	maxPrice      = 1 << 50 // where sums stop
)

// price of a selection set: that of what occurs once, and that of what occurs
// with each element of the page that the set is selected on.
type price struct{ once, each int }

// pricing works out the price of one operation. Each fragment is priced once,
// however often it is spread.
type pricing struct {
	variables map[string]any
	fragments ast.FragmentDefinitionList
	priced    map[string]price
}

// priceOf is the price of a validated operation with its variables.
func priceOf(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) int {
	p := pricing{variables: variables, fragments: doc.Fragments}
	return p.selections(op.SelectionSet).once
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
	below, own := p.selections(f.SelectionSet), 1+costed(f.Definition, "weight", 0)
	switch {
	case ofPage(f):
		return price{each: saturated(own + below.once)}
	case paged(f.Definition):
		return price{once: saturated(own + below.once + times(p.pageLength(f), below.each))}
	case f.Definition.Type.Elem != nil:
		return price{once: times(p.listLength(f), saturated(own+below.once))}
	}
	return price{once: saturated(own + below.once)}
}

func (p price) plus(q price) price {
	return price{saturated(p.once + q.once), saturated(p.each + q.each)}
}

func saturated(n int) int { return min(n, maxPrice) }

// times multiplies two numbers that may be as large as maxPrice.
func times(n, m int) int {
	if n > 0 && m > maxPrice/n {
		return maxPrice
	}
	return n * m
}

// ofPage tells whether a field holds the elements of a connection.
func ofPage(f *ast.Field) bool {
	return (f.Name == "nodes" || f.Name == "edges") && f.Definition.Type.Elem != nil &&
		f.ObjectDefinition != nil && strings.HasSuffix(f.ObjectDefinition.Name, "Connection")
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
		return costed(f.Definition, "length", defaultPage)
	}
	return min(longest, longestPage) // longer ones are refused
}

// listLength is that of the longest list among the arguments.
func (p *pricing) listLength(f *ast.Field) int {
	longest := -1
	for _, a := range f.Arguments {
		if v, err := a.Value.Value(p.variables); err == nil {
			if list, ok := v.([]any); ok {
				longest = max(longest, len(list))
			}
		}
	}
	if longest < 0 {
		return costed(f.Definition, "length", assumedLength)
	}
	return longest
}

func (p *pricing) number(a *ast.Argument) (int, bool) {
	if a == nil || a.Value == nil {
		return 0, false
	}
	v, err := a.Value.Value(p.variables)
	if err != nil {
		return 0, false
	}
	switch n := v.(type) {
	case int64:
		return int(n), true
	case int:
		return n, true
	case float64:
		return int(n), true
	case json.Number:
		i, err := strconv.Atoi(n.String())
		return i, err == nil
	}
	return 0, false
}

// costed is what the directive @cost says of a field.
func costed(d *ast.FieldDefinition, argument string, otherwise int) int {
	if len(d.Directives) == 0 {
		return otherwise
	}
	cost := d.Directives.ForName("cost")
	if cost == nil {
		return otherwise
	}
	given := cost.Arguments.ForName(argument)
	if given == nil {
		return otherwise
	}
	n, err := strconv.Atoi(given.Value.Raw)
	if err != nil {
		return otherwise
	}
	return n
}
