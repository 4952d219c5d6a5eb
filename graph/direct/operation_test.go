package direct_test

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"
)

// operation is one to run.
type operation struct {
	text      string
	variables map[string]any
}

// drawer draws operations that are valid against a schema.
type drawer struct {
	*rapid.T
	schema    *ast.Schema
	fragments []string
}

func drawOperation(t *rapid.T, s *ast.Schema) operation {
	d := &drawer{T: t, schema: s}
	verb, root := "query", s.Query
	if d.oneIn(5) {
		verb, root = "mutation", s.Mutation
	}
	text := verb + "($yes: Boolean!, $no: Boolean!) { unused: __typename @skip(if: $yes) @include(if: $no) " + d.selection(root, 0) + " }\n"
	return operation{text + strings.Join(d.fragments, "\n"), map[string]any{
		"yes": rapid.Bool().Draw(t, "yes"), "no": rapid.Bool().Draw(t, "no"),
	}}
}

func (d *drawer) oneIn(n int) bool { return rapid.IntRange(1, n).Draw(d.T, "one in") == n }

func (d *drawer) of(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "of") }

// selection draws what is asked of a type.
func (d *drawer) selection(def *ast.Definition, depth int) string {
	var b strings.Builder
	for range rapid.IntRange(1, 5).Draw(d.T, "members") {
		b.WriteString(d.member(def, depth) + " ")
	}
	return b.String()
}

func (d *drawer) member(def *ast.Definition, depth int) string {
	kind := d.of(12)
	switch {
	case kind == 0:
		return "__typename" + d.directive()
	case kind == 1 && depth < 6:
		return "..." + d.directive() + " { " + d.selection(def, depth+1) + " }"
	case (kind == 2 || def.IsAbstractType() && kind < 8) && depth < 6:
		other := d.related(def)
		return "... on " + other.Name + d.directive() + " { " + d.selection(other, depth+1) + " }"
	case kind == 3 && depth < 6:
		name, other := fmt.Sprintf("f%d", len(d.fragments)), d.related(def)
		at := len(d.fragments)
		d.fragments = append(d.fragments, "")
		d.fragments[at] = fmt.Sprintf("fragment %s on %s { %s}", name, other.Name, d.selection(other, depth+1))
		return strings.Repeat("..."+name+d.directive()+" ", 1+d.of(2))
	}
	return d.field(def, depth)
}

// related draws a type that a fragment in a selection of the type can be on.
func (d *drawer) related(def *ast.Definition) *ast.Definition {
	all := []*ast.Definition{def}
	if def.IsAbstractType() {
		all = d.schema.GetPossibleTypes(def)
	}
	all = append(all, d.schema.GetImplements(def)...)
	return all[d.of(len(all))]
}

// field draws one, under a name of its own that says which it is.
func (d *drawer) field(def *ast.Definition, depth int) string {
	var fields []*ast.FieldDefinition
	for _, f := range def.Fields {
		if t := d.schema.Types[f.Type.Name()]; !strings.HasPrefix(f.Name, "__") && (!t.IsCompositeType() || depth < 7) {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return "__typename"
	}
	f := fields[d.of(len(fields))]
	text := f.Name
	if def.Kind == ast.Object {
		text = f.Name + "_" + def.Name + ": " + f.Name
		if d.oneIn(3) {
			text = f.Name + "_" + def.Name + "_again: " + f.Name
		}
	}
	text += d.arguments(f) + d.directive()
	if t := d.schema.Types[f.Type.Name()]; t.IsCompositeType() {
		text += " { " + d.selection(t, depth+1) + "}"
	}
	return text
}

func (d *drawer) directive() string {
	return []string{"", "", "", "", "", "", " @skip(if: $yes)", " @include(if: $no)", " @skip(if: false)", " @include(if: true)"}[d.of(10)]
}

// arguments gives those that must be given.
func (d *drawer) arguments(f *ast.FieldDefinition) string {
	var given []string
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			given = append(given, a.Name+": "+d.literal(a.Type))
		}
	}
	if len(given) == 0 {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

func (d *drawer) literal(t *ast.Type) string {
	if t.Elem != nil {
		return "[" + d.literal(t.Elem) + "]"
	}
	def := d.schema.Types[t.Name()]
	switch def.Kind {
	case ast.Enum:
		return def.EnumValues[0].Name
	case ast.InputObject:
		var given []string
		for _, f := range def.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				given = append(given, f.Name+": "+d.literal(f.Type))
			}
		}
		return "{" + strings.Join(given, ", ") + "}"
	}
	if text, ok := literals[def.Name]; ok {
		return text
	}
	return `"x"`
}

var literals = map[string]string{
	"Int": "1", "Boolean": "true", "DateTime": `"2026-03-01T08:00:00Z"`, "Duration": `"PT1H"`, "Revision": `"1"`,
	"TimeZone": `"UTC"`, "Attributes": "{}",
}
