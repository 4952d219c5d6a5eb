package leaks_test

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/entity"
)

// subscription writes a subscription that tells of the last change set, too,
// whatever else it is about.
func (q *asker) subscription(f *ast.FieldDefinition) string {
	q.root, q.left = f.Name, widest
	var given []string
	for _, a := range f.Arguments {
		switch {
		case a.Name == "after":
			given = append(given, fmt.Sprintf("after: \"%d\"", q.rand.IntN(q.head)))
		case a.Name == "filter" && q.rand.IntN(2) == 0:
			given = append(given, "filter: "+q.eventFilter(q.schema.Types[a.Type.Name()]))
		case a.Type.NonNull && a.DefaultValue == nil || a.Name == "depth":
			given = append(given, a.Name+": "+q.value(a.Name, a.Type, 0))
		}
	}
	arguments := ""
	if len(given) > 0 {
		arguments = "(" + strings.Join(given, ", ") + ")"
	}
	return "subscription { " + f.Name + arguments + q.selection(q.schema.Types[f.Type.Name()], 1) + " }"
}

// eventFilter chooses some events, and in any case that the own site or company
// was edited at last.
func (q *asker) eventFilter(def *ast.Definition) string {
	always := map[string]string{"types": "RECORD_UPDATED", "kinds": entity.EnumOf(q.own().kind), "ids": string(q.own().id()), "actors": sentinel, "sources": "api"}
	var given []string
	for _, f := range def.Fields {
		if q.rand.IntN(2) == 0 {
			continue
		}
		last := fmt.Sprintf("%q", always[f.Name])
		if f.Name == "types" || f.Name == "kinds" {
			last = always[f.Name]
		}
		given = append(given, fmt.Sprintf("%s: [%s, %s]", f.Name, q.value(f.Name, f.Type.Elem, 0), last))
	}
	return "{" + strings.Join(given, ", ") + "}"
}

// own is a record that the caller sees in the end, whatever goes before; nil for
// none.
func (w *world) own() *node {
	for _, kind := range append([]string{site, party}, forAll...) {
		n := w.of(kind)[0]
		if w.sees(w.caller, n) && !w.removed(n) && (kind != party || !w.caller.Bound) {
			return n
		}
	}
	return nil
}
