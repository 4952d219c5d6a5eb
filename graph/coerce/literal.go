package coerce

import (
	"regexp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Literals tells for errors of validation, by where they stand in the document,
// which field of an input they are about: "" for those that are about none.
func Literals(doc *ast.QueryDocument, errs gqlerror.List) []string {
	p := places{}
	for _, o := range doc.Operations {
		p.selections(o.SelectionSet)
	}
	for _, f := range doc.Fragments {
		p.selections(f.SelectionSet)
	}
	fields := make([]string, len(errs))
	for i, e := range errs {
		for _, l := range e.Locations {
			if path, ok := p[place{l.Line, l.Column}]; ok && fields[i] == "" {
				fields[i] = fieldOf(named(path, e.Message))
			}
		}
	}
	return fields
}

// ofObject finds the field of an object that an error is about which stands
// where the object does.
var ofObject = regexp.MustCompile(`^Field "(?:\w+\.)?(\w+)" (?:is not defined|of required type)`)

func named(path ast.Path, message string) ast.Path {
	found := ofObject.FindStringSubmatch(message)
	if found == nil || len(path) > 0 && path[len(path)-1] == ast.PathName(found[1]) {
		return path
	}
	return append(slices.Clone(path), ast.PathName(found[1]))
}

type place struct{ line, column int }

// places are the values of a document, and the names before them, by where they
// stand.
type places map[place]ast.Path

func (p places) selections(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			for _, a := range s.Arguments {
				p.value(ast.Path{ast.PathName(a.Name)}, a.Value, a.Position)
			}
			p.selections(s.SelectionSet)
		case *ast.InlineFragment:
			p.selections(s.SelectionSet)
		}
	}
}

func (p places) value(path ast.Path, v *ast.Value, name *ast.Position) {
	for _, at := range []*ast.Position{name, v.Position} {
		if at != nil {
			p[place{at.Line, at.Column}] = slices.Clone(path)
		}
	}
	for i, child := range v.Children {
		step := ast.PathElement(ast.PathIndex(i))
		if child.Name != "" {
			step = ast.PathName(child.Name)
		}
		p.value(append(path, step), child.Value, child.Position)
	}
}
