package leaks_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
)

// subscription writes a subscription that tells of the last change set, too,
// whatever else it is about.
func (q *asker) subscription(f *ast.FieldDefinition) string {
	q.root, q.left = f.Name, widest
	if aboutRollouts[f.Name] != "" {
		return q.aboutRollout(f)
	}
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

// aboutRollouts are the subscriptions that tell of records of one kind, by that.
var aboutRollouts = map[string]string{"deploymentUpdates": domain.KindDeployment, "releaseProgress": domain.KindRelease}

// aboutRollout writes a subscription to what happens to a record that the caller sees in
// the end, since it is edited then; "" where there is none.
func (q *asker) aboutRollout(f *ast.FieldDefinition) string {
	kind := aboutRollouts[f.Name]
	last := q.atLast()
	seen := slices.DeleteFunc(slices.Clone(q.of(kind)), func(n *node) bool { return !last.sees(q.caller, n) || q.removed(n) })
	if len(seen) == 0 {
		return ""
	}
	argument := strings.ToLower(kind)
	given := fmt.Sprintf("after: \"%d\"", q.rand.IntN(q.head))
	if f.Arguments.ForName(argument).Type.NonNull || q.rand.IntN(2) == 0 {
		given += fmt.Sprintf(", %s: {key: %q}", argument, q.key(pick(q.rand, seen)))
	}
	return "subscription { " + f.Name + "(" + given + ")" + q.selection(q.schema.Types[f.Type.Name()], 1) + " }"
}

// eventFilter chooses some events, and in any case that the own site or company
// was edited at last.
func (q *asker) eventFilter(def *ast.Definition) string {
	own := q.own()
	changed := happening.PrefixOf(own.kind) + "changed"
	always := map[string]string{
		"types": fmt.Sprintf("%q", changed), "verbs": "UPDATED", "kinds": entity.EnumOf(own.kind), "ids": fmt.Sprintf("%q", own.id()),
		"keys": fmt.Sprintf("%q", q.key(own)), "actors": fmt.Sprintf("%q", sentinel), "sources": `"api"`,
	}
	var given []string
	for _, f := range def.Fields {
		switch {
		case q.rand.IntN(2) == 0:
		case f.Type.Elem != nil:
			given = append(given, fmt.Sprintf("%s: [%s, %s]", f.Name, q.value(f.Name, f.Type.Elem, 0), always[f.Name]))
		case f.Name == "site" && own.kind == site:
			given = append(given, fmt.Sprintf("site: {key: %q}", q.key(own)))
		}
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
