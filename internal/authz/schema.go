package authz

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"releasegraph/internal/domain"
)

// Schema is the Cedar schema that policies are checked against: the roles, the
// actions, and the facts that can be asked for.
func Schema() string {
	var b strings.Builder
	roles := make([]string, len(domain.Roles))
	for i, r := range domain.Roles {
		roles[i] = fmt.Sprintf("%q", string(r))
	}
	fmt.Fprintf(&b, "entity Role enum [%s];\n", strings.Join(roles, ", "))
	b.WriteString("entity Area;\nentity Actor in [Role];\n")
	b.WriteString("entity Kind in [Area] = {atYourSite: Bool, suppliedByYou: Bool, draft: Bool};\n")
	b.WriteString("entity Relationship in [Area] = {atYourSite: Bool, suppliedByYou: Bool, draft: Bool};\n\n")
	fmt.Fprintf(&b, "// change single records or relationships\naction %q;\n", string(write))
	for _, a := range actions {
		group := ""
		if a.group != "" {
			group = fmt.Sprintf(" in [%q]", string(a.group))
		}
		fmt.Fprintf(&b, "// %s\naction %q%s appliesTo {principal: Actor, resource: [Kind, Relationship]};\n", a.doc, string(a.name), group)
	}
	return b.String()
}

// newValidator checks policies against the Schema.
func newValidator() (*validate.Validator, error) {
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(Schema())); err != nil {
		return nil, fmt.Errorf("the schema of policies: %w", err)
	}
	resolved, err := s.Resolve()
	if err != nil {
		return nil, fmt.Errorf("the schema of policies: %w", err)
	}
	return validate.New(resolved), nil
}
