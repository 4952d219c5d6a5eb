package server

import (
	"context"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"releasegraph/graph/coerce"
)

// namingInputs is a transport whose executor is naming.
type namingInputs struct {
	graphql.Transport
	schema *ast.Schema
	tokens int // that a document may have
}

// Do answers one request.
func (t namingInputs) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t.Transport.Do(w, r, naming{exec, t.schema, t.tokens})
}

// naming is an executor that tells all that is wrong with the values of a
// request, and names the field that each error is about.
type naming struct {
	graphql.GraphExecutor
	schema *ast.Schema
	tokens int
}

// CreateOperationContext prepares an operation.
func (n naming) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	op, errs := n.GraphExecutor.CreateOperationContext(ctx, params)
	switch {
	case len(errs) == 0:
	case op.Operation != nil:
		errs = n.ofVariables(op.Operation, params.Variables, errs)
	default:
		n.nameLiterals(params.Query, errs)
	}
	return op, errs
}

// ofVariables replaces the first error about a variable by all of them.
func (n naming) ofVariables(op *ast.OperationDefinition, values map[string]any, errs gqlerror.List) gqlerror.List {
	if len(errs) != 1 || len(errs[0].Path) == 0 || errs[0].Path[0] != ast.PathName("variable") {
		return errs
	}
	var all gqlerror.List
	for _, c := range coerce.Variables(n.schema, op, values) {
		e := gqlerror.ErrorPathf(append(ast.Path{ast.PathName("variable")}, c.Path...), "%s: %s", c.Field(), c.Message)
		errcode.Set(e, errcode.ValidationFailed)
		e.Extensions["field"] = c.Field()
		all = append(all, e)
	}
	if len(all) == 0 {
		return errs
	}
	return all
}

// nameLiterals names the fields that errors about values in the document are
// about.
func (n naming) nameLiterals(query string, errs gqlerror.List) {
	if !slices.ContainsFunc(errs, func(e *gqlerror.Error) bool { return len(e.Locations) > 0 }) {
		return // what was refused before it was looked at
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, n.tokens)
	if err != nil {
		return
	}
	for i, field := range coerce.Literals(doc, errs) {
		if field == "" {
			continue
		}
		if errs[i].Extensions == nil {
			errs[i].Extensions = map[string]any{}
		}
		errs[i].Extensions["field"] = field
	}
}
