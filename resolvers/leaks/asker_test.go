package leaks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// asker makes questions from the schema, at random.
type asker struct {
	*world
	rand *rand.Rand
	// all says that a question may also be about what is worked out from the
	// whole estate.
	all bool
	// cursors are those of earlier answers, by the field that has the list.
	cursors map[string][]string
	root    string // the operation asked about
	left    int    // how many fields more a question may have
}

// deepest is how deep a question goes, widest how many fields it has at most.
const (
	deepest = 8
	widest  = 120
)

// question writes a call of an operation.
func (q *asker) question(root *ast.Definition, f *ast.FieldDefinition) string {
	q.root, q.left = f.Name, widest
	call := f.Name + q.arguments(f) + q.selection(q.schema.Types[f.Type.Name()], 1)
	if kind := strings.ToLower(root.Name); kind != "query" {
		return kind + " { " + call + " }"
	}
	return "{ " + call + " }"
}

// selection writes what is asked of a type: most of its values, and some of
// what it leads to.
func (q *asker) selection(of *ast.Definition, depth int) string {
	if !of.IsCompositeType() {
		return ""
	}
	chosen := []string{"__typename"}
	names := map[string]bool{}
	choose := func(f *ast.FieldDefinition) {
		names[f.Name] = true
		q.left--
		chosen = append(chosen, f.Name+q.arguments(f)+q.selection(q.schema.Types[f.Type.Name()], depth+1))
	}
	for _, f := range q.order(of) {
		leaf := !q.schema.Types[f.Type.Name()].IsCompositeType()
		switch {
		case !q.mayAsk(of.Name + "." + f.Name):
		case leaf && (q.rand.IntN(4) > 0 || f.Name == "actor" || f.Name == "revision" || f.Name == "totalCount"):
			choose(f)
		case !leaf && q.left > 0 && depth < deepest && (plain(f.Name) || q.rand.IntN(3) == 0):
			choose(f)
		}
	}
	if of.IsAbstractType() {
		chosen = append(chosen, q.fragment(of, names, depth))
	}
	return " { " + strings.Join(chosen, " ") + " }"
}

// order is the fields of a type in an order of chance, so that each is asked
// for before a question is wide enough.
func (q *asker) order(of *ast.Definition) ast.FieldList {
	list := slices.DeleteFunc(slices.Clone(of.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
	q.rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// plain tells whether a field is but a part of a list, or of an answer, which
// says nothing by itself.
func plain(name string) bool {
	return name == "nodes" || name == "pageInfo" || name == "changes" || name == "history"
}

// fragment asks more of one of the types that a value may have.
func (q *asker) fragment(of *ast.Definition, names map[string]bool, depth int) string {
	types := q.schema.GetPossibleTypes(of)
	one := types[q.rand.IntN(len(types))]
	rest := *one
	rest.Fields = slices.DeleteFunc(slices.Clone(one.Fields), func(f *ast.FieldDefinition) bool { return names[f.Name] })
	return "... on " + one.Name + q.selection(&rest, depth)
}

// arguments writes what a field must be given, and some of what it may.
func (q *asker) arguments(f *ast.FieldDefinition) string {
	var given []string
	for _, a := range f.Arguments {
		switch {
		case a.Name == "options":
			given = append(given, "options: {dryRun: true}")
		case a.Name == "first" || a.Name == "after" || a.Name == "last" || a.Name == "before": // below
		case a.Type.NonNull && a.DefaultValue == nil || q.rand.IntN(4) == 0:
			given = append(given, a.Name+": "+q.value(a.Name, a.Type, 0))
		}
	}
	given = append(given, q.page(f)...)
	if len(given) == 0 {
		return ""
	}
	return "(" + strings.Join(given, ", ") + ")"
}

// page asks for a page of a list: the first or the last of it, behind or
// before a cursor that an earlier answer had.
func (q *asker) page(f *ast.FieldDefinition) []string {
	if f.Arguments.ForName("first") == nil || q.rand.IntN(2) == 0 {
		return nil
	}
	length, cursor := "first", "after"
	if f.Arguments.ForName("last") != nil && q.rand.IntN(3) == 0 {
		length, cursor = "last", "before"
	}
	given := []string{fmt.Sprintf("%s: %d", length, 1+q.rand.IntN(3))}
	if known := q.cursors[f.Name]; len(known) > 0 && f.Arguments.ForName(cursor) != nil && q.rand.IntN(2) == 0 {
		given = append(given, fmt.Sprintf("%s: %q", cursor, pick(q.rand, known)))
	}
	return given
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// learn remembers the cursors of an answer.
func (q *asker) learn(field string, data any) {
	switch data := data.(type) {
	case []any:
		for _, v := range data {
			q.learn(field, v)
		}
	case map[string]any:
		for name, v := range data {
			cursor, ok := v.(string)
			switch {
			case ok && (name == "endCursor" || name == "startCursor" || name == "cursor"):
				q.cursors[field] = append(q.cursors[field], cursor)
			case name == "pageInfo" || name == "edges":
				q.learn(field, v)
			default:
				q.learn(name, v)
			}
		}
	}
}
