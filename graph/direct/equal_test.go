package direct_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"pgregory.net/rapid"

	"releasegraph/graph/direct"
	"releasegraph/graph/fields"
	"releasegraph/graph/generated"
)

// runner runs operations over values that are made up: the same for the same
// seed and place in the answer.
type runner struct {
	*executor.Executor
	seed  uint64
	calls int // how many fields gqlgen resolved
}

func newRunner(s graphql.ExecutableSchema) *runner {
	r := &runner{Executor: executor.New(s)}
	r.SetRecoverFunc(func(_ context.Context, what any) error { return fmt.Errorf("panic: %v", what) })
	r.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		count(&r.calls)
		f := graphql.GetFieldContext(ctx)
		if !f.IsResolver {
			return next(ctx)
		}
		return madeUp(r.seed, f)
	})
	return r
}

// run answers with the data and the errors, in an order of their own: gqlgen's
// is that in which goroutines happened to end.
func (r *runner) run(t *rapid.T, seed uint64, o operation) (data string, errors []string) {
	r.seed = seed
	ctx := graphql.StartOperationTrace(context.Background())
	op, errs := r.CreateOperationContext(ctx, &graphql.RawParams{Query: o.text, Variables: o.variables})
	if len(errs) > 0 {
		t.Fatalf("%v\n%s", errs, o.text)
	}
	responses, ctx := r.DispatchOperation(ctx, op)
	answer := responses(ctx)
	for _, e := range answer.Errors {
		errors = append(errors, fmt.Sprintf("%v %s %v", e.Path, e.Message, e.Locations))
	}
	slices.SortFunc(errors, cmp.Compare[string])
	return string(answer.Data), errors
}

func TestAnswersAreByteForByteThoseOfPlainGqlgen(t *testing.T) {
	s := generated.NewExecutableSchema(generated.Config{})
	plain, fast := newRunner(s), newRunner(direct.New(s, fields.Types))
	rapid.Check(t, func(t *rapid.T) {
		o := drawOperation(t, s.Schema())
		seed := rapid.Uint64().Draw(t, "seed")
		wantData, wantErrors := plain.run(t, seed, o)
		data, errors := fast.run(t, seed, o)
		if data != wantData || !slices.Equal(errors, wantErrors) {
			t.Fatalf("%s\n%v\nplain  %s\n%q\ndirect %s\n%q", o.text, o.variables, wantData, wantErrors, data, errors)
		}
	})
	t.Logf("gqlgen resolved %d fields, and beside what is written directly %d", plain.calls, fast.calls)
	if fast.calls*4 > plain.calls*3 {
		t.Errorf("too little was written directly for the test to mean anything")
	}
}

func TestAPageThatAsksForNoRelationshipIsResolvedAsOneField(t *testing.T) {
	s := generated.NewExecutableSchema(generated.Config{Resolvers: root{page: pageOf(50)}})
	for document, want := range map[string]int{
		page:    1,
		related: 2 + 50*7, // of each item the six fields and the relationship, what is below it directly
	} {
		if got := resolvedFields(t, direct.New(s, fields.Types), document); got != want {
			t.Errorf("%s resolves %d fields, not %d", document, got, want)
		}
	}
}

func resolvedFields(t *testing.T, s graphql.ExecutableSchema, document string) (n int) {
	t.Helper()
	e := executor.New(s)
	e.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		count(&n)
		return next(ctx)
	})
	op, errs := e.CreateOperationContext(graphql.StartOperationTrace(t.Context()), &graphql.RawParams{Query: document})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	responses, ctx := e.DispatchOperation(t.Context(), op)
	if answer := responses(ctx); len(answer.Errors) > 0 {
		t.Fatal(answer.Errors)
	}
	return n
}
