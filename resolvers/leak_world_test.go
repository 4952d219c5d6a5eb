package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// end names a record of a drawn estate: kind and key.
type end struct{ kind, key string }

func (e end) id() string { return strings.ToLower(e.kind) + "-" + e.key }

// arc is a relationship of a drawn estate.
type arc struct {
	rel      string
	from, to end
}

// drawnEstate is drawn at random. Hidden keys hold the word "secret", so that any
// trace of them can be found in an answer.
type drawnEstate struct {
	nodes []end
	arcs  []arc
}

const (
	item, site, party, unit = domain.KindConfigurationItem, domain.KindSite, domain.KindParty, domain.KindReleaseUnit
)

func drawEstate(t *rapid.T) *drawnEstate {
	e := &drawnEstate{}
	pick := map[string][]end{}
	for _, of := range []struct {
		kind string
		most int
	}{{site, 4}, {party, 4}, {item, 8}, {unit, 3}} {
		for i := range rapid.IntRange(1, of.most).Draw(t, of.kind) {
			n := end{of.kind, fmt.Sprintf("%s%d", strings.ToLower(of.kind[:2]), i)}
			e.nodes, pick[of.kind] = append(e.nodes, n), append(pick[of.kind], n)
		}
	}
	drawn := map[arc]bool{}
	for range rapid.IntRange(0, 25).Draw(t, "arcs") {
		r := rapid.SampledFrom([]arc{
			{domain.RelInstalledAt, end{kind: item}, end{kind: site}}, {domain.RelInstalledAt, end{kind: item}, end{kind: site}},
			{domain.RelDependsOn, end{kind: item}, end{kind: item}}, {domain.RelDependsOn, end{kind: item}, end{kind: item}},
			{domain.RelSuppliedBy, end{kind: item}, end{kind: party}}, {domain.RelOwnedBy, end{kind: item}, end{kind: party}},
			{domain.RelGroups, end{kind: unit}, end{kind: item}}, {domain.RelSiteNeeds, end{kind: site}, end{kind: site}},
		}).Draw(t, "relationship")
		r.from = rapid.SampledFrom(pick[r.from.kind]).Draw(t, "from")
		r.to = rapid.SampledFrom(pick[r.to.kind]).Draw(t, "to")
		if r.from != r.to && !drawn[r] {
			drawn[r] = true
			e.arcs = append(e.arcs, r)
		}
	}
	return e
}

// linked tells whether an arc leads from a record to one of a set, either way.
func (e *drawnEstate) linked(from end, rel string, in bool, to func(end) bool) bool {
	return slices.ContainsFunc(e.arcs, func(a arc) bool {
		near, far := a.from, a.to
		if in {
			near, far = far, near
		}
		return a.rel == rel && near == from && to(far)
	})
}

// sees is section 9 in plain words: a site operator sees their sites, what is
// installed there, and the units and parties of that; a supplier sees what they
// supply, and themselves.
func (e *drawnEstate) sees(a domain.Actor, n end) bool {
	at := func(n end) bool { return n.kind == site && slices.Contains(a.Sites, n.key) }
	installed := func(n end) bool { return n.kind == item && e.linked(n, domain.RelInstalledAt, false, at) }
	own := func(n end) bool { return n.kind == party && slices.Contains(a.Suppliers, n.key) }
	supplied := func(n end) bool { return n.kind == item && e.linked(n, domain.RelSuppliedBy, false, own) }
	operates := slices.Contains(a.Roles, domain.SiteOperator) || a.Bound
	supplies := slices.Contains(a.Roles, domain.SupplierRole) && !a.Bound
	return operates && (at(n) || installed(n) ||
		n.kind == unit && e.linked(n, domain.RelGroups, false, installed) ||
		n.kind == party && (e.linked(n, domain.RelOwnedBy, true, installed) || e.linked(n, domain.RelSuppliedBy, true, installed))) ||
		supplies && (own(n) || supplied(n))
}

