package resolvers_test

import (
	"fmt"
	"strings"
	"testing"

	estates "releasegraph/internal/demo"
)

// demo is the API over the estate of the demo.
func demo(t *testing.T) *api {
	t.Helper()
	a := newAPI(t)
	if _, err := estates.Load(t.Context(), a.app); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryExampleRunsOnTheDemosEstate(t *testing.T) {
	a := demo(t)
	for _, o := range operations(t) {
		if got := a.send(o.Query, variables(t, o)); len(got.Errors) > 0 {
			t.Errorf("%s: %+v", o.Name, got.Errors)
		}
	}
}

func TestAnImpactNamesHitsWithStrengthDepthAndChain_I3_I4(t *testing.T) {
	a := estate(t)
	got := a.ask(promised["Impact"], vars{"input": vars{"sources": vars{"items": []any{vars{"key": "db-1"}}}}})
	got.same("impact.hits.nodes", "item.key", "api", "shop")
	got.same("impact.hits.nodes", "strength", "DEGRADED", "DEGRADED") // db-2 stands in (I5)
	got.is("impact.hits.totalCount", 2)
	got.is("impact.hits.nodes.1.depth", 2)
	got.is("impact.hits.nodes.1.chain.0.from.key", "shop")
	got.is("impact.hits.nodes.1.chain.1.to.key", "db-1")
	got.is("impact.hits.nodes.1.chain.1.relationship", "DEPENDS_ON")
	got.is("impact.hits.nodes.1.rootCauses.0.key", "db-1")
	got.is("impact.summary.services", 1)
	got.is("impact.summary.byCriticality.0.criticality", 5)
	if !strings.Contains(fmt.Sprint(got.at("impact.mermaid")), "shop") {
		t.Errorf("drawn as %s", got.at("impact.mermaid"))
	}
}

func TestAnImpactIsReadAPageAtATime(t *testing.T) {
	a := estate(t)
	const page = `query($i: ImpactInput!, $after: String) { impact(input: $i) { hits(first: 1, after: $after) {
		totalCount edges { cursor node { item { key } } } pageInfo { hasNextPage endCursor } } } }`
	input := vars{"sources": vars{"items": []any{vars{"key": "db-1"}}}, "redundancy": "IGNORE"}
	first := a.ask(page, vars{"i": input})
	first.same("impact.hits.edges", "node.item.key", "api")
	first.is("impact.hits.pageInfo.hasNextPage", true)
	second := a.ask(page, vars{"i": input, "after": first.at("impact.hits.pageInfo.endCursor")})
	second.same("impact.hits.edges", "node.item.key", "shop")
	second.is("impact.hits.pageInfo.hasNextPage", false)
}

func TestTheItemsOfHitsAreLoadedByOneCallForThePage(t *testing.T) {
	a := newAPI(t)
	a.item("db", nil)
	for i := range 30 {
		key := fmt.Sprintf("user-%02d", i)
		a.item(key, nil)
		a.connect("Dependency", key, "db", nil)
	}
	asManyCalls(t, "hits", func(n int) int64 {
		return a.reads.during(func() {
			a.ask(`query($n: Int!) { impact(input: {sources: {items: [{key: "db"}]}}) { hits(first: $n) { nodes {
				item { key dependsOn { totalCount nodes { key } } dependents(first: 1) { totalCount nodes { key } }
					history(first: 1) { nodes { revision } } } rootCauses { key } chain { from { key } to { key } } } } } }`, vars{"n": n})
		})
	}, 2, 30)
}

func TestAnImpactThatStartsAtNothingKnownIsRefusedAtItsField(t *testing.T) {
	a := newAPI(t)
	got := a.send(promised["Impact"], vars{"input": vars{"sources": vars{"items": []any{vars{"key": "ghost"}, vars{"key": "spirit"}}}}})
	got.refused("NOT_FOUND", "", "input.sources.items.0")
	got.refused("NOT_FOUND", "", "input.sources.items.1")
}

func TestAPathIsAChainOfDependenciesAndNullWhereThereIsNone(t *testing.T) {
	a := estate(t)
	between := func(from, to string) *answer {
		return a.ask(promised["Path"], vars{"from": vars{"key": from}, "to": vars{"key": to}})
	}
	got := between("shop", "db-2")
	got.is("dependencyPath.length", 2)
	got.same("dependencyPath.chain", "from.key", "shop", "api")
	got.is("dependencyPath.chain.1.kind", "CONNECTS_TO")
	between("db-2", "shop").is("dependencyPath", nil)
}

func TestAnOrderPutsWhatIsNeededFirstAndACycleInOneStep_P3(t *testing.T) {
	a := estate(t)
	a.item("x", nil)
	a.item("y", nil)
	a.connect("Dependency", "x", "y", nil)
	a.connect("Dependency", "y", "x", nil)
	a.connect("Dependency", "y", "shop", nil)
	var items []any
	for _, key := range []string{"x", "shop", "y", "db-1", "api"} {
		items = append(items, vars{"key": key})
	}
	got := a.ask(promised["Order"], vars{"items": items})
	got.same("installationOrder.steps", "ordinal", "1", "2", "3", "4")
	got.is("installationOrder.steps.0.items.0.key", "db-1")
	got.same("installationOrder.steps.3.items", "key", "x", "y")
	got.is("installationOrder.steps.3.cycle", true)
}

func TestAnImpactTellsWhomToTellAPageAtATime_I7(t *testing.T) {
	a := demo(t)
	const query = `query($first: Int, $after: String) { impact(input: {sources: {items: [{key: "db-orders-1"}]}}) { toTell(first: $first, after: $after) {
		totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
		edges { node { party { key type owns { totalCount } } hits full degraded reasons { why hits items(first: 1) { key } } } } } } }`
	all := a.ask(query, nil)
	var told []string
	for i := range int(all.at("impact.toTell.totalCount").(float64)) {
		told = append(told, all.at(fmt.Sprintf("impact.toTell.edges.%d.node.party.key", i)).(string))
	}
	for _, want := range []string{"shop", "service-desk", "shoppers"} {
		if !strings.Contains(strings.Join(told, " "), want) {
			t.Errorf("%s is not among %v", want, told)
		}
	}
	var paged []string
	page := vars{"first": 3}
	for range told {
		got := a.ask(query, page)
		for i := range got.at("impact.toTell.edges").([]any) {
			paged = append(paged, got.at(fmt.Sprintf("impact.toTell.edges.%d.node.party.key", i)).(string))
		}
		if got.at("impact.toTell.pageInfo.hasNextPage") == false {
			break
		}
		page["after"] = got.at("impact.toTell.pageInfo.endCursor")
	}
	if fmt.Sprint(paged) != fmt.Sprint(told) {
		t.Errorf("by pages %v, at once %v", paged, told)
	}
}
