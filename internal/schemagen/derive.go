package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// body writes a resolver's body; use returns the name by which the file knows
// an imported package.
type body func(use func(path string) string) string

// derivation is all that follows from the Catalog.
type derivation struct {
	files     map[string]string // path below the root → text
	resolvers map[string]body   // "Site.installedItems", "Query.site"
	// renamed tells which Go field answers a payload's field.
	renamed map[string]string // "SitePayload.site" → "Record"
}

// deriver is a derivation in the making.
type deriver struct {
	derivation
	doc     *document
	d       declared
	sdl     map[string]*sdl // by path
	seen    map[string]bool // types written so far
	aliases []string        // Go declarations of graph/relay
}

func derive(doc *document, d declared) *derivation {
	w := &deriver{
		derivation: derivation{files: map[string]string{}, resolvers: map[string]body{}, renamed: map[string]string{}},
		doc:        doc, d: d, sdl: map[string]*sdl{}, seen: map[string]bool{},
	}
	for _, k := range d.kinds {
		w.kind(k)
	}
	for _, r := range d.relationships {
		w.relationship(r)
	}
	w.operators()
	w.recordKinds()
	for _, path := range slices.Sorted(maps.Keys(w.sdl)) {
		w.files[path] = notice + w.sdl[path].String()
	}
	w.files[relayPath] = w.relayFile()
	return &w.derivation
}

// at is the derived fragment beside the one that documents the type.
func (w *deriver) at(typ string) *sdl { return w.file(w.doc.fragment(typ)) }

func (w *deriver) file(path string) *sdl {
	if w.sdl[path] == nil {
		w.sdl[path] = &sdl{}
	}
	return w.sdl[path]
}

// first reports whether the type is still to be written: it is not when people
// wrote it, or when something else needed it before.
func (w *deriver) first(typ string) bool {
	if w.seen[typ] || w.doc.types[typ] != nil {
		return false
	}
	w.seen[typ] = true
	return true
}

func (w *deriver) kind(k *entity.Kind) {
	s := w.at(k.Name)
	w.header(s, k)
	w.queries(s, k)
	w.mutations(s, k)
	w.connection(s, k.Name, nil)
	w.payload(s, k)
	w.filter(s, k)
	w.order(s, k)
	if !k.ByVerbs {
		w.inputs(s, k)
	}
	w.statistics(s, k)
}

// header gives the kind what every record has, and its relationships.
func (w *deriver) header(s *sdl, k *entity.Kind) {
	s.extend("type " + k.Name + " implements Record & Node")
	for _, f := range w.doc.fields["Record"] {
		w.common(s, k, f)
	}
	for _, e := range w.d.ends(k.Name) {
		w.link(s, k, e)
	}
	s.close()
	w.persons(k.Name, k.Fields)
}

// persons says which methods answer the fields of a type that name persons.
func (w *deriver) persons(typ string, fields []entity.Field) {
	for _, f := range fields {
		if f.Person {
			w.renamed[typ+"."+f.Name] = personMethod(f)
		}
	}
}

// personMethod answers with whom a field names: AssigneePerson, MemberPersons.
func personMethod(f entity.Field) string {
	if f.Kind == store.Strings {
		return strings.TrimSuffix(f.Go, "s") + personType + "s"
	}
	return f.Go + personType
}

// common is a field of every record: stored, or, where it has arguments, what a
// use case of its name answers.
func (w *deriver) common(s *sdl, k *entity.Kind, f *ast.FieldDefinition) {
	if len(f.Arguments) == 0 {
		s.line(f.Description, f.Name+": "+f.Type.String())
		return
	}
	var arguments []argument
	var names []string
	for _, a := range f.Arguments {
		arguments = append(arguments, argument{a.Description, a.Name + ": " + a.Type.String()})
		names = append(names, a.Name)
	}
	s.call(f.Description, f.Name, f.Type.String(), arguments...)
	w.resolvers[k.Name+"."+f.Name] = commonBody(f.Name, names)
}

