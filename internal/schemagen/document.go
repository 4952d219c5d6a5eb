package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// derivedSuffix ends the name of every schema fragment that schemagen writes.
const derivedSuffix = "_gen.graphqls"

// document is what people wrote of the schema: parsed, not validated, since it
// names types that are still to be derived.
type document struct {
	types map[string]*ast.Definition
	// fields holds those of extensions as well.
	fields map[string]ast.FieldList
}

// load parses the hand-written fragments.
func load(root string) (*document, error) {
	fragments, err := filepath.Glob(filepath.Join(root, "graph", "schema", "*.graphqls"))
	if err != nil {
		return nil, err
	}
	fragments = slices.DeleteFunc(fragments, func(path string) bool { return strings.HasSuffix(path, derivedSuffix) })
	var sources []*ast.Source
	for _, path := range append([]string{filepath.Join(root, "schema.graphqls")}, fragments...) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, &ast.Source{Name: filepath.ToSlash(name), Input: string(text)})
	}
	return parse(sources...)
}

func parse(sources ...*ast.Source) (*document, error) {
	parsed, err := parser.ParseSchemas(sources...)
	if err != nil {
		return nil, err
	}
	doc := &document{types: map[string]*ast.Definition{}, fields: map[string]ast.FieldList{}}
	for _, d := range parsed.Definitions {
		doc.types[d.Name] = d
		doc.fields[d.Name] = append(doc.fields[d.Name], d.Fields...)
	}
	for _, d := range parsed.Extensions {
		doc.fields[d.Name] = append(doc.fields[d.Name], d.Fields...)
	}
	return doc, nil
}

// has tells whether people wrote the field, so that it is not derived.
func (d *document) has(typ, field string) bool { return d.fields[typ].ForName(field) != nil }

// answersWith tells whether a field that people wrote is of the type.
func (d *document) answersWith(typ string) bool {
	for _, fields := range d.fields {
		for _, f := range fields {
			if f.Type.Name() == typ {
				return true
			}
		}
	}
	return false
}

// fragment names the derived file beside the one that defines the type.
func (d *document) fragment(typ string) string {
	return strings.TrimSuffix(d.types[typ].Position.Src.Name, ".graphqls") + derivedSuffix
}

// describe is the description of a field, "" when it has none.
func (d *document) describe(typ, field string) string {
	if f := d.fields[typ].ForName(field); f != nil {
		return f.Description
	}
	return ""
}
