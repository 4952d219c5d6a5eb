package response

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/coerce"
)

// NamingInputs presents errors. Where a field's arguments cannot be read, which
// ends at the first that is wrong, it tells all that is wrong with them, each
// with the field of the input that it is about.
func NamingInputs(schema *ast.Schema, next graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := next(ctx, err)
		f := graphql.GetFieldContext(ctx)
		if f == nil || f.Field.Field == nil || shown.Extensions["field"] != nil || len(shown.Path) <= len(f.Path()) {
			return shown
		}
		all := complaints(ctx, schema, f, shown)
		if len(all) == 0 {
			return shown
		}
		last := len(all) - 1
		for _, e := range all[:last] {
			graphql.AddError(ctx, e) // comes here again, and has its field
		}
		return all[last]
	}
}

// complaints are all that is wrong with a field's arguments, as errors like the
// one that was found.
func complaints(ctx context.Context, schema *ast.Schema, f *graphql.FieldContext, found *gqlerror.Error) gqlerror.List {
	var list gqlerror.List
	for _, c := range coerce.Arguments(schema, f.Field.Field, graphql.GetOperationContext(ctx).Variables) {
		e := &gqlerror.Error{
			Message: c.Field() + ": " + c.Message, Path: append(f.Path(), c.Path...),
			Extensions: map[string]any{"code": found.Extensions["code"], "field": c.Field()},
		}
		extend(e, "requestId", RequestID(ctx))
		list = append(list, e)
	}
	return list
}
