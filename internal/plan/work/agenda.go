package work

import (
	"slices"

	"releasegraph/internal/domain"
)

// Urgency is by what a board takes one request before another: the greater, the
// sooner.
func Urgency(c *domain.ChangeRequest) int { return slices.Index(domain.Priorities, c.Priority) + 1 }

// HandedIn orders requests of one urgency: what was handed in first comes first,
// what never was comes last.
func HandedIn(c *domain.ChangeRequest) string {
	if c.SubmittedAt == nil {
		return "9999"
	}
	return c.SubmittedAt.UTC().Format("2006-01-02T15:04:05.000000Z")
}
