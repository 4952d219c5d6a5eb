package direct_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/examples"
	"releasegraph/graph/direct"
	"releasegraph/graph/fields"
	"releasegraph/graph/generated"
	"releasegraph/internal/app"
	"releasegraph/internal/demo"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
	"releasegraph/resolvers"
)

// loading starts the loads of each operation, as resolvers.New does.
type loading struct {
	graphql.ExecutableSchema
	app *app.App
}

// Exec runs an operation.
func (s loading) Exec(ctx context.Context) graphql.ResponseHandler {
	next := s.ExecutableSchema.Exec(ctx)
	return func(ctx context.Context) *graphql.Response {
		ctx = acting.WithActor(ctx, domain.Actor{Name: "tester", Roles: []domain.Role{domain.Admin}})
		return next(s.app.WithLoads(ctx))
	}
}

// both are the schema over an application, with and without the direct way.
func both(a *app.App) (plain, fast graphql.ExecutableSchema) {
	s := generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{App: a}})
	return loading{s, a}, loading{direct.New(s, fields.Types), a}
}

func TestTheExamplesAnswerTheSameOnTheDemosEstate(t *testing.T) {
	beneath, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	top, err := topology.Open(t.Context(), beneath, entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = top.Close(context.Background()) })
	now := time.Now()
	a := app.New(app.Config{Store: top, Graphs: top, Shelf: beneath, Now: func() time.Time { return now }, NewID: uuid.NewString})
	if _, err := demo.Load(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	list, err := examples.Operations()
	if err != nil {
		t.Fatal(err)
	}
	plain, fast := both(a)
	for _, o := range list {
		want, got := answer(t, plain, o), answer(t, fast, o)
		if !bytes.Equal(want, got) {
			t.Errorf("%s\nplain  %s\ndirect %s", o.Name, want, got)
		}
	}
}

// answer answers a query; what writes, or goes on, has no answer.
func answer(t *testing.T, s graphql.ExecutableSchema, o examples.Operation) []byte {
	t.Helper()
	params := &graphql.RawParams{Query: o.Query}
	if o.Variables != "" {
		d := json.NewDecoder(strings.NewReader(o.Variables))
		d.UseNumber()
		if err := d.Decode(&params.Variables); err != nil {
			t.Fatal(err)
		}
	}
	e := executor.New(s)
	op, errs := e.CreateOperationContext(graphql.StartOperationTrace(t.Context()), params)
	if len(errs) > 0 {
		t.Fatalf("%s: %v", o.Name, errs)
	}
	if op.Operation.Operation != ast.Query {
		return nil
	}
	responses, ctx := e.DispatchOperation(t.Context(), op)
	found := responses(ctx)
	if len(found.Errors) > 0 {
		t.Fatalf("%s: %v", o.Name, found.Errors)
	}
	return found.Data
}
