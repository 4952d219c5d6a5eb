package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/entity"
)

// filter derives the kind's filter: by field, by relationship, and combined.
func (w *deriver) filter(s *sdl, k *entity.Kind) {
	name := k.Name + "Filter"
	if !w.first(name) {
		return
	}
	s.open("Selects "+words(k.Plural)+". All that is given must hold.", "input "+name)
	s.line("All of these hold.", "and: ["+name+"!]")
	s.line("At least one of these holds.", "or: ["+name+"!]")
	s.line("This does not hold.", "not: "+name)
	w.filterFields(s, k.Name, slices.Concat(entity.MetaFields(), k.Fields))
	for _, e := range w.d.ends(k.Name) {
		s.line(e.doc, e.field+": "+linkFilterName(e))
	}
	s.close()
	for _, e := range w.d.ends(k.Name) {
		w.linkFilter(s, e)
	}
}

func (w *deriver) filterFields(s *sdl, typ string, fields []entity.Field) {
	for _, f := range fields {
		if f.Filter {
			name := filterName(f)
			if f.Map {
				name = "[" + name + "!]"
			}
			s.line(w.fieldDoc(typ, f.Name), f.Name+": "+name)
		}
	}
}

// fieldDoc is what the fragment says of a field, of its type or of any record.
func (w *deriver) fieldDoc(typ, field string) string {
	if doc := w.doc.describe(typ, field); doc != "" {
		return doc
	}
	return w.doc.describe("Record", field)
}

func linkFilterName(e end) string {
	if e.rel.GoType == nil {
		return e.target + "LinkFilter"
	}
	return e.target + e.rel.Noun + "Filter"
}

// linkFilter derives the filter by a relationship; links without properties
// share the one of their target.
func (w *deriver) linkFilter(s *sdl, e end) {
	name := linkFilterName(e)
	if !w.first(name) {
		return
	}
	s.open("Selects records by the "+words(w.d.kind(e.target).Plural)+" that a relationship joins to them.", "input "+name)
	s.line("At least one matches; {} asks for any.", "some: "+e.target+"Filter"+relationCost)
	s.line("None matches; {} asks that there are none.", "none: "+e.target+"Filter"+relationCost)
	if e.rel.GoType != nil {
		s.line("Count only relationships that match.", "link: "+e.rel.Noun+"Filter")
	}
	s.close()
	if e.rel.GoType != nil && w.first(e.rel.Noun+"Filter") {
		s.open("Selects relationships by what they say. All that is given must hold.", "input "+e.rel.Noun+"Filter")
		w.filterFields(s, e.rel.GoType.Name(), e.rel.Properties)
		s.close()
	}
}

// relationCost is of following a relationship from each record that is looked
// at.
const relationCost = " @cost(weight: 50000)"

func (w *deriver) order(s *sdl, k *entity.Kind) {
	name := k.Name + "Order"
	if !w.first(name) {
		return
	}
	s.open("One step of an order of "+words(k.Plural)+".", "input "+name)
	s.line("By which field.", "field: "+name+"Field!")
	s.line("In which direction.", "direction: OrderDirection! = ASC")
	s.close()
	s.open("What "+words(k.Plural)+" can be ordered by.", "enum "+name+"Field")
	for _, f := range k.SortFields() {
		s.line(w.fieldDoc(k.Name, f.Name), entity.EnumCase(f.Name))
	}
	s.close()
}

// inputs derives what the plain mutations take.
func (w *deriver) inputs(s *sdl, k *entity.Kind) {
	noun := words(k.Name)
	w.objectInputs(s, k.Fields)
	if name := "Create" + k.Name + "Input"; w.first(name) {
		s.open("A new "+noun+".", "input "+name)
		w.givable(s, k.Name, k.Fields, kindDefaults(k), false)
		w.joinable(s, k)
		s.close()
		w.newLinks(s, k)
	}
	if name := k.Name + "Patch"; w.first(name) {
		s.open("What to change in "+a(noun)+": what is absent stays, null empties.", "input "+name)
		w.settable(s, k.Name, k.Fields)
		s.close()
	}
	if name := "Update" + k.Name + "Input"; w.first(name) {
		s.open("Which "+noun+" to change, and how.", "input "+name)
		s.line("The record.", "ref: RecordRef!")
		s.line("The change.", "patch: "+k.Name+"Patch!")
		s.line(ifVersionDoc, "ifVersion: Int")
		s.close()
	}
	if name := "Remove" + k.Name + "Input"; w.first(name) {
		s.open("Which "+noun+" to remove.", "input "+name)
		s.line("The record.", "ref: RecordRef!")
		s.line(ifVersionDoc, "ifVersion: Int")
		s.close()
	}
}

// joinable declares the links that a new record can be given: those that can be
// made by themselves, too. What people wrote instead of the plain mutation reads
// its input by itself.
func (w *deriver) joinable(s *sdl, k *entity.Kind) {
	for _, r := range w.newLinked(k) {
		typ := newLinkName(r)
		if !r.ToOne {
			typ = "[" + typ + "!]" + newLinkCost
		}
		s.line(r.FieldDoc, r.Field+": "+typ)
	}
}

