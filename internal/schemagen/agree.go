package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// textScalars are the scalars that a Go string may be in the schema.
var textScalars = []string{"String", "TimeZone", "Duration", "Period", "Decimal", "Sha256", "RecurrenceRule", "LocalDateTime"}

// personType is the type of the schema as which a person is shown whom a field
// names.
const personType = "Person"

// mistakes collects all that disagrees, so that it is told at once.
type mistakes []string

func (m *mistakes) at(p *ast.Position, format string, args ...any) {
	where := ""
	if p != nil && p.Src != nil {
		where = fmt.Sprintf("%s:%d: ", p.Src.Name, p.Line)
	}
	*m = append(*m, where+fmt.Sprintf(format, args...))
}

// agree compares the tagged Go types with the documented types, both ways, and
// looks at what people wrote besides.
func agree(doc *document, d declared) error {
	var m mistakes
	for _, k := range d.kinds {
		agreeKind(&m, doc, k)
	}
	agreeMutations(&m, doc)
	seen := map[reflect.Type]bool{}
	for _, r := range d.relationships {
		agreeRelationship(&m, doc, d, r)
		if r.GoType != nil && !seen[r.GoType] {
			seen[r.GoType] = true
			agreeFields(&m, doc, r.GoType, r.Properties)
		}
	}
	if len(m) == 0 {
		return nil
	}
	return fmt.Errorf("the Go types and the schema disagree:\n  %s", strings.Join(m, "\n  "))
}

func agreeKind(m *mistakes, doc *document, k *entity.Kind) {
	header := doc.fields["Record"]
	own := slices.DeleteFunc(slices.Clone(k.Fields), func(f entity.Field) bool { return header.ForName(f.Name) != nil })
	if agreeFields(m, doc, k.GoType, own, header...) {
		for _, f := range doc.fields[k.Name] {
			if header.ForName(f.Name) != nil {
				m.at(f.Position, "%s.%s comes with every record: leave it out", k.Name, f.Name)
			}
		}
	}
}

// agreeMutations wants every mutation to answer null when it fails: without
// that, one failure takes the answers of all others in the document along.
func agreeMutations(m *mistakes, doc *document) {
	for _, f := range doc.fields["Mutation"] {
		if f.Type.NonNull {
			m.at(f.Position, "Mutation.%s answers %s: leave the ! away, so that its failure leaves the others their answers", f.Name, f.Type)
		}
	}
}

// agreeRelationship checks what cannot be derived from a relationship.
func agreeRelationship(m *mistakes, doc *document, d declared, r *entity.Relationship) {
	for _, kind := range []string{r.From, r.To} {
		if d.kind(kind) == nil {
			m.at(nil, "the relationship %s (%s) joins %s, which is no kind of the Catalog", r.Name, r.Noun, kind)
		}
	}
	if r.Field == "" || r.FieldDoc == "" || (r.Inverse != "" && r.InverseDoc == "") {
		m.at(nil, "the relationship %s (%s) needs a field with a description at %s; its inverse, if any, a description", r.Name, r.Noun, r.From)
	}
	if r.GoType != nil && r.GoType.Name() != r.Noun {
		m.at(nil, "the relationship %s has the noun %s, but its properties are a %s: give both one name", r.Name, r.Noun, r.GoType.Name())
	}
	for _, p := range r.Properties {
		if slices.Contains([]string{"node", "cursor", "from", "to"}, p.Name) {
			m.at(nil, "%s.%s: edges and inputs have a field %s already", r.Noun, p.Name, p.Name)
		}
	}
}

// agreeFields compares one struct with the type of its name; it reports
// whether there is such a type.
func agreeFields(m *mistakes, doc *document, goType reflect.Type, fields []entity.Field, known ...*ast.FieldDefinition) bool {
	name := goType.Name()
	def := doc.types[name]
	if def == nil {
		m.at(nil, "no fragment in graph/schema documents type %s", name)
		return false
	}
	if def.Description == "" {
		m.at(def.Position, "%s has no description", name)
	}
	for _, f := range fields {
		sdl := def.Fields.ForName(f.Name)
		if sdl == nil {
			m.at(def.Position, "%s lacks %s: %s, which its Go field %s declares", name, f.Name, strings.Join(wanted(f), " or "), f.Go)
			continue
		}
		agreeField(m, doc, name, sdl, f)
	}
	for _, sdl := range def.Fields {
		isTagged := slices.ContainsFunc(fields, func(f entity.Field) bool { return f.Name == sdl.Name })
		if !isTagged && ast.FieldList(known).ForName(sdl.Name) == nil {
			m.at(sdl.Position, "%s.%s has no tagged Go field", name, sdl.Name)
		}
	}
	return true
}

