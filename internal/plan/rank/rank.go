// Package rank is the order of findings: those of the largest count first, of
// the same count by key.
package rank

import (
	"cmp"
	"slices"
)

// Place is a place in the order. It is one also when nothing stands there any
// more.
type Place struct {
	Count int
	Key   string
}

// Compare tells which of two places comes first.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(q.Count, p.Count), cmp.Compare(p.Key, q.Key))
}

// Placed is what has a place in the order.
type Placed interface{ Place() Place }

// Sort puts findings in order.
func Sort[T Placed](list []T) {
	slices.SortFunc(list, func(a, b T) int { return a.Place().Compare(b.Place()) })
}

// After returns the findings of an ordered list that come after a place.
func After[T Placed](list []T, p Place) []T {
	i, found := slices.BinarySearchFunc(list, p, func(one T, p Place) int { return one.Place().Compare(p) })
	if found {
		i++
	}
	return list[i:]
}
