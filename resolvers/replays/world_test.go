package replays_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"releasegraph/graph/response"
	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/app"
	"releasegraph/internal/app/export"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

var dawn = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// world is an API over a store, with a clock that goes a minute a look.
type world struct {
	t      tester
	ctx    context.Context
	app    *app.App
	store  store.Store
	exec   *executor.Executor
	schema *ast.Schema
	rand   *rand.Rand
	now    time.Time
	names  int // keys given so far
	drawn  map[string]int
	done   map[string]int
	last   map[string]string // of each mutation, the last refusal
}

// tester is what tests and properties have in common.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Logf(string, ...any)
}

func newWorld(t tester, s store.Store, seed uint64) *world {
	w := &world{
		t: t, ctx: context.Background(), store: s, now: dawn, rand: rand.New(rand.NewPCG(seed, 1)),
		drawn: map[string]int{}, done: map[string]int{}, last: map[string]string{},
	}
	shelf, _ := s.(store.Shelf)
	w.app = app.New(app.Config{
		Store: s, Shelf: shelf, NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Now: func() time.Time { w.now = w.now.Add(time.Minute); return w.now },
	})
	served := resolvers.New(w.app, zerolog.Nop())
	w.schema, w.exec = served.Schema(), executor.New(served)
	w.exec.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	w.exec.SetRecoverFunc(response.RecoverFunc(zerolog.Nop()))
	return w
}

func sqliteWorld(t testing.TB, seed uint64) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return newWorld(t, s, seed)
}

func neo4jWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return newWorld(t, s, seed)
}

// people are who acts; all may do everything.
var people = []string{"ann", "bob", "cid", "dora"}

// send runs a mutation as somebody, and reports why it was refused, "" when it
// was not.
func (w *world) send(who, document string) string {
	w.t.Helper()
	actor := domain.Actor{Name: who, Roles: []domain.Role{domain.Admin}}
	ctx := graphql.StartOperationTrace(acting.WithActor(w.ctx, actor))
	op, errs := w.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
	if len(errs) > 0 {
		w.t.Fatalf("%s\n%v", document, errs)
	}
	responses, ctx := w.exec.DispatchOperation(ctx, op)
	response := responses(ctx)
	if len(response.Errors) == 0 {
		return ""
	}
	text, _ := json.Marshal(response.Errors)
	if strings.Contains(string(text), `"INTERNAL"`) {
		w.t.Fatalf("%s\n%s", document, text)
	}
	return string(text)
}

// mutations lists the names of all mutations of the schema.
func (w *world) mutations() (names []string) {
	for _, f := range w.schema.Mutation.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// live has mutations happen, each of the schema's as often as another.
func (w *world) live(rounds int) {
	all := w.mutations()
	for range rounds {
		w.story()
		w.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, name := range all {
			w.attempt(name)
		}
	}
}

// tries is how often a mutation is drawn until one is not refused.
const tries = 6

// attempt draws a mutation until it is not refused, a few times at most.
func (w *world) attempt(name string) {
	for range tries {
		w.names++
		who := pick(w, people)
		document := w.document(name)
		refusal := w.send(who, document)
		w.drawn[name]++
		if refusal == "" {
			if !strings.Contains(document, "{dryRun") {
				w.done[name]++
			}
			return
		}
		w.last[name] = document + "\n\t" + refusal
	}
}

func pick[T any](w *world, from []T) T { return from[w.rand.IntN(len(from))] }

// history is the world's history as an export writes it.
func (w *world) history() string {
	w.t.Helper()
	var out strings.Builder
	if _, err := importer.ExportHistory(w.ctx, w.app, &out); err != nil {
		w.t.Fatal(err)
	}
	return out.String()
}

// graph is the world as an export writes it.
func (w *world) graph() string {
	w.t.Helper()
	var out strings.Builder
	if _, err := importer.Export(w.ctx, w.app, &out, export.ExportOptions{}); err != nil {
		w.t.Fatal(err)
	}
	return out.String()
}

// log tells each change set of the store: who, when, why, by what means and
// what it did, with names in place of ids.
func (w *world) log() (list []string) {
	w.t.Helper()
	changes, err := w.store.Changes(w.ctx, 0, 100_000)
	if err != nil {
		w.t.Fatal(err)
	}
	names := map[store.ID]string{}
	for _, c := range changes {
		for _, f := range c.Effects {
			if f.Node != "" && f.Verb() == store.Created {
				names[f.Node] = fmt.Sprintf("%s:%v@%d", f.Kind, f.After["key"], c.Revision)
			}
		}
		var effects []string
		for _, f := range c.Effects {
			what := names[f.Node]
			if f.Node == "" {
				what = fmt.Sprintf("%s from %s to %s by %s", f.Edge.Rel, names[f.Edge.From], names[f.Edge.To], f.Edge.Tag)
			}
			effects = append(effects, fmt.Sprintf("\n\t%s %s version %d of %s, %s: %s → %s", f.Verb(), what, f.Version, f.CreatedAt, f.UpdatedAt, told(f.Before), told(f.After)))
		}
		slices.Sort(effects)
		list = append(list, fmt.Sprintf("%d at %s by %q since %q through %q:%s", c.Revision, c.At, c.Actor, c.Reason, c.Source, strings.Join(effects, "")))
	}
	return list
}

// told writes properties in a fixed order.
func told(props store.Props) string {
	var all []string
	for name, v := range props {
		all = append(all, fmt.Sprintf("%s=%#v", name, v))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
