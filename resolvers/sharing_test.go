package resolvers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"releasegraph/graph/response"
	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// audience runs subscriptions of a schema.
type audience struct{ exec *executor.Executor }

func newAudience(s graphql.ExecutableSchema) audience {
	exec := executor.New(s)
	exec.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	exec.SetRecoverFunc(response.RecoverFunc(zerolog.Nop()))
	return audience{exec}
}

// subscribe gives the answers to a subscription one after the other, until the
// context ends.
func (a audience) subscribe(ctx context.Context, document string, variables vars) func() string {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := a.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Variables: variables})
	if len(errs) > 0 {
		return func() string { return errs.Error() }
	}
	responses, ctx := a.exec.DispatchOperation(ctx, op)
	return func() string {
		answer := responses(ctx)
		if answer == nil {
			return "over"
		}
		return string(answer.Data) + answer.Errors.Error()
	}
}

// until reads answers up to the one that holds a word.
func until(next func() string, word string) (all []string) {
	for {
		answer := next()
		all = append(all, answer)
		if strings.Contains(answer, word) || answer == "over" || len(all) == 10_000 {
			return all
		}
	}
}

// watched is a store whose look-ups are counted, and can be stopped and made to
// fail.
type watched struct {
	store.Store
	looked  atomic.Int64
	failing atomic.Bool
	hold    chan struct{} // nil: nobody waits
	held    chan struct{}
}

func (w *watched) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	w.looked.Add(1)
	if w.hold != nil {
		select {
		case w.held <- struct{}{}:
		default:
		}
		select {
		case <-w.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if w.failing.Load() {
		return nil, errors.New("the store has failed")
	}
	return w.Store.Nodes(ctx, ids...)
}

func newWatched(t *testing.T) (*watched, *app.App) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	w := &watched{Store: s}
	return w, app.New(app.Config{Store: w, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
}

func addSite(t *testing.T, a *app.App, key string) {
	t.Helper()
	if _, err := a.Records.Create(context.Background(), domain.KindSite, map[string]any{"key": key, "name": key}, nil); err != nil {
		t.Fatal(err)
	}
}

const subjects = `subscription($after: Revision) { events(after: $after) { subject { key name } } }`

func TestAChangeSetIsWorkedOutOnceForAllWhoAskTheSame(t *testing.T) {
	w, a := newWatched(t)
	s := newAudience(resolvers.New(a, zerolog.Nop()))
	var list []func() string
	for i := range 100 {
		as := acting.WithActor(t.Context(), domain.Actor{Name: fmt.Sprint("viewer-", i), Roles: []domain.Role{domain.Viewer}})
		list = append(list, s.subscribe(as, subjects, vars{"after": "0"}))
	}
	addSite(t, a, "par-1")
	before := w.looked.Load()
	var all sync.WaitGroup
	for _, next := range list {
		all.Go(func() {
			if got := next(); !strings.Contains(got, `"par-1"`) {
				t.Error(got)
			}
		})
	}
	all.Wait()
	if n := w.looked.Load() - before; n != 1 {
		t.Errorf("looked up %d times for 100 subscribers", n)
	}
	other := s.subscribe(t.Context(), subjects+" # another document", vars{"after": "0"})
	if got := other(); !strings.Contains(got, `"par-1"`) || w.looked.Load()-before != 2 {
		t.Errorf("%s, looked up %d times", got, w.looked.Load()-before)
	}
}

func TestWhoGoesAwayDoesNotSpoilTheAnswerOfTheOthers(t *testing.T) {
	w, a := newWatched(t)
	s := newAudience(resolvers.New(a, zerolog.Nop()))
	addSite(t, a, "par-1")
	w.hold, w.held = make(chan struct{}), make(chan struct{}, 1)
	ctx, leave := context.WithCancel(t.Context())
	first, second := s.subscribe(ctx, subjects, vars{"after": "0"}), s.subscribe(t.Context(), subjects, vars{"after": "0"})
	gone, heard := make(chan string, 1), make(chan string, 1)
	go func() { gone <- first() }()
	<-w.held // the first works it out
	go func() { heard <- second() }()
	leave()
	if got := <-gone; got != "over" {
		t.Error(got)
	}
	close(w.hold)
	if got := <-heard; !strings.Contains(got, `"par-1"`) {
		t.Error(got)
	}
	if n := w.looked.Load(); n != 1 {
		t.Errorf("looked up %d times", n)
	}
}

func TestAnErrorIsNotKeptForOthers(t *testing.T) {
	w, a := newWatched(t)
	s := newAudience(resolvers.New(a, zerolog.Nop()))
	addSite(t, a, "par-1")
	w.failing.Store(true)
	unlucky := s.subscribe(t.Context(), subjects, vars{"after": "0"})
	if got := unlucky(); !strings.Contains(got, "internal error") || strings.Contains(got, "par-1") {
		t.Error(got)
	}
	w.failing.Store(false)
	if got := s.subscribe(t.Context(), subjects, vars{"after": "0"})(); !strings.Contains(got, `"par-1"`) {
		t.Error(got)
	}
}

func TestWhatIsToldOfAChangeSetIsNotToldOnceSomethingElseWasCommitted(t *testing.T) {
	_, a := newWatched(t)
	s := newAudience(resolvers.New(a, zerolog.Nop()))
	addSite(t, a, "par-1")
	early := s.subscribe(t.Context(), subjects, vars{"after": "0"})
	if got := early(); !strings.Contains(got, `"name":"par-1"`) {
		t.Error(got)
	}
	key := "par-1"
	if _, err := a.Records.Update(t.Context(), domain.KindSite, domain.Ref{Key: &key}, map[string]any{"name": "Paris"}, nil, nil); err != nil {
		t.Fatal(err)
	}
	early() // which has heard of it, and so has the server
	if got := s.subscribe(t.Context(), subjects, vars{"after": "0"})(); !strings.Contains(got, `"name":"Paris"`) {
		t.Error(got)
	}
}

// told subscribes from the beginning, and returns the data of the first answer.
func (a audience) told(ctx context.Context, document string) []byte {
	ctx = graphql.StartOperationTrace(ctx)
	op, _ := a.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Variables: vars{"after": "0"}})
	responses, ctx := a.exec.DispatchOperation(ctx, op)
	return responses(ctx).Data
}

