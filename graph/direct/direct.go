// Package direct writes values whose selection asks only for what they hold
// already: no resolver, nothing that is loaded for the one value alone. gqlgen would make a
// goroutine, a map and a closure or two for each object and field of them; here
// a selection is planned once for each operation, and its values are then
// written in a straight line.
//
// It stands between a field's resolver and gqlgen's marshalling: gqlgen takes
// a graphql.Marshaler in the place of a value. All that is not direct, and all
// in which anything is wrong (a null where none may be, a panic), is handed on
// as it came, so that errors and nulls are gqlgen's own. So a value may be read
// twice, and must answer the same both times.
package direct

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Types are the types of a schema that have fields which can be written
// directly, by their names in GraphQL.
type Types map[string]Type

// schema is an executable schema whose values are written directly where that
// can be.
type schema struct {
	graphql.ExecutableSchema
	types *types
}

// New returns the schema, with values written directly where that can be. It is
// to be the outermost: an operation begins once there, even where what is inside
// runs it again for each event of a subscription.
func New(s graphql.ExecutableSchema, t Types) graphql.ExecutableSchema {
	return schema{s, &types{schema: s.Schema(), known: t}}
}

// Exec begins an operation.
func (s schema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	o := &operation{planner: planner{s.types, op}, around: op.ResolverMiddleware}
	op.ResolverMiddleware = o.resolve
	next := s.ExecutableSchema.Exec(ctx)
	return func(ctx context.Context) *graphql.Response {
		sizeOf(ctx).begin()
		return next(context.WithValue(ctx, runsKey{}, true))
	}
}

// operation is one that is being executed.
type operation struct {
	planner
	around graphql.FieldMiddleware
	plans  plans
}

// resolve resolves a field. Where it can, it answers with the JSON of the
// value in place of the value.
func (o *operation) resolve(ctx context.Context, next graphql.Resolver) (any, error) {
	size := sizeOf(ctx)
	if err := size.left(ctx); err != nil {
		return nil, err
	}
	v, err := o.around(ctx, next)
	s, _ := v.(string)
	size.add(len(s), 1)
	field := graphql.GetFieldContext(ctx)
	if err != nil || v == nil || len(field.Field.Selections) == 0 {
		return v, err
	}
	if write := o.planOf(field); write != nil {
		if s := streamOf(ctx); s != nil && long(v) {
			return &later{ctx, write, v, s}, nil
		}
		if text, ok := written(ctx, write, v); ok {
			size.add(len(text), 0)
			return text, nil
		}
		if err := size.left(ctx); err != nil {
			return nil, err
		}
	}
	return v, gather(ctx, v)
}

// planOf is the plan for a field's value, nil when it is not direct.
func (o *operation) planOf(field *graphql.FieldContext) step[any] {
	set := field.Field.Selections
	return o.plans.get(place{&set[0], len(set), field.Object, field.Field.Name}, func() step[any] {
		t := o.fieldType(field.Object, field.Field.Name)
		if t == nil || o.known[t.Name()] == nil {
			return nil
		}
		return o.known[t.Name()].value(o.planner, t, set)
	})
}

// written is the JSON of a value. A panic in a method of the value is left to
// gqlgen, which will meet it again and say where it was.
func written(ctx context.Context, write step[any], v any) (text json, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = nil, false
		}
	}()
	w := &Writer{ctx: ctx, size: sizeOf(ctx)}
	ok = write(w, v)
	return json(w.buf), ok
}

// json is what stands in a value's place.
type json []byte

// MarshalGQL writes it.
func (j json) MarshalGQL(w io.Writer) { _, _ = w.Write(j) }

// types are Types, together with what the schema says of them.
type types struct {
	schema *ast.Schema
	known  Types
}

// fieldType is the type of an object's field, nil when there is none.
func (t *types) fieldType(object, field string) *ast.Type {
	d := t.schema.Types[object]
	if d == nil {
		return nil
	}
	if f := d.Fields.ForName(field); f != nil {
		return f.Type
	}
	return nil
}
