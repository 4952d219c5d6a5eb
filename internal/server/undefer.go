package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// undefer lets @defer be, where the answer must come at once: it is a wish, and
// gqlgen would leave the deferred parts out.
type undefer struct{}

var _ graphql.OperationContextMutator = undefer{}

// ExtensionName names it to gqlgen.
func (undefer) ExtensionName() string { return "Undefer" }

// Validate has nothing to check.
func (undefer) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext puts a copy without @defer in the document's place;
// others may be running the document.
func (undefer) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if ctx.Value(inPartsKey{}) != nil || !deferring(op) {
		return nil
	}
	doc := *op.Doc
	doc.Operations = make(ast.OperationList, len(op.Doc.Operations))
	for i, o := range op.Doc.Operations {
		plain := *o
		plain.SelectionSet = undeferred(o.SelectionSet)
		doc.Operations[i] = &plain
		if o == op.Operation {
			op.Operation = &plain
		}
	}
	doc.Fragments = make(ast.FragmentDefinitionList, len(op.Doc.Fragments))
	for i, f := range op.Doc.Fragments {
		plain := *f
		plain.SelectionSet = undeferred(f.SelectionSet)
		doc.Fragments[i] = &plain
	}
	op.Doc = &doc
	return nil
}

func undeferred(set ast.SelectionSet) ast.SelectionSet {
	plain := make(ast.SelectionSet, len(set))
	for i, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c := *s
			c.SelectionSet = undeferred(s.SelectionSet)
			plain[i] = &c
		case *ast.InlineFragment:
			c := *s
			c.SelectionSet, c.Directives = undeferred(s.SelectionSet), withoutDefer(s.Directives)
			plain[i] = &c
		case *ast.FragmentSpread:
			c := *s
			c.Directives = withoutDefer(s.Directives)
			plain[i] = &c
		}
	}
	return plain
}

func withoutDefer(list ast.DirectiveList) ast.DirectiveList {
	var plain ast.DirectiveList
	for _, d := range list {
		if d.Name != "defer" {
			plain = append(plain, d)
		}
	}
	return plain
}
