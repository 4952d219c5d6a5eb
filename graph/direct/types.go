package direct

import (
	"reflect"

	"github.com/vektah/gqlparser/v2/ast"
)

// Type is an object type or an abstract type: an object or an Abstract.
type Type interface {
	// value plans the values of a field whose type is the type or a list of it.
	value(p planner, t *ast.Type, set ast.SelectionSet) step[any]
}

// typeOf is a Type whose values are V: pointers to a struct, or an interface.
type typeOf[V any] interface {
	Type
	plan(p planner, name string, set ast.SelectionSet) step[V]
}

// object is an object type: how its fields are read from a P. Fields that are
// not direct are not in it.
type object[P any] struct {
	fields Fields[P]
	// whole plans a field's values by the plan of one.
	whole func(t *ast.Type, plan step[P]) step[any]
}

// Object is an object type whose fields are read from a *T.
func Object[T any](fields Fields[*T]) Type { return object[*T]{fields, whole[T]} }

// whole writes a *T, a T, or a list of them.
func whole[T any](t *ast.Type, plan step[*T]) step[any] {
	many, own := list(t, each(maybe(plan, t.Elem))), list(t, plan)
	return func(w *Writer, v any) bool {
		switch v := v.(type) {
		case *T:
			return v != nil && plan(w, v)
		case T:
			return plan(w, &v)
		case []*T:
			return many(w, v)
		case []T:
			return own(w, v)
		}
		return false
	}
}

// member is a field of a selection, with all that is written before its value.
type member[P any] struct {
	head  []byte
	write step[P]
}

// plan plans a selection of the object, nil when any of it is not direct.
func (o object[P]) plan(p planner, name string, set ast.SelectionSet) step[P] {
	definition := p.schema.Types[name]
	var members []member[P]
	seen := map[string]bool{}
	start := byte('{')
	for _, f := range p.collect(definition, set) {
		if seen[f.Alias] && len(f.Selections) == 0 {
			continue // fragments on two interfaces ask for it: gqlgen, too, writes the first
		}
		write := o.member(p, definition, f.Name, f.Selections)
		if write == nil || seen[f.Alias] {
			return nil
		}
		seen[f.Alias] = true
		head := &Writer{buf: []byte{start}}
		Text(head, f.Alias)
		members = append(members, member[P]{append(head.buf, ':'), write})
		start = ','
	}
	return func(w *Writer, v P) bool {
		for i := range members {
			w.buf = append(w.buf, members[i].head...)
			if !members[i].write(w, v) {
				return false
			}
		}
		if len(members) == 0 {
			w.buf = append(w.buf, '{')
		}
		w.buf = append(w.buf, '}')
		return true
	}
}

func (o object[P]) member(p planner, definition *ast.Definition, name string, set ast.SelectionSet) step[P] {
	if name == "__typename" {
		return func(w *Writer, _ P) bool { return Text(w, definition.Name) }
	}
	field, t := o.fields[name], p.fieldType(definition.Name, name)
	if field == nil || t == nil {
		return nil
	}
	return field(p, t, set)
}

func (o object[P]) value(p planner, t *ast.Type, set ast.SelectionSet) step[any] {
	plan := o.plan(p, t.Name(), set)
	if plan == nil {
		return nil
	}
	return o.whole(t, plan)
}

// Abstract is an interface or a union whose values are the Go interface I.
type Abstract[I comparable] struct{}

// plan plans a selection of the type, nil unless it is direct for each of the
// objects that the value may be.
func (Abstract[I]) plan(p planner, name string, set ast.SelectionSet) step[I] {
	objects := map[reflect.Type]step[any]{}
	for _, d := range p.schema.GetPossibleTypes(p.schema.Types[name]) {
		o, ok := p.known[d.Name].(interface{ pointer() reflect.Type })
		if !ok {
			return nil
		}
		write := p.known[d.Name].value(p, ast.NonNullNamedType(d.Name, nil), set)
		if write == nil {
			return nil
		}
		objects[o.pointer()] = write
	}
	return func(w *Writer, v I) bool {
		write := objects[reflect.TypeOf(v)]
		return write != nil && write(w, v)
	}
}

func (object[P]) pointer() reflect.Type { return reflect.TypeFor[P]() }

func (a Abstract[I]) value(p planner, t *ast.Type, set ast.SelectionSet) step[any] {
	plan := a.plan(p, t.Name(), set)
	if plan == nil {
		return nil
	}
	many := list(t, each(maybe(plan, t.Elem)))
	return func(w *Writer, v any) bool {
		switch v := v.(type) {
		case []I:
			return many(w, v)
		case I:
			return plan(w, v)
		}
		return false
	}
}
