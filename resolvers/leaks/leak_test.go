package leaks_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

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
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
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
		defer neo4jtest.FewerDraws(14)() // each asks three worlds some three hundred questions
		rapid.Check(t, newExamination(t, openSQLite, 1).compare)
	})
	t.Run("neo4j", func(t *testing.T) {
		defer neo4jtest.FewerDraws(2)()
		rapid.Check(t, newExamination(t, openNeo4j, 12).compare)
	})
}

// A query that is new takes part by itself, as long as the asker finds
// arguments with which it is answered.
func TestEveryQueryTakesPart(t *testing.T) {
	x := newExamination(t, openSQLite, 1)
	asked := rapid.Custom(func(t *rapid.T) bool {
		x.visit(t, drawScene(t), whole, func(w *world) { x.questions(t, w) })
		return true
	})
	for seed := 0; seed < 150 && (seed == 0 || len(x.missing()) > 0); seed++ {
		asked.Example(seed)
	}
	for _, name := range x.missing() {
		t.Errorf("no caller was ever answered %s: teach the asker its arguments (value_test.go), or name it among those refused (told_test.go)", name)
	}
}

// examination compares worlds on one kind of store.
type examination struct {
	t    *testing.T
	open func(testing.TB) store.Store
	// oneOf says that only one of so many questions is asked.
	oneOf    int
	answered map[string]bool // the queries that had an answer without errors
	schema   *ast.Schema
}

func newExamination(t *testing.T, open func(testing.TB) store.Store, oneOf int) *examination {
	return &examination{t: t, open: open, oneOf: oneOf, answered: map[string]bool{}}
}

// missing lists the queries that had no answer yet.
func (x *examination) missing() (names []string) {
	for _, f := range x.schema.Query.Fields {
		if !strings.HasPrefix(f.Name, "__") && refused[f.Name] == "" && !x.answered[f.Name] {
			names = append(names, f.Name)
		}
	}
	return names
}

// scene is what one draw is about.
type scene struct {
	*estate
	caller   domain.Actor
	inMemory bool
	seed     uint64
}

func drawScene(t *rapid.T) *scene {
	e := drawEstate(t)
	return &scene{e, drawCaller(t, e), rapid.Bool().Draw(t, "in memory"), rapid.Uint64().Draw(t, "questions")}
}

// question is asked of the whole world, and then of another one.
type question struct {
	text     string
	ask      func(*rapid.T, *world) string
	against  shape
	told     string // by the whole world
	mutation bool
}

// visit fills a world of one shape and asks something of it.
func (x *examination) visit(t *rapid.T, of *scene, s shape, ask func(*world)) {
	w := &world{scene: of, shape: s}
	w.over(x.t, x.open(x.t))
	defer func() { _ = w.store.Close(context.Background()) }()
	w.fill(t)
	ask(w)
}

func (x *examination) compare(t *rapid.T) {
	of := drawScene(t)
	var asked []*question
	x.visit(t, of, whole, func(w *world) {
		asked = x.questions(t, w)
		wholeImpact(t, w)
	})
	for _, s := range []shape{part, masked} {
		x.visit(t, of, s, func(w *world) {
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
func (x *examination) questions(t *rapid.T, w *world) (asked []*question) {
	r := rand.New(rand.NewPCG(w.seed, 1))
	x.schema = w.schema
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
			if byTheWhole["Subscription."+f.Name] != "" {
				continue
			}
			for range 2 {
				if document := q.subscription(f); document != "" {
					keep(x.subscription(document))
				}
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
		file, err := w.app.Feeds.Calendar(w.app.WithLoads(acting.WithActor(context.Background(), w.caller)), at, nil)
		return fmt.Sprint(file, err)
	}}
}