// What a change set tells by itself is worked out once for all who ask the same, however
// much was committed since; what is told of the estate, or to somebody who sees a part of
// it, is worked out anew.
func TestWhatAChangeSetTellsByItselfLasts(t *testing.T) {
	_, a := newWatched(t)
	s := newAudience(resolvers.New(a, zerolog.Nop()))
	addSite(t, a, "par-1")
	everybody := acting.WithActor(t.Context(), domain.Actor{Name: "ada", Roles: []domain.Role{domain.Admin}})
	few := acting.WithActor(t.Context(), domain.Actor{Name: "sol", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}})
	live := s.subscribe(t.Context(), `subscription { events { type } }`, nil) // by which the server hears of what is committed
	for _, c := range []struct {
		as       context.Context
		document string
		lasts    bool
	}{
		{everybody, `subscription($after: Revision) { events(after: $after) { revision type changes { field after } } }`, true},
		{everybody, subjects, false},
		{everybody, `subscription($after: Revision) { events(after: $after) { concerns { key } } }`, false},
		{few, `subscription($after: Revision) { events(after: $after) { revision type } }`, false},
	} {
		before := s.told(c.as, c.document)
		if again := s.told(c.as, c.document); &again[0] != &before[0] {
			t.Errorf("%s was worked out anew, though nothing was committed", c.document)
		}
		addSite(t, a, fmt.Sprintf("s-%d", a.Events.Subscribers()))
		live()
		after := s.told(c.as, c.document)
		if string(after) != string(before) {
			t.Errorf("%s was answered by %s, and then by %s", c.document, before, after)
		}
		if (&after[0] == &before[0]) != c.lasts {
			t.Errorf("%s: worked out once is %v", c.document, !c.lasts)
		}
	}
}

// A change set with more answers than are held together.
func TestLongAnswersAreToldWholeAndInOrder(t *testing.T) {
	_, a := newWatched(t)
	s := newAudience(resolvers.New(a, zerolog.Nop()))
	lines := make([]string, 400)
	for i := range lines {
		line, err := json.Marshal(vars{"node": "Site", "key": fmt.Sprintf("s-%03d", i), "name": strings.Repeat("long ", 39), "description": strings.Repeat("x", 1800)})
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(line)
	}
	if done, err := a.Bulk.ImportLines(t.Context(), bulk.ImportLinesInput{Lines: lines}, nil); err != nil || len(done.Wrong) > 0 {
		t.Fatalf("%v %+v", err, done)
	}
	for range 2 {
		next := s.subscribe(t.Context(), `subscription { events(after: "0") { subject { key name ... on Site { description } } changes { field after } } }`, nil)
		for i := range lines {
			if got := next(); !strings.Contains(got, fmt.Sprintf(`"key":"s-%03d"`, i)) {
				t.Fatalf("%d: %.200s", i, got)
			}
		}
	}
}
