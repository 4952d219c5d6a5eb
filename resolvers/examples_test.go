package resolvers_test

import (
	"encoding/json"
	"testing"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"releasegraph/examples"
	"releasegraph/resolvers"
)

func TestEveryExampleFitsTheSchema(t *testing.T) {
	schema := resolvers.New(nil, zerolog.Nop()).Schema()
	for _, o := range operations(t) {
		doc, errs := gqlparser.LoadQueryWithRules(schema, o.Query, nil)
		if errs != nil {
			t.Errorf("%s: %v", o.Name, errs)
			continue
		}
		if _, err := validator.VariableValues(schema, doc.Operations[0], variables(t, o)); err != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
	}
}

// The operations that scripts and clients outside rely on.
func TestThePromisedOperationsFitTheSchema(t *testing.T) {
	schema := resolvers.New(nil, zerolog.Nop()).Schema()
	for name, query := range promised {
		if _, errs := gqlparser.LoadQueryWithRules(schema, query, nil); errs != nil {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

func TestEverythingInTheSchemaIsDescribed(t *testing.T) {
	for _, d := range resolvers.New(nil, zerolog.Nop()).Schema().Types {
		if d.BuiltIn {
			continue
		}
		undescribed := func(name, text string) {
			if text == "" {
				t.Errorf("%s has no description", name)
			}
		}
		undescribed(d.Name, d.Description)
		for _, v := range d.EnumValues {
			undescribed(d.Name+"."+v.Name, v.Description)
		}
		for _, f := range d.Fields {
			if f.Position != nil && f.Position.Src.BuiltIn || f.Name == "__schema" || f.Name == "__type" {
				continue
			}
			undescribed(d.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				undescribed(d.Name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
	}
}

func TestEveryListOfRecordsThatCanGrowIsAConnection(t *testing.T) {
	schema := resolvers.New(nil, zerolog.Nop()).Schema()
	for _, name := range []string{"ConfigurationItem", "Site", "ReleaseUnit"} {
		for _, f := range schema.Types[name].Fields {
			if f.Name == "sources" || f.Name == "listedBy" { // at most one for each field, or source
				continue
			}
			if f.Type.Elem != nil && schema.Types[f.Type.Name()].Kind == ast.Object {
				t.Errorf("%s.%s is a bare list of %s", name, f.Name, f.Type.Name())
			}
		}
	}
}

func operations(t *testing.T) []examples.Operation {
	t.Helper()
	list, err := examples.Operations()
	if err != nil || len(list) == 0 {
		t.Fatalf("%d examples, %v", len(list), err)
	}
	return list
}

func variables(t *testing.T, o examples.Operation) vars {
	t.Helper()
	if o.Variables == "" {
		return nil
	}
	var v vars
	if err := json.Unmarshal([]byte(o.Variables), &v); err != nil {
		t.Fatalf("%s: %v", o.Name, err)
	}
	return v
}

var promised = map[string]string{
	"Impact": `query Impact($input: ImpactInput!) { impact(input: $input) {
		revision
		summary { total full degraded services sites users byClass { class full degraded } byCriticality { criticality full degraded } }
		hits(first: 100) { totalCount
			nodes { item { key class } strength depth chain { from { key } to { key } relationship kind } rootCauses { key } }
			pageInfo { hasNextPage endCursor } }
		cycles { items { key } } truncated { limit omitted } mermaid dot } }`,
	"Conflicts": `query Conflicts($w: TimeRangeInput!) {
		scheduleConflicts(during: $w) { nodes { kind between { __typename key } chain { from { key } to { key } } overlap { from to } } freeSlots { from to } } }`,
	"Events": `subscription Events($filter: EventFilter, $after: Revision) {
		events(filter: $filter, after: $after) { revision at actor reason type subject { __typename id key } changes { field before after } } }`,
	"Updates": `subscription Updates($deployment: RecordRef, $site: RecordRef, $after: Revision) {
		deploymentUpdates(deployment: $deployment, site: $site, after: $after) { revision at type deployment { key status } wave { ordinal status } siteRollout { site { key } status } } }`,
	"Path":  `query Path($from: RecordRef!, $to: RecordRef!) { dependencyPath(from: $from, to: $to) { length chain { from { key } to { key } kind } } }`,
	"Order": `query Order($items: [RecordRef!]!) { installationOrder(items: $items) { steps { ordinal items { key } cycle } } }`,
}
