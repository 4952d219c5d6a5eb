package server

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// guard refuses documents that would cost too much to validate or to run. It
// comes before the validation, some of whose rules take time that grows with
// the square of a document's size; the guard's own work is linear in it.
type guard struct {
	limits Limits
	known  graphql.Cache[*ast.QueryDocument]
}

var (
	_ graphql.HandlerExtension          = guard{}
	_ graphql.OperationParameterMutator = guard{}
)

// ExtensionName names the guard to gqlgen.
func (guard) ExtensionName() string { return "Guard" }

// Validate has nothing to check.
func (guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses what is beyond the limits, and changes
// nothing. A document that does not parse is left to the executor to explain.
func (g guard) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	var given nesting
	for _, v := range params.Variables {
		given.variable(v, 0)
	}
	if err := g.limits.nested("the variables", given.deepest); err != nil {
		return &gqlerror.Error{Message: err.Error(), Extensions: map[string]any{"code": codeLimit}}
	}
	if _, ok := g.known.Get(ctx, params.Query); ok {
		return nil // it passed before
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, g.limits.Tokens)
	if err == nil {
		err = g.limits.check(doc)
		if err != nil {
			return &gqlerror.Error{Message: err.Error(), Extensions: map[string]any{"code": codeLimit}}
		}
	}
	return nil
}

// check tells the first limit that the document is beyond.
func (l Limits) check(doc *ast.QueryDocument) error {
	var literal nesting
	literal.document(doc)
	if err := l.nested("values in the document", literal.deepest); err != nil {
		return err
	}
	m := measuring{limits: l, fragments: map[string]*ast.FragmentDefinition{}, measured: map[string]*measure{}}
	for _, f := range doc.Fragments {
		m.fragments[f.Name] = f
		m.directives += len(f.Directives)
	}
	parts := make([]*measure, 0, len(doc.Operations)+len(doc.Fragments))
	for _, o := range doc.Operations {
		m.directives += len(o.Directives)
		parts = append(parts, m.selections(o.SelectionSet))
	}
	for _, f := range doc.Fragments { // those that are not spread are validated too
		parts = append(parts, m.alone(f))
	}
	for _, part := range parts {
		if err := part.beyond(l); err != nil {
			return err
		}
	}
	switch {
	case m.err != nil:
		return m.err
	case m.aliases > l.Aliases:
		return fmt.Errorf("the document renames %d fields; at most %d may be", m.aliases, l.Aliases)
	case m.directives > l.Directives:
		return fmt.Errorf("the document has %d directives; at most %d are allowed", m.directives, l.Directives)
	}
	for _, part := range parts {
		m.pairs = 0
		if err := m.compare(part.shape); err != nil {
			return err
		}
	}
	return nil
}

func (s *measure) beyond(l Limits) error {
	switch {
	case s.depth > l.Depth:
		return fmt.Errorf("the operation is %d levels deep; at most %d are allowed", s.depth, l.Depth)
	case s.meta > l.Introspection:
		return fmt.Errorf("the introspection is %d levels deep; at most %d are allowed", s.meta, l.Introspection)
	case s.fields > l.Fields:
		return fmt.Errorf("the operation selects more than %d fields, fragments counted wherever they are spread", l.Fields)
	}
	return nil
}