// world is an API over an estate.
type world struct {
	app     *app.App
	handler http.Handler
	next    string // the id of the next record
	dummies int
}

func newWorld(t testing.TB) *world {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{}
	made := 0
	w.app = app.New(app.Config{
		Store: s, Now: func() time.Time { made++; return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) }, NewID: func() string { return w.next },
	})
	h := handler.New(resolvers.New(w.app, zerolog.Nop()))
	h.AddTransport(transport.POST{})
	h.SetErrorPresenter(resolvers.ErrorPresenter(zerolog.Nop()))
	h.SetRecoverFunc(resolvers.RecoverFunc(zerolog.Nop()))
	w.handler = h
	t.Cleanup(func() { _ = s.Close(ctx) })
	return w
}

// hidden names the records of the estate that the actor may not see: their
// keys are made telling.
func (e *drawnEstate) keyOf(a domain.Actor, n end) string {
	if e.sees(a, n) {
		return n.key
	}
	return "secret-" + n.key
}

// put writes a record of the estate: in the world that has only what is seen,
// in place of a hidden one, something else that the actor does not see, so that
// the revisions stay the same.
func (w *world) put(t *rapid.T, e *drawnEstate, a domain.Actor, n end, whole bool) {
	key, id := e.keyOf(a, n), n.id()
	kind := n.kind
	if seen := e.sees(a, n); !seen && !whole {
		w.dummies++
		kind, key, id = site, fmt.Sprintf("dummy-%d", w.dummies), fmt.Sprintf("dummy-%d", w.dummies)
	}
	values := vars{"key": key, "name": "The common name of " + key}
	if kind == item {
		values["class"], values["attributes"] = "SERVICE", map[string]any{"serial": key[len(key)-1:]}
	}
	if kind == party {
		values["type"] = "TEAM"
	}
	w.next = id
	if _, err := w.app.Create(context.Background(), kind, values, nil); err != nil {
		t.Fatal(err)
	}
}

func (w *world) join(t *rapid.T, e *drawnEstate, a domain.Actor, r arc, whole bool) {
	ctx := context.Background()
	if !whole && (!e.sees(a, r.from) || !e.sees(a, r.to)) {
		w.dummies++
		w.next = fmt.Sprintf("dummy-%d", w.dummies)
		if _, err := w.app.Create(ctx, site, vars{"key": w.next, "name": w.next}, nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	from, to := e.keyOf(a, r.from), e.keyOf(a, r.to)
	if _, err := w.app.Connect(ctx, r.rel, domain.Ref{Key: &from}, domain.Ref{Key: &to}, nil, nil); err != nil {
		t.Fatal(err)
	}
}

// fill builds the world: whole, or with what the actor sees only.
func (w *world) fill(t *rapid.T, e *drawnEstate, a domain.Actor, whole bool) {
	for _, n := range e.nodes {
		w.put(t, e, a, n, whole)
	}
	for _, r := range e.arcs {
		w.join(t, e, a, r, whole)
	}
}

// ask sends a document as the actor, and gives the whole answer.
func (w *world) ask(t *rapid.T, a domain.Actor, document string) string {
	body, err := json.Marshal(vars{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, request.WithContext(app.WithActor(request.Context(), a)))
	answer := recorder.Body.String()
	if strings.Contains(answer, "GRAPHQL_") || strings.Contains(answer, `"INTERNAL"`) {
		t.Fatalf("%s\n%s", document, answer)
	}
	return inOrder(t, answer)
}

// inOrder sorts the errors of an answer, which come as its fields end.
func inOrder(t *rapid.T, answer string) string {
	var parts struct {
		Errors []json.RawMessage `json:"errors,omitempty"`
		Data   json.RawMessage   `json:"data"`
	}
	if err := json.Unmarshal([]byte(answer), &parts); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(parts.Errors, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	text, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
