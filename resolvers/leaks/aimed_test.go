package leaks_test

import (
	"fmt"
	"strings"
)

const recordFields = `__typename id key name version createdAt history(first: 2) { nodes { revision actor changes { totalCount nodes { type kind key from { key } to { key } fields { field before after } } } } pageInfo { hasNextPage endCursor } }`

// aimed are questions where a leak is likely, beside those that chance brings.
// They name all keys and ids, of what is seen and what is not.
func aimed(w *world) []string {
	var keys, ids []string
	for _, n := range w.nodes {
		keys, ids = append(keys, fmt.Sprintf("%q", w.key(n))), append(ids, fmt.Sprintf("%q", n.id()))
	}
	all, named := strings.Join(ids, ", "), strings.Join(keys, ", ")
	list := []string{
		`{ changeSets(first: 3) { nodes { revision actor changes(first: 2) { totalCount pageInfo { hasNextPage } nodes { kind key from { key } to { key } } } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
		`{ changeSets(last: 2, before: "9") { nodes { revision } pageInfo { hasNextPage hasPreviousPage startCursor } } }`,
		`{ graphDiff(from: {revision: "3"}, to: {revision: "9"}) { summary { kind added removed changed } changes { totalCount nodes { type kind key from { key } to { key } } } } }`,
		`{ search(text: "common name", first: 2) { totalCount nodes { key } pageInfo { hasNextPage endCursor } } }`,
		`{ search(text: "secret") { totalCount nodes { key } } }`,
		`{ dataQuality { withoutOwner { totalCount nodes { key } } orphans { totalCount nodes { key } } stale(since: "2027-01-01T00:00:00Z") { totalCount }
			servicesWithoutAgreement(first: 1) { totalCount pageInfo { hasNextPage } } cycles { totalCount nodes { size items { key } } }
			duplicates(attributes: ["serial"]) { totalCount items nodes { count members { nodes { key } } } } breaches { totalCount } } }`,
		`{ configurationItems(filter: {dependsOn: {none: {}}}) { totalCount nodes { key } } }`,
		`{ configurationItems(filter: {dependents: {some: {key: {contains: "secret"}}}}) { totalCount nodes { key } } }`,
		`{ configurationItems(filter: {not: {installedAt: {some: {key: {startsWith: "y-secret"}}}}}) { totalCount nodes { key } } }`,
		`{ changeRequests(filter: {affects: {some: {key: {contains: "secret"}}}}) { totalCount nodes { key affects { totalCount nodes { key } } } } }`,
		`{ importHoldings(input: {kind: CONFIGURATION_ITEM, relationships: ["DEPENDS_ON", "INSTALLED_AT"]}) { endCursor records { key links { line } } } }`,
		fmt.Sprintf(`{ importPointers(kind: CONFIGURATION_ITEM, keys: [%s]) { key count links { line } } }`, named),
		fmt.Sprintf(`{ unknownKeys(kind: CONFIGURATION_ITEM, keys: [%s]) }`, named),
		fmt.Sprintf(`{ nodes(ids: [%s]) { ... on Record { %s } } }`, all, recordFields),
		fmt.Sprintf(`{ nodes(ids: [%s], asOf: {revision: "9"}) { ... on Record { key } } }`, all),
		`{ scheduleConflicts(during: {from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z"}) { totalCount nodes { kind between { id } items { key } sites { key } chain { from { key } to { key } } } } }`,
		`{ changeSchedule(during: {from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z"}) { totalCount nodes { changeRequest { key } items { key } sites { key } } } }`,
		`{ myWork { totalCount nodes { why record { id } } byReason { why count } } }`,
	}
	for i, n := range w.nodes {
		one := strings.ToLower(n.kind[:1]) + n.kind[1:]
		list = append(list, fmt.Sprintf(`{ %s(key: %s) { %s } node(id: %s) { id } }`, one, keys[i], recordFields, ids[i]))
		list = append(list, fmt.Sprintf(`{ dependencyPath(from: {key: %s}, to: {key: %s}) { length chain { from { key } to { key } } } }`, keys[0], keys[i]))
	}
	return list
}
