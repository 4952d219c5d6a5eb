package resolvers_test

import (
	"fmt"
	"testing"
)

func (a *api) problem(key string, more vars) *answer {
	a.t.Helper()
	input := vars{"key": key, "name": "The " + key}
	for name, v := range more {
		input[name] = v
	}
	return a.ask(`mutation($i: CreateProblemInput!) { createProblem(input: $i) {
		problem { id key status priority openedAt statusSince concerns { nodes { key } } }
		knownErrors { totalCount candidates nodes { score knownError { key workaround } item { key } parts { kind score most text } } }
		revision dryRun changes { type kind } } }`, vars{"i": input})
}

func (a *api) knownError(key string, more vars) {
	a.t.Helper()
	input := vars{"key": key, "name": "The " + key}
	for name, v := range more {
		input[name] = v
	}
	a.ask(`mutation($i: CreateKnownErrorInput!) { createKnownError(input: $i) { knownError { status } } }`, vars{"i": input})
}

func TestANewProblemIsAnsweredWithTheKnownErrorsThatFit(t *testing.T) {
	a := newAPI(t)
	a.item("shop", vars{"productVersion": "2.4.0"})
	a.knownError("K-1", vars{"symptoms": "the cart is empty", "workaround": "reload"})
	a.connect("Presence", "K-1", "shop", vars{"versions": []string{"~2.4"}})
	got := a.problem("P-1", vars{"symptoms": "empty cart", "priority": "HIGH", "concerns": []vars{{"key": "shop"}}})
	got.is("createProblem.problem.status", "OPEN")
	got.is("createProblem.problem.priority", "HIGH")
	got.is("createProblem.problem.openedAt", "2026-03-01T08:00:00Z")
	got.same("createProblem.problem.concerns.nodes", "key", "shop")
	got.is("createProblem.knownErrors.nodes.0.knownError.workaround", "reload")
	got.is("createProblem.knownErrors.nodes.0.item.key", "shop")
	got.same("createProblem.knownErrors.nodes.0.parts", "kind", "ITEM", "VERSION", "SYMPTOMS")
	got.is("createProblem.knownErrors.nodes.0.parts.1.text", "2.4.0 runs, which ~2.4 names")
	item := a.ask(`{ configurationItem(key: "shop") { openProblems problems { nodes { key } } knownErrors { edges { versions node { workaround } } } } }`, nil)
	item.is("configurationItem.openProblems", 1)
	item.is("configurationItem.knownErrors.edges.0.versions.0", "~2.4")
	item.is("configurationItem.knownErrors.edges.0.node.workaround", "reload")
}

func TestAProblemIsMovedByVerbsAlone_PROBLEM(t *testing.T) {
	a := newAPI(t)
	a.problem("P-1", nil)
	a.send(`mutation { closeProblem(input: {ref: {key: "P-1"}}) { revision } }`, nil).refused("RULE_VIOLATION", "PROBLEM", "input.ref")
	a.send(`mutation { diagnoseProblem(input: {ref: {key: "P-1"}}) { revision } }`, nil).refused("RULE_VIOLATION", "PROBLEM", "input.cause")
	for _, move := range []struct{ call, status string }{
		{`diagnoseProblem(input: {ref: {key: "P-1"}, cause: "a full disk", ifVersion: 1})`, "DIAGNOSED"},
		{`resolveProblem(input: {ref: {key: "P-1"}, resolution: "disk replaced"}, options: {reason: "done"})`, "RESOLVED"},
		{`closeProblem(input: {ref: {key: "P-1"}})`, "CLOSED"},
		{`reopenProblem(input: {ref: {key: "P-1"}, reason: "it is back"})`, "OPEN"},
	} {
		got := a.ask(fmt.Sprintf(`mutation { done: %s { problem { status } changes { fields { field after } } } }`, move.call), nil)
		got.is("done.problem.status", move.status)
	}
	got := a.ask(`{ problem(key: "P-1") { cause resolution history(first: 1) { nodes { reason } } } }`, nil)
	got.is("problem.cause", "a full disk")
	got.is("problem.history.nodes.0.reason", "it is back")
	a.send(`mutation { reopenProblem(input: {ref: {key: "P-1"}, reason: "a"}, options: {reason: "b"}) { revision } }`, nil).refused("INVALID", "", "options.reason")
}

