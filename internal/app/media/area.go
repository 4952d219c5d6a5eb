// Package media keeps the definitive media library, the hardware store and
// licences: what may be deployed, what is in stock, and what may be used.
package media

import (
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/domain"
)

// Area is what can be done with media, spares and licences.
type Area struct {
	estate   *estate.Estate
	policies *policy.Area
	verifier Verifier // nil: there is no library
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, policies *policy.Area) *Area {
	return &Area{estate: e, policies: policies}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }

func ruleError(rule, field, format string, args ...any) *domain.Error {
	return &domain.Error{Code: domain.RuleViolation, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}
