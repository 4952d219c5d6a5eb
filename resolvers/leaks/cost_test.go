package leaks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"releasegraph/graph/response"
	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/observed"
	"releasegraph/resolvers"
)

// calls lists the calls that one question makes to the store.
type calls struct {
	mu   sync.Mutex
	made []string
}

// Begin is that of an observed.Observer.
func (c *calls) Begin(ctx context.Context, method string) (context.Context, func(error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, method)
	return ctx, func(error) {}
}

// take lists what was called since, in order of names: some run side by side.
func (c *calls) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.made)
	list := strings.Join(c.made, " ")
	c.made = nil
	return list
}

// priced is an API that counts calls, over an estate of which its caller sees
// what is at one of two sites.
type priced struct {
	exec  *executor.Executor
	calls *calls
}

// The callers of whom something is hidden.
var narrowed = map[string]domain.Actor{
	"SITE_OPERATOR": {Name: "ann", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"site-own"}},
	"SUPPLIER":      {Name: "bob", Roles: []domain.Role{domain.SupplierRole}, Suppliers: []string{"party-own"}},
}

func newPriced(tb testing.TB, s store.Store) *priced {
	tb.Helper()
	var ops []store.Op
	create := func(kind, key string, fields map[string]any) store.ID {
		k := entity.KindNamed(kind)
		fields["key"], fields["name"] = key, key
		r, err := k.Bring(fields, "")
		if err != nil {
			tb.Fatal(err)
		}
		id := store.ID("id-" + key)
		ops = append(ops, store.CreateNode{ID: id, Kind: kind, Props: k.Encode(r)})
		return id
	}
	for _, of := range []string{"own", "far"} {
		place := create(domain.KindSite, "site-"+of, map[string]any{})
		supplier := create(domain.KindParty, "party-"+of, map[string]any{"type": "SUPPLIER"})
		for i := range 40 {
			item := create(domain.KindConfigurationItem, fmt.Sprintf("item-%s-%d", of, i), map[string]any{"class": "APPLICATION"})
			change := create(domain.KindChangeRequest, fmt.Sprintf("change-%s-%d", of, i), map[string]any{"type": "NORMAL"})
			problem := create(domain.KindProblem, fmt.Sprintf("problem-%s-%d", of, i), map[string]any{})
			for rel, ends := range map[string][2]store.ID{
				domain.RelInstalledAt: {item, place}, domain.RelSuppliedBy: {item, supplier}, domain.RelAffects: {change, item}, domain.RelConcerns: {problem, item},
			} {
				ops = append(ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: ends[0], To: ends[1]}})
			}
		}
	}
	if _, err := s.Commit(context.Background(), store.Changeset{Ops: ops, Actor: "ann", Source: "test", At: noon}); err != nil {
		tb.Fatal(err)
	}
	p := &priced{calls: &calls{}}
	a := app.New(app.Config{Store: observed.New(s, p.calls), Now: func() time.Time { return noon }, NewID: func() string { return "fresh" }})
	p.exec = executor.New(resolvers.New(a, zerolog.Nop()))
	p.exec.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	return p
}

// ask sends a document, and answers with what is shown and the calls it made.
func (p *priced) ask(tb testing.TB, who domain.Actor, document string) (shown, made string) {
	tb.Helper()
	ctx := graphql.StartOperationTrace(acting.WithActor(context.Background(), who))
	op, errs := p.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
	if len(errs) > 0 {
		tb.Fatalf("%s\n%v", document, errs)
	}
	responses, ctx := p.exec.DispatchOperation(ctx, op)
	text, err := json.Marshal(responses(ctx))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text), p.calls.take()
}

// byKey are questions that name a record: K stands for its key without its kind.
var byKey = []string{
	`{configurationItem(key: "item-K") {key}}`,
	`{site(key: "site-K") {key}}`,
	`{party(key: "party-K") {key}}`,
	`{changeRequest(key: "change-K") {key}}`,
	`{problem(key: "problem-K") {key}}`,
	`{node(id: "id-item-K") {id}}`,
	`{nodes(ids: ["id-item-K", "id-problem-K"]) {id}}`,
	`{impact(input: {sources: {items: [{key: "item-K"}]}}) {summary {total}}}`,
	`{impact(input: {sources: {items: [{id: "id-item-K"}]}}) {summary {total}}}`,
	`{dependencyPath(from: {key: "item-own-1"}, to: {key: "item-K"}) {length}}`,
	`{installationOrder(items: [{key: "item-K"}]) {steps {ordinal}}}`,
	`{serviceView(service: {key: "item-K"}) {items}}`,
	`{changeSchedule(during: {from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z"}, site: {key: "site-K"}) {totalCount}}`,
	`{freeSlots(changeRequest: {key: "change-K"}) {from}}`,
	`{configurationItem(key: "item-K", asOf: {revision: 1}) {key}}`,
}

// Who asks for what is hidden makes the store as much work as who asks for what
// is missing: neither the answer nor its time tells them apart.
func TestWhatIsHiddenMakesAsMuchWorkAsWhatIsMissing(t *testing.T) {
	for name, open := range map[string]func(testing.TB) store.Store{"sqlite": openSQLite, "neo4j": openNeo4j} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			defer func() { _ = s.Close(context.Background()) }()
			p := newPriced(t, s)
			for role, who := range narrowed {
				for _, question := range byKey {
					hiddenKey, missingKey := "far-1", "non-1"
					if strings.Contains(question, "site-K") || strings.Contains(question, "party-K") {
						hiddenKey, missingKey = "far", "non"
					}
					p.ask(t, who, question) // what is worked out once is
					missing, calls := p.ask(t, who, strings.ReplaceAll(question, "K", missingKey))
					hidden, made := p.ask(t, who, strings.ReplaceAll(question, "K", hiddenKey))
					if strings.ReplaceAll(hidden, hiddenKey, missingKey) != missing {
						t.Errorf("%s, %s\nhidden:  %s\nmissing: %s", role, question, hidden, missing)
					}
					if made != calls {
						t.Errorf("%s, %s\nhidden makes the calls %s\nmissing               %s", role, question, made, calls)
					}
				}
			}
		})
	}
}

// BenchmarkHidden compares the median time of a question for what is hidden with
// that for what is missing, asked in turn.
func BenchmarkHidden(b *testing.B) {
	s := openSQLite(b)
	defer func() { _ = s.Close(context.Background()) }()
	p := newPriced(b, s)
	who := narrowed["SITE_OPERATOR"]
	for b.Loop() {
		var hidden, missing []time.Duration
		for i := range 2_000 {
			for key, into := range map[string]*[]time.Duration{"far": &hidden, "non": &missing} {
				text := fmt.Sprintf(`{configurationItem(key: "item-%s-%d") {key}}`, key, i%40)
				began := time.Now()
				p.ask(b, who, text)
				*into = append(*into, time.Since(began))
			}
		}
		slices.Sort(hidden)
		slices.Sort(missing)
		benchtest.RatioAtMost(b, "s", hidden[len(hidden)/2].Seconds(), missing[len(missing)/2].Seconds(), 1.05)
	}
}
