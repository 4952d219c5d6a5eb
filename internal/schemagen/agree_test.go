package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/entity"
)

// root is the module's root, as the tests see it.
const root = "../.."

// altered is the hand-written schema with some text of a fragment replaced.
func altered(t *testing.T, fragment, old, new string) *document {
	t.Helper()
	doc, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	var sources []*ast.Source
	seen := map[string]bool{}
	for _, d := range doc.types {
		s := *d.Position.Src
		if seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		if s.Name == fragment {
			if !strings.Contains(s.Input, old) {
				t.Fatalf("%s does not contain %q", fragment, old)
			}
			s.Input = strings.Replace(s.Input, old, new, 1)
		}
		sources = append(sources, &s)
	}
	doc, err = parse(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheGoTypesAndTheSchemaAgree(t *testing.T) {
	doc, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := agree(doc, catalog()); err != nil {
		t.Error(err)
	}
}

func TestEachDisagreementIsToldWithFileAndLine(t *testing.T) {
	const site = "graph/schema/site.graphqls"
	for _, c := range []struct{ old, new, want string }{
		{"users: Int", "users: Int!", site + ":14: Site.users is Int!, but its Go field Users says Int"},
		{"ring: Ring!", "ring: Ring", "Site.ring is Ring, but its Go field Ring says Ring!"},
		{"  users: Int", "  users: Int\n  \"Colour.\"\n  colour: String", "Site.colour has no tagged Go field"},
		{"  \"How many people work there.\"\n  users: Int\n", "", site + ":2: Site lacks users: Int, which its Go field Users declares"},
		{"  users: Int", "  users: Int\n  \"Name.\"\n  name: String!", "Site.name comes with every record: leave it out"},
		{"  \"How many people work there.\"\n", "", "Site.users has no description"},
		{"  PILOT_BETA\n", "  PILOT_GAMMA\n", "Ring lacks PILOT_BETA, which its Go type declares"},
		{"  PILOT_BETA\n", "  PILOT_GAMMA\n", "Ring.PILOT_GAMMA is not declared by its Go type"},
	} {
		err := agree(altered(t, site, c.old, c.new), catalog())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %q: %v, not %q", c.new, err, c.want)
		}
	}
}

func TestAllDisagreementsAreToldAtOnce(t *testing.T) {
	doc := altered(t, "graph/schema/site.graphqls", "  region: String", "  region: Int\n  \"Colour.\"\n  colour: String")
	err := agree(doc, catalog())
	if err == nil || strings.Count(err.Error(), "graph/schema/site.graphqls:") != 2 {
		t.Errorf("told: %v", err)
	}
}

func TestAKindWithoutADocumentedTypeIsRefused(t *testing.T) {
	type Unheard struct{}
	d := catalog()
	d.kinds = append(d.kinds[:len(d.kinds):len(d.kinds)], &entity.Kind{Name: "Unheard", Plural: "Unheards", GoType: reflect.TypeFor[Unheard]()})
	doc, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := agree(doc, d); err == nil || !strings.Contains(err.Error(), "no fragment in graph/schema documents type Unheard") {
		t.Errorf("told: %v", err)
	}
}

func TestARelationshipWhoseNamesClashIsRefused(t *testing.T) {
	d := catalog()
	clash := *d.relationships[0]
	clash.Noun, clash.To, clash.FieldDoc = "Need", "Nowhere", ""
	d.relationships = []*entity.Relationship{&clash}
	doc, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	told := agree(doc, d).Error()
	for _, want := range []string{"joins Nowhere", "needs a field with a description", "has the noun Need"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not told in %s", want, told)
		}
	}
}

func TestAMutationOfOnesOwnAnswersNullWhenItFails(t *testing.T) {
	err := agree(altered(t, "graph/schema/baseline.graphqls", "): BaselinePayload", "): BaselinePayload!"), catalog())
	if err == nil || !strings.Contains(err.Error(), "graph/schema/baseline.graphqls:11: Mutation.createBaseline answers BaselinePayload!: leave the ! away") {
		t.Errorf("told: %v", err)
	}
}
