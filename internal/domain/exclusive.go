package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Exclusive are roles of which nobody may hold more than one.
type Exclusive []Role

// SeparateDuties are the exclusions of section 9 and R7: who builds or manages
// releases is not who tests them.
var SeparateDuties = []Exclusive{{ReleaseManager, TestManager}, {BuildManager, TestManager}}

// CheckRoles says which roles nobody may hold together, or nil.
func CheckRoles(roles []Role, exclusions []Exclusive) *Error {
	for _, e := range exclusions {
		var held []string
		for _, r := range e {
			if slices.Contains(roles, r) {
				held = append(held, string(r))
			}
		}
		if len(held) > 1 {
			return &Error{
				Code: Forbidden, Rule: "R7", Field: "roles",
				Message: fmt.Sprintf("%s exclude each other: one person may not hold them together", strings.Join(held, " and ")),
				Details: map[string]any{"roles": held},
			}
		}
	}
	return nil
}
