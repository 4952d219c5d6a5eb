package bench

import (
	"fmt"

	"releasegraph/internal/domain"
)

// Subject is what there is to ask of an estate.
type Subject struct {
	Keys  []string     // of some items
	Class domain.Class // one that is common
	Busy  string       // the key of an item that many depend on
}

// prefix is how long the beginning of a key is that is looked for.
const prefix = 2

// Reads are questions about the estate, the smallest first.
func (s Subject) Reads() []Work {
	beginnings := s.beginnings()
	ofItem := func(n int) map[string]any { return map[string]any{"key": s.Keys[n%len(s.Keys)]} }
	ofBeginning := func(n int) map[string]any { return map[string]any{"start": beginnings[n%len(beginnings)]} }
	ofClass := func(first int) func(int) map[string]any {
		return func(int) map[string]any { return map[string]any{"class": s.Class, "first": first} }
	}
	ofBusy := func(first int) func(int) map[string]any {
		return func(int) map[string]any { return map[string]any{"key": s.Busy, "first": first} }
	}
	return []Work{
		{Name: "floor: __typename", Document: `{ __typename }`, Distinct: 1},
		{Name: "item by key", Document: byKey, Variables: ofItem, Distinct: len(s.Keys)},
		{Name: "page of 50 by class, ordered, counted", Document: page, Variables: ofClass(50), Distinct: 1},
		{Name: "page of 1,000", Document: page, Variables: ofClass(1_000), Distinct: 1},
		{Name: "20 × 20", Document: nested("key"), Variables: ofBeginning, Distinct: len(beginnings)},
		{Name: "20 × 20 × 20", Document: nested("key dependsOn(first: 20) { nodes { key } }"), Variables: ofBeginning, Distinct: len(beginnings)},
		{Name: "50 by what they depend on", Document: byRelationship, Variables: ofBeginning, Distinct: len(beginnings)},
		{Name: "dependents of " + s.Busy + ", counted", Document: dependents, Variables: ofBusy(0), Distinct: 1},
		{Name: "impact of " + s.Busy + ", 100 with chains", Document: impact("item { key name } strength depth chain { from { key } to { key } kind }"), Variables: ofBusy(100), Distinct: 1},
		{Name: "impact of " + s.Busy + ", 1,000 keys", Document: impact("item { key } depth"), Variables: ofBusy(1_000), Distinct: 1},
	}
}

// beginnings are different ones of the keys.
func (s Subject) beginnings() []string {
	var list []string
	seen := map[string]bool{}
	for _, key := range s.Keys {
		start := string([]rune(key)[:min(prefix, len([]rune(key)))])
		if !seen[start] {
			seen[start] = true
			list = append(list, start)
		}
	}
	return list
}

const (
	byKey = `query Item($key: String!) { configurationItem(key: $key) { id key name class status environment } }`
	page  = `query Page($class: Class!, $first: Int!) {
  configurationItems(filter: {class: {eq: $class}}, orderBy: [{field: NAME}], first: $first) { totalCount nodes { key name class status } }
}`
	byRelationship = `query ByRelationship($start: String!) {
  configurationItems(filter: {dependsOn: {some: {key: {startsWith: $start}}}}, orderBy: [{field: NAME}], first: 50) { nodes { key name } }
}`
	dependents = `query Dependents($key: String!) { configurationItem(key: $key) { dependents { totalCount } } }`
)

func nested(inner string) string {
	return fmt.Sprintf(`query Nested($start: String!) {
  configurationItems(filter: {key: {startsWith: $start}}, orderBy: [{field: NAME}], first: 20) { nodes { key name dependsOn(first: 20) { nodes { %s } } } }
}`, inner)
}

func impact(hit string) string {
	return fmt.Sprintf(`query Impact($key: String!, $first: Int!) {
  impact(input: {sources: {items: [{key: $key}]}}) { summary { total } hits(first: $first) { nodes { %s } } }
}`, hit)
}

// Writes make records: the keys of all of them begin with the mark, which no
// other key does.
func (s Subject) Writes(mark string) []Work {
	create := func(sort string, links int) func(n int) map[string]any {
		return func(n int) map[string]any {
			input := map[string]any{"key": fmt.Sprintf("%s-%s-%d", mark, sort, n), "name": "Written to measure", "class": s.Class}
			var dependsOn []any
			for i := range links {
				to := map[string]any{"key": s.Keys[(links*n+i)%len(s.Keys)]}
				dependsOn = append(dependsOn, map[string]any{"to": to, "redundancyGroup": fmt.Sprintf("g%d", i)})
			}
			if links > 0 {
				input["dependsOn"] = dependsOn
			}
			return map[string]any{"input": input}
		}
	}
	return []Work{
		{Name: "create 1 item", Document: createItem, Variables: create("a", 0)},
		{Name: "create 1 item with 3 dependencies", Document: createItem, Variables: create("b", 3)},
	}
}

const createItem = `mutation Create($input: CreateConfigurationItemInput!) { createConfigurationItem(input: $input) { revision } }`