func (w *deriver) newLinked(k *entity.Kind) (list []*entity.Relationship) {
	if w.doc.has("Mutation", "create"+k.Name) {
		return nil
	}
	for _, r := range w.d.relationships {
		if r.From == k.Name && !r.ByVerbs {
			list = append(list, r)
		}
	}
	return list
}

func newLinkName(r *entity.Relationship) string { return "New" + r.Noun + "Input" }

// newLinkCost is of writing one more link.
const newLinkCost = " @cost(weight: 50)"

// newLinks derives the inputs that give a new record its links.
func (w *deriver) newLinks(s *sdl, k *entity.Kind) {
	for _, r := range w.newLinked(k) {
		if !w.first(newLinkName(r)) {
			continue
		}
		doc := "To what " + a(words(r.Noun)) + " joins " + a(words(r.From)) + " that is made"
		if r.GoType != nil {
			doc += ", and what it says"
		}
		s.open(doc+".", "input "+newLinkName(r))
		s.line("The "+words(r.To)+" where it ends.", "to: RecordRef!")
		if r.GoType != nil {
			w.givable(s, r.GoType.Name(), r.Properties, linkDefaults(r), false)
		}
		s.close()
	}
}

const ifVersionDoc = "Refuse when the record's version is another one by now (C5)."

// settable declares the fields of a patch.
func (w *deriver) settable(s *sdl, typ string, fields []entity.Field) {
	for _, f := range fields {
		if f.Set {
			s.line(w.fieldDoc(typ, f.Name), f.Name+": "+w.bareType(typ, f.Name))
		}
	}
}

// givable declares the fields of a new record or link: required ones without
// a default must be given. Defaults are told in words, since they are filled
// in only where nothing is to be kept (connecting again changes a link).
func (w *deriver) givable(s *sdl, typ string, fields []entity.Field, defaults reflect.Value, keeps bool) {
	for _, f := range fields {
		if !f.Set {
			continue
		}
		doc, bare := w.fieldDoc(typ, f.Name), w.bareType(typ, f.Name)
		value := defaults.FieldByIndex(f.Index)
		switch {
		case !f.Required:
		case f.Follows != "":
			doc += " When absent: " + f.Follows + "."
		case f.Enum == nil || value.IsZero():
			bare += "!"
		case keeps && !f.Identity:
			doc += " When absent it stays as it is, " + value.String() + " at first."
		default:
			doc += " When absent: " + value.String() + "."
		}
		s.line(doc, f.Name+": "+bare)
	}
}

// bareType is the documented type, nullable. Who names a person gives the name.
func (w *deriver) bareType(typ, field string) string {
	sdl := w.doc.fields[typ].ForName(field)
	if sdl == nil {
		sdl = w.doc.fields["Record"].ForName(field)
	}
	text := strings.TrimSuffix(sdl.Type.String(), "!")
	switch name := sdl.Type.Name(); {
	case name == personType:
		return strings.Replace(text, personType, "String", 1)
	case w.isObject(name):
		return strings.Replace(text, name, name+"Input", 1)
	}
	return text
}

// isObject reports whether a type is that of objects which fields hold: it is
// documented, and no kind.
func (w *deriver) isObject(name string) bool {
	def := w.doc.types[name]
	return def != nil && def.Kind == ast.Object && w.d.kind(name) == nil
}

// objectInputs derives the inputs that give objects to fields.
func (w *deriver) objectInputs(s *sdl, fields []entity.Field) {
	for i := range fields {
		if f := &fields[i]; f.Object && f.Set {
			w.objectInput(s, f.ObjectType().Name())
		}
	}
}

// objectInput derives the input that gives an object: the fields of its type.
func (w *deriver) objectInput(s *sdl, name string) {
	if !w.first(name + "Input") {
		return
	}
	s.open(w.doc.types[name].Description, "input "+name+"Input")
	var inner []string
	for _, f := range w.doc.fields[name] {
		text, of := f.Type.String(), f.Type.Name()
		if w.isObject(of) {
			text = strings.Replace(text, of, of+"Input", 1)
			inner = append(inner, of)
		}
		s.line(f.Description, f.Name+": "+text)
	}
	s.close()
	for _, of := range inner {
		w.objectInput(s, of)
	}
}

// kindDefaults is a new record of the kind to which nothing was given. That it
// lacks what is required is no matter here.
func kindDefaults(k *entity.Kind) reflect.Value {
	record, _ := k.New(nil, "")
	return reflect.ValueOf(record).Elem()
}

// linkDefaults is a new link to which nothing was given.
func linkDefaults(r *entity.Relationship) reflect.Value {
	link, _ := r.NewLink(nil, "")
	return reflect.ValueOf(link).Elem()
}
