package leaks_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

func openSQLite(t testing.TB) store.Store {
	s, err := sqlite.Open(context.Background(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openNeo4j(t testing.TB) store.Store {
	uri, user, password := neo4jtest.Emptied(t)
	s, err := neo4j.Open(context.Background(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// For random estates, callers and questions: no answer, total, page boundary,
// error or event differs by a hidden record.
func TestNoAnswerDiffersByAHiddenRecord(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		defer neo4jtest.FewerDraws("20")() // each asks three worlds some two hundred questions
		x := &examination{t: t, open: openSQLite, oneOf: 1, answered: map[string]bool{}}
		rapid.Check(t, x.compare)
		x.complete()
	})
	t.Run("neo4j", func(t *testing.T) {
		defer neo4jtest.FewerDraws("3")()
		x := &examination{t: t, open: openNeo4j, oneOf: 12, answered: map[string]bool{}}
		rapid.Check(t, x.compare)
	})
}

// examination compares worlds on one kind of store.
type examination struct {
	t        *testing.T
	open     func(testing.TB) store.Store
	answered map[string]bool // the queries that had an answer without errors
	// oneOf says that only one of so many questions is asked.
	oneOf  int
	schema *ast.Schema
}

// question is asked of the whole world, and then of another one.
type question struct {
	text     string
	ask      func(*rapid.T, *world) string
	against  shape
	told     string // by the whole world
	mutation bool
}

func (x *examination) compare(t *rapid.T) {
	e := drawEstate(t)
	caller := drawCaller(t, e)
	inMemory, seed := rapid.Bool().Draw(t, "in memory"), rapid.Uint64().Draw(t, "questions")
	visit := func(s shape, ask func(*world)) {
		w := &world{estate: e, caller: caller, shape: s}
		w.over(x.t, x.open(x.t), inMemory)
		defer func() { _ = w.store.Close(context.Background()) }()
		w.fill(t)
		ask(w)
	}
	var asked []*question
	visit(whole, func(w *world) {
		x.schema = w.schema
		asked = x.questions(t, w, rand.New(rand.NewPCG(seed, 1)))
		wholeImpact(t, w)
	})
	for _, s := range []shape{part, masked} {
		visit(s, func(w *world) {
			for _, q := range asked {
				if q.against == s {
					x.hold(t, w, q)
				}
			}
		})
	}
}

// hold asks a question of another world. A mutation may be refused by what is
// hidden, and then must not name it.
func (x *examination) hold(t *rapid.T, w *world, q *question) {
	told := q.ask(t, w)
	switch {
	case told == q.told:
	case q.mutation && w.shape == part:
		q.against = masked
	default:
		t.Fatalf("%+v\nestate %s\nasked %s\nis told in the whole estate\n%s\nand in %s\n%s", w.caller, w.estate, q.text, q.told, w.shape, told)
	}
}

// questions asks the whole world, and keeps what it told.
func (x *examination) questions(t *rapid.T, w *world, r *rand.Rand) (asked []*question) {
	q := &asker{world: w, rand: r, cursors: map[string][]string{}}
	keep := func(k *question) {
		if r.IntN(x.oneOf) == 0 {
			k.told = k.ask(t, w)
			asked = append(asked, k)
		}
	}
	for _, document := range aimed(w) {
		keep(x.document(q, "", document, part))
	}
	for _, f := range w.schema.Query.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		if q.all = byTheWhole["Query."+f.Name] != ""; !q.all {
			keep(x.document(q, f.Name, q.question(w.schema.Query, f), part))
		}
		if q.all = q.all || r.IntN(4) == 0; q.all {
			keep(x.document(q, f.Name, q.question(w.schema.Query, f), masked))
		}
	}
	for _, f := range w.schema.Mutation.Fields {
		if q.all = false; r.IntN(3) == 0 {
			k := x.document(q, "", q.question(w.schema.Mutation, f), part)
			k.mutation = true
			keep(k)
		}
	}
	if w.own() != nil {
		for _, f := range w.schema.Subscription.Fields {
			for range 2 {
				keep(x.subscription(q.subscription(f)))
			}
		}
	}
	for _, ref := range []*domain.Ref{nil, {Key: &w.caller.Sites[0]}} {
		keep(calendar(ref))
	}
	return asked
}

// document is a question in one document, of which a root is asked.
func (x *examination) document(q *asker, root, document string, against shape) *question {
	return &question{text: document, against: against, ask: func(t *rapid.T, w *world) string {
		a := w.ask(t, document)
		if w.shape == whole {
			for name, data := range a.Data {
				if string(data) != "null" && len(a.Errors) == 0 {
					x.answered[name] = true
				}
				q.learn(name, decode(data))
			}
			if text := a.text(); refused[root] != "" && !strings.Contains(text, `"FORBIDDEN"`) {
				t.Fatalf("%+v\nasked %s\nand was not refused: %s", w.caller, document, text)
			}
		}
		return a.text()
	}}
}

func (*examination) subscription(document string) *question {
	return &question{text: document, against: part, ask: func(t *rapid.T, w *world) string {
		var told strings.Builder
		for _, a := range w.follow(t, document) {
			told.WriteString(a.text() + "\n")
		}
		return told.String()
	}}
}

// calendar asks for the forward schedule as a file.
func calendar(at *domain.Ref) *question {
	return &question{text: "/calendar.ics", against: part, ask: func(_ *rapid.T, w *world) string {
		file, err := w.app.Calendar(w.app.WithLoads(app.WithActor(context.Background(), w.caller)), at, nil)
		return fmt.Sprint(file, err)
	}}
}

// complete wants every query to have been answered: one that is new takes part
// by itself, and where the asker finds no arguments for it, that is told here.
func (x *examination) complete() {
	for _, f := range x.schema.Query.Fields {
		if !strings.HasPrefix(f.Name, "__") && refused[f.Name] == "" && !x.answered[f.Name] {
			x.t.Errorf("no caller was ever answered %s: teach the asker its arguments (value_test.go), or name it among those refused (told_test.go)", f.Name)
		}
	}
}
