package resolvers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
)

// drawCaller draws someone who may see a part of the estate.
func drawCaller(t *rapid.T, e *drawnEstate) domain.Actor {
	keys := func(kind string) (list []string) {
		for _, n := range e.nodes {
			if n.kind == kind && rapid.IntRange(0, 2).Draw(t, "own "+n.key) == 0 {
				list = append(list, n.key)
			}
		}
		return list
	}
	a := domain.Actor{Name: "caller", Sites: keys(site), Suppliers: keys(party)}
	switch rapid.IntRange(0, 4).Draw(t, "caller") {
	case 0:
		a.Roles = []domain.Role{domain.SiteOperator}
	case 1:
		a.Roles = []domain.Role{domain.SupplierRole}
	case 2:
		a.Roles = []domain.Role{domain.SiteOperator, domain.SupplierRole}
	case 3:
		a.Roles, a.Bound = []domain.Role{domain.Viewer}, true
	default:
		a.Roles, a.Bound = []domain.Role{domain.ConfigurationManager}, true
	}
	return a
}

const recordFields = `__typename id key name version createdAt history(first: 2) { nodes { revision actor changes { totalCount nodes { type kind key from { key } to { key } fields { field before after } } } } pageInfo { hasNextPage endCursor } }`

// questions are asked of a whole world and of one that holds nothing but what
// the caller sees: their answers must be the same, to the byte. Names hold all
// keys and ids, of what is seen and what is not.
func questions(e *drawnEstate, keys, ids []string) []string {
	list := []string{
		`{ changeSets(first: 3) { nodes { revision actor changes(first: 2) { totalCount pageInfo { hasNextPage } nodes { kind key from { key } to { key } } } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
		`{ changeSets(last: 2, before: "9") { nodes { revision } pageInfo { hasNextPage hasPreviousPage startCursor } } }`,
		`{ graphDiff(from: {revision: "3"}) { summary { kind added removed changed } changes { totalCount nodes { type kind key from { key } to { key } } } } }`,
		`{ graphDiff(from: {revision: "0"}, to: {revision: "12"}) { changes(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { kind key } } } }`,
		`{ statistics { configurationItems(by: [CLASS]) { total groupCount groups { count } } sites { total } parties { total } releaseUnits { total } } }`,
		`{ search(text: "common name", first: 2) { totalCount nodes { key } pageInfo { hasNextPage endCursor } } }`,
		`{ search(text: "secret") { totalCount nodes { key } } }`,
		`{ dataQuality { withoutOwner { totalCount nodes { key } } orphans { totalCount nodes { key } } stale(since: "2027-01-01T00:00:00Z") { totalCount }
			servicesWithoutAgreement(first: 1) { totalCount pageInfo { hasNextPage } } cycles { totalCount nodes { size items { key } } }
			duplicates(attributes: ["serial"]) { totalCount items nodes { count members { nodes { key } } } } breaches { totalCount } } }`,
		`{ configurationItems(filter: {dependsOn: {none: {}}}) { totalCount nodes { key } } }`,
		`{ configurationItems(filter: {dependents: {some: {key: {contains: "secret"}}}}) { totalCount nodes { key } } }`,
		`{ configurationItems(filter: {not: {installedAt: {some: {key: {startsWith: "secret"}}}}}) { totalCount nodes { key } } }`,
		`{ sites(filter: {installedItems: {some: {dependsOn: {some: {}}}}}) { totalCount nodes { key } } }`,
		`{ importHoldings(input: {kind: "ConfigurationItem", relationships: ["DEPENDS_ON", "INSTALLED_AT"]}) { endCursor records { key links { line } } } }`,
		fmt.Sprintf(`{ importPointers(kind: "ConfigurationItem", keys: [%s]) { key count links { line } } }`, quoted(keys)),
		fmt.Sprintf(`{ unknownKeys(kind: "ConfigurationItem", keys: [%s]) }`, quoted(keys)),
		fmt.Sprintf(`{ nodes(ids: [%s]) { ... on Record { %s } } }`, quoted(ids), recordFields),
		fmt.Sprintf(`{ nodes(ids: [%s], asOf: {revision: "9"}) { ... on Record { key } } }`, quoted(ids)),
	}
	for _, kind := range []struct{ field, more string }{
		{"configurationItems", `dependsOn { totalCount nodes { key } } dependents(first: 1) { totalCount nodes { key } pageInfo { hasNextPage endCursor } } installedAt { totalCount nodes { key } } releaseUnits { totalCount nodes { key } } suppliedBy { totalCount nodes { key } } ownedBy { nodes { key } }`},
		{"sites", `installedItems { totalCount nodes { key } } needs { totalCount nodes { key } } neededBy { nodes { key } } partOf { key }`},
		{"parties", `owns { totalCount nodes { key } } supplies { totalCount nodes { key } }`},
		{"releaseUnits", `groups { totalCount nodes { key } }`},
	} {
		list = append(list,
			fmt.Sprintf(`{ %s { totalCount nodes { %s %s } } }`, kind.field, recordFields, kind.more),
			fmt.Sprintf(`{ %s(first: 1, orderBy: [{field: NAME, direction: DESC}]) { totalCount nodes { key } pageInfo { hasNextPage endCursor } } }`, kind.field),
			fmt.Sprintf(`{ %s(last: 2) { nodes { key } pageInfo { hasPreviousPage startCursor } } }`, kind.field))
	}
	for revision := range 4 {
		list = append(list, fmt.Sprintf(`{ changeSet(revision: "%d") { actor changes { totalCount } } }`, revision*5+2))
	}
	for i, key := range keys {
		list = append(list,
			fmt.Sprintf(`{ configurationItem(key: %q) { key } site(key: %q) { key } party(key: %q) { key } }`, key, key, key),
			fmt.Sprintf(`{ dependencyPath(from: {key: %q}, to: {key: %q}) { length chain { from { key } to { key } } } }`, keys[0], key),
			fmt.Sprintf(`mutation { updateSite(input: {ref: {key: %q}, patch: {region: "r"}}, options: {dryRun: true}) { site { key } } }`, key),
			fmt.Sprintf(`mutation { connectDependency(input: {from: {key: %q}, to: {key: %q}}, options: {dryRun: true}) { from { key } to { key } changes { from { key } to { key } } } }`, key, keys[len(keys)-1-i]))
	}
	return list
}

func quoted(list []string) string {
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(all, ", ")
}

// For random estates and callers: no answer, total, page boundary or error
// differs by a hidden record.
func TestNoAnswerDiffersByAHiddenRecord(t *testing.T) {
	neo4jtest.FewerDraws("25") // each asks two servers some seventy questions
	rapid.Check(t, func(rt *rapid.T) {
		e := drawEstate(rt)
		caller := drawCaller(rt, e)
		whole, part := newWorld(t), newWorld(t)
		whole.fill(rt, e, caller, true)
		part.fill(rt, e, caller, false)
		var keys, ids []string
		for _, n := range e.nodes {
			keys, ids = append(keys, e.keyOf(caller, n)), append(ids, n.id())
		}
		for _, q := range questions(e, keys, ids) {
			if in, alone := whole.ask(rt, caller, q), part.ask(rt, caller, q); in != alone {
				rt.Fatalf("%+v\nestate %+v\nasked %s\nis told\n%s\nand without what is hidden\n%s", caller, e, q, in, alone)
			}
		}
		wholeImpact(rt, whole, e, caller, keys)
	})
}

type impactAnswer struct {
	Data struct {
		Impact struct {
			Summary struct{ Total, Hidden int }
			Hits    struct {
				TotalCount int
				Nodes      []struct {
					Item        struct{ Key string }
					Strength    string
					Depth       int
					Chain       []struct{ From, To struct{ Key string } }
					HiddenLinks int
				}
			}
		}
	}
}

// An impact is that of the whole estate: of what is hidden it tells how many
// hits there are, how many links of a chain, and no more.
func wholeImpact(t *rapid.T, w *world, e *drawnEstate, caller domain.Actor, keys []string) {
	seen := slices.DeleteFunc(slices.Clone(e.nodes), func(n end) bool { return n.kind != item || !e.sees(caller, n) })
	if len(seen) == 0 {
		return
	}
	source := rapid.SampledFrom(seen).Draw(t, "source")
	const fields = `summary { total hidden sites byClass { full } } hits { totalCount nodes { item { key name } strength depth hiddenLinks chain { from { key } to { key } } rootCauses { key } } }
		toTell { totalCount nodes { party { key } reasons { items { key } } } } cycles { items { key } } mermaid dot`
	document := fmt.Sprintf(`{ impact(input: {sources: {items: [{key: %q}]}}) { %s } installationOrder(items: [{key: %q}]) { steps { items { key } } } }`, source.key, fields, source.key)
	told, all := w.ask(t, caller, document), w.ask(t, domain.Actor{Name: "root", Roles: []domain.Role{domain.Admin}}, document)
	if strings.Contains(told, "secret") {
		t.Fatalf("%+v\n%s\nnames what is hidden: %s", caller, document, told)
	}
	var some, every impactAnswer
	if json.Unmarshal([]byte(told), &some) != nil || json.Unmarshal([]byte(all), &every) != nil {
		t.Fatal(told, all)
	}
	s, a := some.Data.Impact, every.Data.Impact
	if s.Summary.Total+s.Summary.Hidden != a.Summary.Total || s.Hits.TotalCount != s.Summary.Total || len(s.Hits.Nodes) != s.Summary.Total {
		t.Fatalf("%+v is told of %+v, the whole is %+v", caller, s, a)
	}
	for _, h := range s.Hits.Nodes {
		i := slices.IndexFunc(a.Hits.Nodes, func(x struct {
			Item        struct{ Key string }
			Strength    string
			Depth       int
			Chain       []struct{ From, To struct{ Key string } }
			HiddenLinks int
		}) bool {
			return x.Item.Key == h.Item.Key
		})
		if x := a.Hits.Nodes[i]; x.Strength != h.Strength || x.Depth != h.Depth || len(x.Chain) != len(h.Chain)+h.HiddenLinks {
			t.Fatalf("%+v is told %+v of a hit that is %+v", caller, h, x)
		}
	}
}
