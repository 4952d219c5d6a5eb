package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"releasegraph/internal/domain"
)

// checker finds what a policy says that can never be meant.
type checker struct{ types *validate.Validator }

func newChecker() (*checker, error) {
	v, err := newValidator()
	return &checker{v}, err
}

// check tells all that is wrong with a policy, where it stands.
func (c *checker) check(p *cedar.Policy) (wrong []error) {
	at := p.Position()
	where := fmt.Sprintf("%s:%d", at.Filename, at.Line)
	if id, ok := p.Annotations()["id"]; ok {
		where += fmt.Sprintf(": policy %q", id)
	}
	named := namedIn(p)
	for _, uid := range named {
		if problem := unknown(uid); problem != "" {
			wrong = append(wrong, fmt.Errorf("%s: %s", where, problem))
		}
	}
	if len(wrong) > 0 { // the types of what is unknown would be complained about again
		return wrong
	}
	if err := c.types.Policy("", (*ast.Policy)(p.AST())); err != nil {
		for _, one := range flat(err) {
			wrong = append(wrong, fmt.Errorf("%s: %w", where, one))
		}
	}
	return wrong
}

func flat(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var list []error
		for _, e := range several.Unwrap() {
			list = append(list, flat(e)...)
		}
		return list
	}
	return []error{err}
}

// namedIn lists the entities that a policy names.
func namedIn(p *cedar.Policy) []types.EntityUID {
	var list []types.EntityUID
	policy := (*ast.Policy)(p.AST())
	for _, scope := range []any{policy.Principal, policy.Action, policy.Resource} {
		switch s := scope.(type) {
		case ast.ScopeTypeEq:
			list = append(list, s.Entity)
		case ast.ScopeTypeIn:
			list = append(list, s.Entity)
		case ast.ScopeTypeIsIn:
			list = append(list, s.Entity)
		case ast.ScopeTypeInSet:
			list = append(list, s.Entities...)
		}
	}
	for _, c := range policy.Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			if v, ok := n.(ast.NodeValue); ok {
				if uid, ok := v.Value.(types.EntityUID); ok {
					list = append(list, uid)
				}
			}
			return true
		})
	}
	return list
}

// unknown says why an entity is none that policies know, or "".
func unknown(uid types.EntityUID) string {
	var legal []string
	switch uid.Type {
	case typeActor:
		return ""
	case typeRole:
		for _, r := range domain.Roles {
			legal = append(legal, string(r))
		}
	case typeAction:
		for _, a := range actions {
			legal = append(legal, string(a.name))
		}
		legal = append(legal, string(write))
	case typeArea:
		for _, a := range areas {
			legal = append(legal, a.Name)
		}
	case typeKind:
		for _, a := range areas {
			legal = append(legal, a.Kinds...)
		}
	case typeRelationship:
		for _, a := range areas {
			legal = append(legal, a.Relationships...)
		}
	default:
		return fmt.Sprintf("there is no type %s: there are Actor, Role, Action, Kind, Relationship and Area", uid.Type)
	}
	if slices.Contains(legal, string(uid.ID)) {
		return ""
	}
	return fmt.Sprintf("there is no %s: there are %s", uid, strings.Join(legal, ", "))
}
