package leaving_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/graph/response"
	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
	"releasegraph/resolvers"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// The estate: large enough that what follows all of it takes a while.
const (
	items    = 30_000
	planned  = 300
	freezes  = 20
	policies = 20
	touching = 4
)

// service is the API over the estate.
type service struct {
	exec   *executor.Executor
	schema *ast.Schema
	source string // an item on which many depend
	some   []string
}

func newService(t *testing.T) *service {
	ctx := t.Context()
	s, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	estate, err := graphgen.Generate(graphgen.Spec{Seed: 3, Items: items, Reach: items / 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := estate.Fill(ctx, s, graphgen.FillOptions{Batch: 2_000, At: noon.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	v := &service{source: keyOf(t, s, estate.ID(estate.Source()))}
	v.plan(t, s, estate)
	graph, err := topology.Open[domain.Facts, domain.Link](ctx, s, entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		t.Fatal(err)
	}
	head, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Graph(ctx, head); err != nil { // loaded
		t.Fatal(err)
	}
	a := app.New(app.Config{Store: graph, Graphs: graph, Now: func() time.Time { return noon }, NewID: func() string { return "id" }})
	served := resolvers.New(a, zerolog.Nop())
	v.schema, v.exec = served.Schema(), executor.New(served)
	v.exec.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	v.exec.SetRecoverFunc(response.RecoverFunc(zerolog.Nop()))
	return v
}

func keyOf(t *testing.T, s store.Store, id string) string {
	found, err := s.Nodes(t.Context(), store.ID(id))
	if err != nil || len(found) == 0 {
		t.Fatal(err, id)
	}
	return found[store.ID(id)].Props["key"].(string)
}

// plan adds requests for change of a year each, freezes of each day, a unit of the
// items that they affect, and policies for services on which much depends.
func (v *service) plan(t *testing.T, s store.Store, estate *graphgen.Estate) {
	page, err := s.Find(t.Context(), store.Query{Kind: domain.KindConfigurationItem, First: planned * touching})
	if err != nil {
		t.Fatal(err)
	}
	var ops []store.Op
	create := func(kind, key string, fields map[string]any) store.ID {
		k := entity.KindNamed(kind)
		fields["key"], fields["name"] = key, "Name of "+key
		r, err := k.Bring(fields, "")
		if err != nil {
			t.Fatal(err)
		}
		id := store.ID(key)
		ops = append(ops, store.CreateNode{ID: id, Kind: kind, Props: k.Encode(r)})
		return id
	}
	for i := range planned {
		from := noon.Add(time.Duration(i) * time.Minute)
		id := create(domain.KindChangeRequest, fmt.Sprintf("RFC-%04d", i), map[string]any{
			"type": "NORMAL", "plannedFrom": from, "plannedTo": from.AddDate(1, 0, 0), "assignee": fmt.Sprint("person ", i%7),
		})
		for n := range touching {
			item := page.Nodes[i*touching+n]
			v.some = append(v.some, item.Props["key"].(string))
			ops = append(ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: domain.RelAffects, From: id, To: item.ID}})
		}
	}
	unit := create(domain.KindReleaseUnit, "unit", map[string]any{})
	for _, item := range page.Nodes {
		ops = append(ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: domain.RelGroups, From: unit, To: item.ID}})
	}
	for i := range policies {
		id := create(domain.KindReleasePolicy, fmt.Sprintf("policy-%02d", i), map[string]any{"status": "IN_FORCE"})
		ops = append(ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: domain.RelGoverns, From: id, To: page.Nodes[i].ID}})
	}
	for i := range freezes {
		create(domain.KindFreeze, fmt.Sprintf("freeze-%02d", i), map[string]any{
			"everywhere": true, "startsAt": "2026-01-01T01:00", "duration": "PT1H", "timeZone": "Europe/Paris", "recurrence": "FREQ=DAILY",
		})
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", Source: "test", At: noon.Add(-time.Minute)}); err != nil {
		t.Fatal(err)
	}
}
