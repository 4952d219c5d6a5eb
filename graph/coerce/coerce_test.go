package coerce_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"pgregory.net/rapid"

	"releasegraph/graph/coerce"
)

var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { q(in: In): Int }
	enum Colour { RED GREEN }
	scalar DateTime
	input In { text: String!, n: Int, f: Float, yes: Boolean!, colour: Colour!, colours: [Colour!], in: In, ins: [In!]!, id: ID, at: DateTime, short: Int! = 3 }
`})

// value draws what may stand for an input of the type: what is right, and now
// and then something else.
func value(t *rapid.T, typ *ast.Type, right bool, depth int) any {
	if !right && rapid.IntRange(0, 9).Draw(t, "wrong") == 0 {
		return rapid.SampledFrom([]any{nil, "x", true, 1, 1.5, []any{}, []any{nil, "RED", 2}, map[string]any{}, map[string]any{"nope": 1}}).Draw(t, "value")
	}
	if !typ.NonNull && rapid.Bool().Draw(t, "null") {
		return nil
	}
	if typ.Elem != nil {
		list := []any{}
		for range rapid.IntRange(0, max(0, 2-depth)).Draw(t, "length") {
			list = append(list, value(t, typ.Elem, right, depth+1))
		}
		return list
	}
	switch typ.NamedType {
	case "String":
		return "s"
	case "Int":
		return 7
	case "Float":
		return 1.25
	case "Boolean":
		return true
	case "Colour":
		return rapid.SampledFrom([]string{"RED", "GREEN"}).Draw(t, "colour")
	case "ID":
		return rapid.SampledFrom([]any{"a", 1}).Draw(t, "id")
	case "DateTime":
		return "2026-01-01T00:00:00Z"
	}
	fields := map[string]any{}
	for _, f := range schema.Types[typ.NamedType].Fields {
		left := !f.Type.NonNull || f.DefaultValue != nil || !right
		if f.Name == "in" && depth > 1 || left && rapid.IntRange(0, 2).Draw(t, "left out") == 0 {
			continue
		}
		fields[f.Name] = value(t, f.Type, right, depth+1)
	}
	return fields
}

func operation(t *rapid.T) *ast.OperationDefinition {
	doc, errs := gqlparser.LoadQueryWithRules(schema, "query($v: In!) { q(in: $v) }", nil)
	if errs != nil {
		t.Fatal(errs)
	}
	return doc.Operations[0]
}

// asSent is a value as the server reads it from JSON.
func asSent(t *rapid.T, v any) map[string]any {
	text, err := json.Marshal(map[string]any{"v": v})
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var variables map[string]any
	if err := d.Decode(&variables); err != nil {
		t.Fatal(err)
	}
	return variables
}

func TestWhatIsRightIsNotComplainedOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := operation(t)
		sent := asSent(t, value(t, op.VariableDefinitions[0].Type, true, 0))
		if _, err := validator.VariableValues(schema, op, sent); err != nil {
			t.Fatalf("drawn wrongly: %v", err)
		}
		if list := coerce.Variables(schema, op, sent); len(list) > 0 {
			t.Fatalf("%v: %v", sent, list)
		}
	})
}

// The coercion that ends at the first mistake is the reference.
func TestWhateverIsRefusedIsComplainedOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := operation(t)
		sent := asSent(t, value(t, op.VariableDefinitions[0].Type, false, 0))
		list := coerce.Variables(schema, op, sent)
		told := map[string]bool{}
		for _, c := range list {
			if told[c.Field()] {
				t.Fatalf("%s is complained of twice: %v", c.Field(), list)
			}
			told[c.Field()] = true
		}
		if _, err := validator.VariableValues(schema, op, sent); err != nil && len(list) == 0 {
			t.Fatalf("%v: %v", sent, err)
		}
	})
}

func FuzzValuesOfAnyForm(f *testing.F) {
	f.Add(`{"v":{"text":"a","yes":true,"colour":"RED","ins":[]}}`)
	f.Add(`{"v":[[{"ins":{"ins":[[]]}}]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		d := json.NewDecoder(bytes.NewReader([]byte(text)))
		d.UseNumber()
		var variables map[string]any
		if d.Decode(&variables) != nil {
			return
		}
		doc, _ := gqlparser.LoadQueryWithRules(schema, "query($v: In!) { q(in: $v) }", nil)
		for _, c := range coerce.Variables(schema, doc.Operations[0], variables) {
			if c.Field() == "" || c.Message == "" {
				t.Errorf("%+v", c)
			}
		}
	})
}
