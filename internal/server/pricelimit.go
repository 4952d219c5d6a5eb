package server

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// priceLimit refuses operations that cost too much before they are run, and
// tells the price of those whose request asks for it.
type priceLimit struct {
	max    int
	schema *ast.Schema
}

var _ graphql.OperationContextMutator = priceLimit{}

// priceExtension is the name under which a request asks for the price
// ("extensions": {"cost": true}), and under which it is told.
const priceExtension = "cost"

// ExtensionName names the limit to gqlgen.
func (priceLimit) ExtensionName() string { return "PriceLimit" }

// Validate has nothing to check.
func (priceLimit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext works out the price, and refuses one that is too
// high.
func (l priceLimit) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	n, err := priceOf(l.schema, op.Doc, op.Operation, op.Variables)
	op.Stats.SetExtension(priceExtension, n)
	notePrice(ctx, n)
	if err != nil {
		return &gqlerror.Error{Message: err.Error(), Extensions: map[string]any{"code": codeLimit}}
	}
	if n <= l.max {
		return nil
	}
	return &gqlerror.Error{
		Message: fmt.Sprintf("the operation costs %d (its price); at most %d are allowed: "+
			"ask for shorter pages (first), for less in each element, or for fewer searches and analyses at once", n, l.max),
		Extensions: map[string]any{"code": codeLimit, "details": map[string]any{"price": n, "limit": l.max}},
	}
}

// tell puts the price into the answer, where it was asked for.
func (l priceLimit) tell(ctx context.Context) {
	if !graphql.HasOperationContext(ctx) {
		return
	}
	op := graphql.GetOperationContext(ctx)
	if op.Extensions[priceExtension] != true {
		return
	}
	if n, ok := op.Stats.GetExtension(priceExtension).(int); ok && graphql.GetExtension(ctx, priceExtension) == nil {
		graphql.RegisterExtension(ctx, priceExtension, map[string]int{"price": n, "limit": l.max})
	}
}