func agreeField(m *mistakes, doc *document, typ string, sdl *ast.FieldDefinition, f entity.Field) {
	if sdl.Description == "" {
		m.at(sdl.Position, "%s.%s has no description", typ, f.Name)
	}
	if want := wanted(f); !slices.Contains(want, sdl.Type.String()) {
		m.at(sdl.Position, "%s.%s is %s, but its Go field %s says %s", typ, f.Name, sdl.Type, f.Go, strings.Join(want, " or "))
	}
	if f.Enum != nil {
		agreeEnum(m, doc, f)
	}
	if f.Object {
		agreeObject(m, doc, f.ObjectType())
	}
}

// agreeObject compares the struct of a field that holds objects with the type of
// its name.
func agreeObject(m *mistakes, doc *document, t reflect.Type) {
	def := doc.types[t.Name()]
	if def == nil {
		m.once(nil, "no fragment in graph/schema documents type %s", t.Name())
		return
	}
	names := entity.ObjectFields(t)
	for _, name := range names {
		if def.Fields.ForName(name) == nil {
			m.once(def.Position, "%s lacks %s, which its Go type declares", t.Name(), name)
		}
	}
	for _, sdl := range def.Fields {
		if !slices.Contains(names, sdl.Name) {
			m.once(sdl.Position, "%s.%s is not declared by its Go type", t.Name(), sdl.Name)
		}
	}
}

func agreeEnum(m *mistakes, doc *document, f entity.Field) {
	def := doc.types[f.EnumName]
	if def == nil {
		m.at(nil, "no fragment in graph/schema documents enum %s", f.EnumName)
		return
	}
	for _, v := range f.Enum {
		if def.EnumValues.ForName(v) == nil {
			m.once(def.Position, "%s lacks %s, which its Go type declares", f.EnumName, v)
		}
	}
	for _, v := range def.EnumValues {
		if !slices.Contains(f.Enum, v.Name) {
			m.once(v.Position, "%s.%s is not declared by its Go type", f.EnumName, v.Name)
		}
	}
}

// once is at for what several fields would report alike.
func (m *mistakes) once(p *ast.Position, format string, args ...any) {
	var one mistakes
	one.at(p, format, args...)
	if !slices.Contains(*m, one[0]) {
		*m = append(*m, one...)
	}
}

// wanted lists the GraphQL types that the Go field may have.
func wanted(f entity.Field) []string {
	names := scalarsOf(f)
	if f.Nullable() {
		return names
	}
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = n + "!"
	}
	return list
}

func scalarsOf(f entity.Field) []string {
	switch {
	case f.Shown != "":
		return []string{"[" + f.Shown + "!]"}
	case f.Person && f.Kind == store.Strings:
		return []string{"[" + personType + "!]"}
	case f.Person:
		return []string{personType}
	case f.Map:
		return []string{"Attributes"}
	case f.List():
		return []string{"[" + f.ObjectType().Name() + "!]"}
	case f.Object:
		return []string{f.ObjectType().Name()}
	case f.Enum != nil && f.Kind == store.Strings:
		return []string{"[" + f.EnumName + "!]"}
	case f.Enum != nil:
		return []string{f.EnumName}
	case f.Name == "id":
		return []string{"ID"}
	case f.Bytes():
		return []string{"ByteSize"}
	case f.Type.Kind() == reflect.Int64:
		return []string{"Revision"}
	}
	switch f.Kind {
	case store.Bool:
		return []string{"Boolean"}
	case store.Int:
		return []string{"Int"}
	case store.Float:
		return []string{"Float"}
	case store.Time:
		return []string{"DateTime"}
	case store.Strings:
		return []string{"[String!]", "[LocalDateTime!]"}
	}
	return textScalars
}
