package server

import (
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/bytecache"
)

// The memory for what is known of documents: their parsed forms, and the texts
// that clients name by a hash (automatic persisted queries).
const (
	documentBytes = 32 << 20
	textBytes     = 8 << 20
)

type documents = bytecache.Cache[*ast.QueryDocument]

// newDocuments keeps parsed documents that passed validation.
func newDocuments() *documents {
	return bytecache.New(documentBytes, func(_ string, d *ast.QueryDocument) int { return documentWeight(d) })
}

// newTexts keeps documents' texts by their hashes.
func newTexts() *bytecache.Cache[string] {
	return bytecache.New(textBytes, func(_ string, text string) int { return len(text) })
}

// The memory that parts of a parsed document take, by measuring: a field with
// its position, an argument or another value.
const (
	fieldWeight = 400
	valueWeight = 300
)

// documentWeight is about how many bytes a parsed document takes, besides its
// text.
func documentWeight(d *ast.QueryDocument) int {
	sum := 0
	for _, o := range d.Operations {
		sum += fieldWeight + len(o.VariableDefinitions)*valueWeight + directivesWeight(o.Directives) + selectionWeight(o.SelectionSet)
	}
	for _, f := range d.Fragments {
		sum += fieldWeight + directivesWeight(f.Directives) + selectionWeight(f.SelectionSet)
	}
	return sum
}

func selectionWeight(set ast.SelectionSet) int {
	sum := len(set) * fieldWeight
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			for _, a := range s.Arguments {
				sum += argumentWeight(a.Value)
			}
			sum += directivesWeight(s.Directives) + selectionWeight(s.SelectionSet)
		case *ast.InlineFragment:
			sum += directivesWeight(s.Directives) + selectionWeight(s.SelectionSet)
		case *ast.FragmentSpread:
			sum += directivesWeight(s.Directives)
		}
	}
	return sum
}

func directivesWeight(list ast.DirectiveList) int {
	sum := len(list) * valueWeight
	for _, d := range list {
		for _, a := range d.Arguments {
			sum += argumentWeight(a.Value)
		}
	}
	return sum
}

func argumentWeight(v *ast.Value) int {
	sum := valueWeight
	if v == nil {
		return sum
	}
	for _, child := range v.Children {
		sum += argumentWeight(child.Value)
	}
	return sum
}
