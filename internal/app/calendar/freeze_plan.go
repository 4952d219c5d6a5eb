package calendar

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// OfPlan reports whether an item is about when changes are planned, where and
// on what, or about freezes: holds come about by such.
func OfPlan(i *interchange.Item) bool {
	var b holdBearing
	if i.IsEdge() {
		b.edge(i.Rel.Name)
		return b.plan
	}
	kinds := []string{domain.KindChangeRequest, domain.KindFreeze, domain.KindFreezeException}
	return slices.Contains(kinds, i.Kind.Name)
}
