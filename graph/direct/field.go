package direct

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"
)

// Field plans how a field of a P is written: t is its type in GraphQL, the
// selection is what is asked of it. It returns nil when that is not direct.
//
// P is a pointer to a struct. All pointers share one instance of generic code,
// while each struct would have one of its own: hundreds, to be compiled.
type Field[P any] func(p planner, t *ast.Type, set ast.SelectionSet) step[P]

// Fields are those of an object that are direct, by their names in GraphQL.
type Fields[P any] map[string]Field[P]

// Leaf is a scalar or an enum.
func Leaf[P, V any](get func(P) V, write func(*Writer, V) bool) Field[P] {
	return func(_ planner, t *ast.Type, _ ast.SelectionSet) step[P] {
		return func(w *Writer, v P) bool { return write(w, get(v)) || w.null(t) }
	}
}

// Optional is a scalar or an enum that may be missing.
func Optional[P, V any](get func(P) *V, write func(*Writer, V) bool) Field[P] {
	return func(_ planner, t *ast.Type, _ ast.SelectionSet) step[P] {
		return func(w *Writer, v P) bool {
			found := get(v)
			return found != nil && write(w, *found) || w.null(t)
		}
	}
}

// Leaves is a list of scalars or enums.
func Leaves[P, V any](get func(P) []V, write func(*Writer, V) bool) Field[P] {
	return func(_ planner, t *ast.Type, _ ast.SelectionSet) step[P] {
		all := list(t, func(w *Writer, v *V) bool { return write(w, *v) || w.null(t.Elem) })
		return func(w *Writer, v P) bool { return all(w, get(v)) }
	}
}

// One is an object, as a pointer or an interface.
func One[P any, V comparable](get func(P) V) Field[P] {
	return one(func(_ context.Context, v P) (V, error) { return get(v), nil })
}

// Many is a list of pointers to objects, or of interfaces.
func Many[P any, V comparable](get func(P) []V) Field[P] {
	return many(func(_ context.Context, v P) ([]V, error) { return get(v), nil })
}

// LoadedLeaf is Leaf by a method that takes a context.
func LoadedLeaf[P, V any](load func(P, context.Context) (V, error), write func(*Writer, V) bool) Field[P] {
	return func(_ planner, t *ast.Type, _ ast.SelectionSet) step[P] {
		return func(w *Writer, v P) bool {
			found, err := load(v, w.ctx)
			if err != nil {
				w.err = err
				return false
			}
			return write(w, found) || w.null(t)
		}
	}
}

// LoadedOne is One by a method that takes a context. Where the first call loads
// what all the others will ask for, nothing is gained by calling them at once.
func LoadedOne[P any, V comparable](load func(P, context.Context) (V, error)) Field[P] {
	return one(func(ctx context.Context, v P) (V, error) { return load(v, ctx) })
}

// NamedOne is LoadedOne of a record whose id and key are known before it is loaded: where
// nothing else is asked, one that holds these alone is written.
func NamedOne[P any, V comparable](load func(P, context.Context) (V, error), named func(P) V) Field[P] {
	loaded, known := LoadedOne(load), One(named)
	return func(p planner, t *ast.Type, set ast.SelectionSet) step[P] {
		for _, f := range p.collect(p.schema.Types[t.Name()], set) {
			if f.Name != "id" && f.Name != "key" && f.Name != "__typename" {
				return loaded(p, t, set)
			}
		}
		return known(p, t, set)
	}
}

// LoadedMany is to Many what LoadedOne is to One.
func LoadedMany[P any, V comparable](load func(P, context.Context) ([]V, error)) Field[P] {
	return many(func(ctx context.Context, v P) ([]V, error) { return load(v, ctx) })
}

func one[P any, V comparable](get func(context.Context, P) (V, error)) Field[P] {
	return func(p planner, t *ast.Type, set ast.SelectionSet) step[P] {
		plan := planned[V](p, t, set)
		if plan == nil {
			return nil
		}
		write := maybe(plan, t)
		return func(w *Writer, v P) bool {
			found, err := get(w.ctx, v)
			if err != nil {
				w.err = err
			}
			return err == nil && write(w, found)
		}
	}
}

func many[P any, V comparable](get func(context.Context, P) ([]V, error)) Field[P] {
	return func(p planner, t *ast.Type, set ast.SelectionSet) step[P] {
		plan := planned[V](p, t, set)
		if plan == nil {
			return nil
		}
		write := list(t, each(maybe(plan, t.Elem)))
		return func(w *Writer, v P) bool {
			found, err := get(w.ctx, v)
			if err != nil {
				w.err = err
			}
			return err == nil && write(w, found)
		}
	}
}

// Values is a list of objects.
func Values[P, V any](get func(P) []V) Field[P] {
	return func(p planner, t *ast.Type, set ast.SelectionSet) step[P] {
		plan := planned[*V](p, t, set)
		if plan == nil {
			return nil
		}
		all := list(t, plan)
		return func(w *Writer, v P) bool { return all(w, get(v)) }
	}
}

// planned plans a selection of the type's innermost type, nil when it is not
// direct.
func planned[V any](p planner, t *ast.Type, set ast.SelectionSet) step[V] {
	of, ok := p.known[t.Name()].(typeOf[V])
	if !ok {
		return nil
	}
	return of.plan(p, t.Name(), set)
}

// maybe writes null for what is missing, where the type allows it.
func maybe[V comparable](write step[V], t *ast.Type) step[V] {
	var missing V
	return func(w *Writer, v V) bool {
		if v == missing {
			return w.null(t)
		}
		return write(w, v)
	}
}

func each[V any](write step[V]) step[*V] {
	return func(w *Writer, v *V) bool { return write(w, *v) }
}

// list writes a list of what write writes. gqlgen answers a missing list that
// must not be null with an empty one.
func list[V any](t *ast.Type, write step[*V]) step[[]V] {
	elements := elements(write)
	return func(w *Writer, all []V) bool {
		if all == nil && !t.NonNull {
			return w.null(t)
		}
		w.buf = append(w.buf, '[')
		if !elements(w, all) {
			return false
		}
		w.buf = append(w.buf, ']')
		return true
	}
}

// elements writes what stands in a list.
func elements[V any](write step[*V]) step[[]V] {
	return func(w *Writer, all []V) bool {
		w.size.add(0, len(all))
		for i := range all {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			if i%look == look-1 && !w.goesOn() || !write(w, &all[i]) {
				return false
			}
		}
		return true
	}
}