func TestAKnownErrorIsPublishedByItsVerb_KNOWN_ERROR(t *testing.T) {
	a := newAPI(t)
	a.knownError("K-1", vars{"symptoms": "slow"})
	a.send(`mutation { publishKnownError(input: {ref: {key: "K-1"}}) { revision } }`, nil).refused("RULE_VIOLATION", "KNOWN_ERROR", "input.ref")
	a.ask(`mutation { updateKnownError(input: {ref: {key: "K-1"}, patch: {workaround: "wait"}}) { revision } }`, nil)
	a.ask(`mutation { publishKnownError(input: {ref: {key: "K-1"}}) { knownError { status } } }`, nil).is("publishKnownError.knownError.status", "PUBLISHED")
	a.ask(`mutation { retireKnownError(input: {ref: {key: "K-1"}}) { knownError { status } } }`, nil).is("retireKnownError.knownError.status", "RETIRED")
}

func TestOpenProblemsOfAPageAreCountedInOneCall(t *testing.T) {
	asManyCalls(t, "open problems", func(items int) int64 {
		a := newAPI(t)
		for i := range items {
			a.item(fmt.Sprint("i", i), nil)
			a.problem(fmt.Sprint("P", i), vars{"concerns": []vars{{"key": fmt.Sprint("i", i)}}})
		}
		return a.reads.during(func() {
			got := a.ask(`{ configurationItems(first: 50) { nodes { openProblems problems(first: 5) { nodes { key } } knownErrors(first: 5) { nodes { key } } } } }`, nil)
			got.is("configurationItems.nodes.0.openProblems", 1)
		})
	}, 2, 20)
}

func TestWhatBearsOnAServiceAndOnAnImpactIsAnsweredByPages_I7(t *testing.T) {
	a := newAPI(t)
	a.item("shop", vars{"class": "SERVICE"})
	a.item("db", nil)
	a.connect("Dependency", "shop", "db", nil)
	a.problem("P-1", vars{"concerns": []vars{{"key": "shop"}, {"key": "db"}}})
	a.problem("P-2", vars{"concerns": []vars{{"key": "db"}}})
	view := a.ask(`{ serviceView(service: {key: "shop"}) { items service { key }
		problems(first: 1) { totalCount nodes { problem { key } hits } edges { cursor } pageInfo { hasNextPage endCursor } }
		rest: problems { nodes { problem { key } nearest { key } chain { from { key } to { key } } items(first: 1) { key } } } } }`, nil)
	view.is("serviceView.items", 1)
	view.is("serviceView.problems.totalCount", 2)
	view.is("serviceView.problems.pageInfo.hasNextPage", true)
	view.is("serviceView.rest.nodes.1.nearest.key", "db")
	view.is("serviceView.rest.nodes.1.chain.0.from.key", "shop")
	hit := a.ask(`{ impact(input: {sources: {items: [{key: "db"}]}}) { summary { total openProblems knownErrors changeRequests }
		problems { nodes { problem { key } hits full degraded chain { to { key } } } } } }`, nil)
	hit.is("impact.summary.openProblems", 1)
	hit.is("impact.problems.nodes.0.problem.key", "P-1")
	hit.is("impact.problems.nodes.0.hits", 1)
}

func TestWorkIsAnsweredByPagesAndCounted(t *testing.T) {
	a := newAPI(t)
	for i := range 3 {
		a.problem(fmt.Sprint("P-", i), nil)
	}
	got := a.ask(`{ myWork(first: 2) { totalCount byReason { why count } nodes { why text since record { ... on Problem { key } } } pageInfo { hasNextPage endCursor } } }`, nil)
	got.is("myWork.totalCount", 3)
	got.is("myWork.byReason.0.why", "DIAGNOSE")
	got.is("myWork.nodes.0.since", "2026-03-01T08:00:00Z")
	rest := a.ask(`query($after: String) { myWork(first: 2, after: $after) { nodes { record { ... on Problem { key } } } pageInfo { hasNextPage hasPreviousPage } } }`,
		vars{"after": got.at("myWork.pageInfo.endCursor")})
	rest.same("myWork.nodes", "record", "map[key:P-2]")
	rest.is("myWork.pageInfo.hasPreviousPage", true)
}
