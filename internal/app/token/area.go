// Package token keeps API tokens, and the names that are bound to identities.
package token

import "releasegraph/internal/app/estate"

// Area is what can be done with API tokens and bound names.
type Area struct {
	estate *estate.Estate

	tokens tokens
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