func (w *deriver) link(s *sdl, k *entity.Kind, e end) {
	if w.doc.has(k.Name, e.field) {
		return
	}
	if e.toOne() {
		s.call(e.doc, e.field, e.target, followed)
	} else {
		s.call(e.doc, e.field, connectionName(e.target, e.rel)+"!", append(listArguments(e.target), followed)...)
	}
	w.resolvers[k.Name+"."+e.field] = linkBody(e)
}

// The arguments that name a moment of the estate.
var (
	moment   = argument{"As it was at this moment, and all that is followed from it; as it is when absent.", "asOf: AsOf"}
	followed = argument{"As it was at this moment; that of the record when absent.", "asOf: AsOf"}
)

func (w *deriver) queries(s *sdl, k *entity.Kind) {
	one, many := lowerFirst(k.Name), lowerFirst(k.Plural)
	s.extend("type Query")
	s.call("Finds "+a(words(k.Name))+" by its key; null when there is none.", one, k.Name,
		argument{"The key.", "key: String!"}, moment)
	s.call("Lists "+words(k.Plural)+", a page at a time.", many, connectionName(k.Name, nil)+"!", listArguments(k.Name)...)
	s.close()
	w.resolvers["Query."+one] = oneBody(k.Name)
	w.resolvers["Query."+many] = manyBody(k.Name)
}

func listArguments(kind string) []argument {
	return []argument{
		{"Only those that match.", "filter: " + kind + "Filter"},
		{"In which order; those that are equal in it come by id.", "orderBy: [" + kind + "Order!]"},
		{"At most so many, from the start.", "first: Int"},
		{"Only what follows this cursor.", "after: String"},
		{"At most so many, from the end.", "last: Int"},
		{"Only what precedes this cursor.", "before: String"},
	}
}

// mutations derives the plain ones; those that people wrote are left to them.
func (w *deriver) mutations(s *sdl, k *entity.Kind) {
	if k.ByVerbs {
		return
	}
	noun := a(words(k.Name))
	plain := []struct {
		verb, doc string
		body      body
	}{
		{"create", "Adds " + noun + ".", createBody(k.Name)},
		{"update", "Changes " + noun + ": fields that the patch does not name stay as they are, null empties them.", updateBody(k.Name)},
		{"remove", "Removes " + noun + " to which nothing points any more.", removeBody(k.Name)},
	}
	var open bool
	for _, p := range plain {
		name := p.verb + k.Name
		if w.doc.has("Mutation", name) {
			continue
		}
		if !open {
			s.extend("type Mutation")
			open = true
		}
		s.call(p.doc, name, k.Name+"Payload", inputArguments(upperFirst(p.verb)+k.Name+"Input")...)
		w.resolvers["Mutation."+name] = p.body
	}
	if open {
		s.close()
	}
}

func inputArguments(input string) []argument {
	return []argument{
		{"What to do.", "input: " + input + "!"},
		{"Why, and whether only to try.", "options: WriteOptions"},
	}
}

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

func (w *deriver) payload(s *sdl, k *entity.Kind) {
	name := k.Name + "Payload"
	if k.ByVerbs && !w.doc.answersWith(name) || !w.first(name) {
		return
	}
	s.open("What a mutation of "+a(words(k.Name))+" did, or with a dry run would do.", "type "+name)
	s.line("The record as it is now; after a removal null.", lowerFirst(k.Name)+": "+k.Name)
	outcome(s)
	s.close()
	w.renamed[name+"."+lowerFirst(k.Name)] = "Record"
	w.alias(name, "Payload[domain."+k.Name+"]")
}

// outcome is the part of a payload that all mutations share.
func outcome(s *sdl) {
	s.line("The revision after the change.", "revision: Revision!")
	s.line("Whether nothing was written.", "dryRun: Boolean!")
	s.line("What was written, or with a dry run would be.", "changes: [Change!]!")
}
