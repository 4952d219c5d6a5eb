package server

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// nesting measures how deep the values in a document are: validation takes time
// that grows with the square of it.
type nesting struct{ deepest int }

func (n *nesting) document(doc *ast.QueryDocument) {
	for _, o := range doc.Operations {
		for _, v := range o.VariableDefinitions {
			n.value(v.DefaultValue, 0)
			n.directives(v.Directives)
		}
		n.directives(o.Directives)
		n.selections(o.SelectionSet)
	}
	for _, f := range doc.Fragments {
		n.directives(f.Directives)
		n.selections(f.SelectionSet)
	}
}

func (n *nesting) selections(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			n.arguments(s.Arguments)
			n.directives(s.Directives)
			n.selections(s.SelectionSet)
		case *ast.InlineFragment:
			n.directives(s.Directives)
			n.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			n.directives(s.Directives)
		}
	}
}

func (n *nesting) directives(list ast.DirectiveList) {
	for _, d := range list {
		n.arguments(d.Arguments)
	}
}

func (n *nesting) arguments(list ast.ArgumentList) {
	for _, a := range list {
		n.value(a.Value, 0)
	}
}

// value measures a literal: what a list or an object holds is one level deeper.
func (n *nesting) value(v *ast.Value, depth int) {
	if v == nil {
		return
	}
	if v.Kind == ast.ListValue || v.Kind == ast.ObjectValue {
		depth++
	}
	n.deepest = max(n.deepest, depth)
	for _, c := range v.Children {
		n.value(c.Value, depth)
	}
}

// variable measures a value of the variables.
func (n *nesting) variable(v any, depth int) {
	n.deepest = max(n.deepest, depth)
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n.variable(e, depth+1)
		}
	case map[string]any:
		for _, e := range v {
			n.variable(e, depth+1)
		}
	}
}

// nested refuses values that are too deep.
func (l Limits) nested(what string, deepest int) error {
	if deepest <= l.Nesting {
		return nil
	}
	return fmt.Errorf("%s are nested %d levels deep; at most %d are allowed", what, deepest, l.Nesting)
}
