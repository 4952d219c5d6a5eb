package demo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/examples"
	"releasegraph/internal/app"
	"releasegraph/internal/demo"
	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
	"releasegraph/resolvers"
)

// estate opens a store in memory with the demo's estate in it.
func estate(t *testing.T) (*app.App, importer.Summary) {
	t.Helper()
	beneath, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	top, err := topology.Open(t.Context(), beneath, entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { top.Close(context.Background()) })
	a := app.New(app.Config{Store: top, Graphs: top, Shelf: beneath, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	sum, err := demo.Load(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return a, sum
}

// ask runs a document and decodes its data.
func ask(t *testing.T, a *app.App, document, variables string, into any) {
	t.Helper()
	params := &graphql.RawParams{Query: document}
	if variables != "" {
		d := json.NewDecoder(strings.NewReader(variables))
		d.UseNumber()
		if err := d.Decode(&params.Variables); err != nil {
			t.Fatal(err)
		}
	}
	exec := executor.New(resolvers.New(a, zerolog.Nop()))
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		t.Fatalf("refused: %v", errs)
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	answer := responses(ctx)
	if len(answer.Errors) > 0 {
		t.Fatalf("failed: %v", answer.Errors)
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		t.Fatal(err)
	}
}

type item struct{ Key string }

type impact struct {
	Impact struct {
		Summary struct{ Total, Full, Degraded, Services, Sites, Users int }
		Hits    struct {
			Nodes []struct {
				Item     item
				Strength string
				Chain    []struct{ From, To item }
			}
		}
		Cycles []struct{ Items []item }
	}
}

func (i impact) strength(key string) string {
	for _, h := range i.Impact.Hits.Nodes {
		if h.Item.Key == key {
			return h.Strength
		}
	}
	return ""
}

const impactOf = `query($key: String!, $whatIf: WhatIfInput) {
  impact(input: {sources: {items: [{key: $key}]}, whatIf: $whatIf}) {
    summary { total full degraded services sites users }
    hits { nodes { item { key } strength chain { from { key } to { key } } } }
    cycles { items { key } }
  }
}`

func TestTheEstateIsImportedByTheRulesOfAnyEstate(t *testing.T) {
	a, sum := estate(t)
	if sum.Created() < 500 {
		t.Errorf("only %d records and relationships", sum.Created())
	}
	again, err := demo.Load(t.Context(), a)
	if err != nil || !again.Same() {
		t.Errorf("the same estate again: %+v, %v", again, err)
	}
	var got struct {
		ConfigurationItems, Sites, ReleaseUnits struct{ TotalCount int }
		Zones                                   struct{ Nodes []struct{ TimeZone *string } }
	}
	ask(t, a, `{configurationItems(first: 1) {totalCount} sites(first: 1) {totalCount} releaseUnits(first: 1) {totalCount} zones: sites(first: 50) {nodes {timeZone}}}`, "", &got)
	if got.ConfigurationItems.TotalCount < 140 || got.ReleaseUnits.TotalCount < 5 {
		t.Errorf("%+v", got)
	}
	zones := map[string]bool{}
	for _, s := range got.Zones.Nodes {
		if s.TimeZone != nil {
			zones[*s.TimeZone] = true
		}
	}
	if len(zones) < 6 {
		t.Errorf("time zones: %v", zones)
	}
}

// I5: the second database stands in for the first one.
func TestTheShopIsDegradedWithoutItsFirstDatabase(t *testing.T) {
	a, _ := estate(t)
	var got impact
	ask(t, a, impactOf, `{"key": "db-orders-1"}`, &got)
	for key, want := range map[string]string{
		"shop-api": "DEGRADED", "web-shop": "DEGRADED", "sla-web-shop": "DEGRADED",
		"order-archive": "FULL", "billing-run": "FULL", "invoicing": "FULL", "runbook-orders": "",
	} {
		if s := got.strength(key); s != want {
			t.Errorf("%s is %q, want %q", key, s, want)
		}
	}
	if s := got.Impact.Summary; s.Services == 0 || s.Sites == 0 || s.Users == 0 {
		t.Errorf("%+v", s)
	}
}

// I1, what if: without the stand-in the shop stops.
func TestTheShopStopsWhenTheStandInIsThoughtAway(t *testing.T) {
	a, _ := estate(t)
	var got impact
	ask(t, a, impactOf, `{"key": "db-orders-1", "whatIf": {"removeDependencies": [{"from": {"key": "shop-api"}, "to": {"key": "db-orders-2"}}]}}`, &got)
	if s := got.strength("web-shop"); s != "FULL" {
		t.Errorf("web-shop is %q", s)
	}
}

// C2: pricing and promotions need one another.
func TestTheCycleIsSaidToBeOne(t *testing.T) {
	a, _ := estate(t)
	var got impact
	ask(t, a, impactOf, `{"key": "db-catalogue"}`, &got)
	if c := fmt.Sprint(got.Impact.Cycles); !strings.Contains(c, "pricing") || !strings.Contains(c, "promotions") {
		t.Errorf("cycles: %s", c)
	}
}

func TestTheShopNeedsTheDataCentreByAChain(t *testing.T) {
	a, _ := estate(t)
	var got struct {
		DependencyPath struct {
			Length int
			Chain  []struct{ From, To item }
		}
	}
	ask(t, a, `{dependencyPath(from: {key: "web-shop"}, to: {key: "dc-paris"}) {length chain {from {key} to {key}}}}`, "", &got)
	p := got.DependencyPath
	if p.Length < 2 || len(p.Chain) != p.Length || p.Chain[0].From.Key != "web-shop" || p.Chain[p.Length-1].To.Key != "dc-paris" {
		t.Errorf("%+v", p)
	}
}

// P3: what is needed comes before what needs it.
func TestTheDatabaseGoesInBeforeTheShop(t *testing.T) {
	a, _ := estate(t)
	var got struct {
		InstallationOrder struct {
			Steps []struct {
				Items []item
				Cycle bool
			}
		}
	}
	ask(t, a, `{installationOrder(items: [{key: "web-shop"}, {key: "db-orders-1"}]) {steps {ordinal items {key} cycle}}}`, "", &got)
	s := got.InstallationOrder.Steps
	if len(s) != 2 || s[0].Items[0].Key != "db-orders-1" || s[1].Items[0].Key != "web-shop" {
		t.Errorf("%+v", s)
	}
}

func TestEveryExampleAnswers(t *testing.T) {
	a, _ := estate(t)
	list, err := examples.Operations()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		t.Run(o.Name, func(t *testing.T) {
			var got map[string]json.RawMessage
			ask(t, a, o.Query, o.Variables, &got)
			for field, value := range got {
				if string(value) == "null" || strings.HasPrefix(string(value), `{"totalCount":0`) {
					t.Errorf("%s shows nothing: %s", field, value)
				}
			}
		})
	}
}
