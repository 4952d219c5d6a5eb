// Package permissions says what each operation of the API asks of who calls
// it, and draws the table of who may call what. The decisions are authz's, and
// the use cases ask for them; this is the list that a test holds them to.
package permissions

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/authz"
	"releasegraph/internal/entity"
)

// Need is what an operation asks for: an action on a kind of record or on a
// relationship. The zero Need asks for nothing: the operation answers each
// with what they may see.
type Need struct {
	Action authz.Action
	Kind   string
}

// Nothing tells whether an operation asks for nothing.
func (n Need) Nothing() bool { return n == Need{} }

// Roots are the types whose fields are operations. Statistics is where counts
// are asked for, kind by kind.
var Roots = []string{"Query", "Mutation", "Subscription", "Statistics"}

// Operation is a field of a root, and what it asks for.
type Operation struct {
	Root, Name string
	Need       Need
}

// Operations lists the operations of a schema by what they ask for, and apart
// those of which nobody has said it, or not in words that policies know.
func Operations(s *ast.Schema) (list []Operation, undecided []string) {
	derived := derived()
	for _, root := range Roots {
		if s.Types[root] == nil {
			continue
		}
		for _, f := range s.Types[root].Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			need, wrong := needOf(derived, root+"."+f.Name, f)
			if wrong != "" {
				undecided = append(undecided, root+"."+f.Name+wrong)
				continue
			}
			list = append(list, Operation{root, f.Name, need})
		}
	}
	return list, undecided
}

// Superfluous lists the fields with @needs that are no operations: nobody looks
// at it there.
func Superfluous(s *ast.Schema) []string {
	var list []string
	for _, t := range s.Types {
		for _, f := range t.Fields {
			if f.Directives.ForName(directive) != nil && !slices.Contains(Roots, t.Name) {
				list = append(list, t.Name+"."+f.Name)
			}
		}
	}
	slices.Sort(list)
	return list
}

// directive is the name of the directive by which a fragment says what an
// operation asks for. Operations that follow from the Catalog bear none.
const directive = "needs"

// needOf is what an operation asks for, and what is wrong with how that is said.
func needOf(derived map[string]Need, name string, f *ast.FieldDefinition) (n Need, wrong string) {
	said := f.Directives.ForName(directive)
	if said == nil {
		n, ok := derived[name]
		if !ok {
			return n, " (no @needs)"
		}
		return n, ""
	}
	if a := said.Arguments.ForName("action"); a != nil {
		n.Action = authz.Action(a.Value.Raw)
	}
	if of := said.Arguments.ForName("of"); of != nil {
		n.Kind = of.Value.Raw
	}
	switch {
	case n.Nothing():
		return n, ""
	case !slices.Contains(authz.Actions(), n.Action):
		return n, fmt.Sprintf(" (@needs names the action %q, there are %s)", n.Action, actionNames())
	case !authz.Known(n.Kind):
		return n, fmt.Sprintf(" (@needs is of %q, which is no kind and no relationship)", n.Kind)
	}
	return n, ""
}

func actionNames() string {
	var names []string
	for _, a := range authz.Actions() {
		names = append(names, string(a))
	}
	return strings.Join(names, ", ")
}

// derived are the needs of the operations that follow from the Catalog.
func derived() map[string]Need {
	needs := map[string]Need{}
	for _, k := range entity.Kinds() {
		read := Need{authz.Read, k.Name}
		needs["Query."+lowerFirst(k.Name)], needs["Query."+lowerFirst(k.Plural)] = read, read
		needs["Statistics."+lowerFirst(k.Plural)] = read
		for _, action := range []authz.Action{authz.Create, authz.Update, authz.Remove} {
			needs["Mutation."+string(action)+k.Name] = Need{action, k.Name}
		}
	}
	for _, r := range entity.Relationships() {
		for _, action := range []authz.Action{authz.Connect, authz.Disconnect} {
			needs["Mutation."+string(action)+r.Noun] = Need{action, r.Name}
		}
	}
	return needs
}

func lowerFirst(s string) string {
	return string(unicode.ToLower(rune(s[0]))) + s[1:]
}
