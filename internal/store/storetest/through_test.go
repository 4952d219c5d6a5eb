package storetest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

// What is never drawn is never compared.
func TestFiltersAreDrawnThroughRelationshipsOfAllForms(t *testing.T) {
	drawn := map[string]int{}
	draw := rapid.Custom(func(t *rapid.T) store.Filter {
		return drawThrough(t, drawKind(t), rapid.IntRange(2, 3).Draw(t, "relationships"))
	})
	for seed := range 300 {
		note(drawn, draw.Example(seed), "at the node")
	}
	for _, within := range []string{"Out", "In"} {
		for _, form := range []string{"And", "Or", "none", "Out", "In"} {
			if what := form + " behind " + within; drawn[what] < 5 {
				t.Errorf("%s: drawn %d times", what, drawn[what])
			}
		}
	}
}

// note counts the forms of a filter that leads on, by where they stand.
func note(drawn map[string]int, f store.Filter, where string) {
	if !through(f) {
		return
	}
	switch f := f.(type) {
	case store.And:
		drawn["And behind "+where]++
		for _, one := range f {
			note(drawn, one, where)
		}
	case store.Or:
		drawn["Or behind "+where]++
		for _, one := range f {
			note(drawn, one, where)
		}
	case store.Not:
		if _, none := f.Filter.(store.Related); none {
			drawn["none behind "+where]++
		}
		note(drawn, f.Filter, where)
	case store.Related:
		direction := [...]string{"Out", "In"}[f.Direction]
		drawn[fmt.Sprintf("%s behind %s", direction, where)]++
		note(drawn, f.Filter, direction)
	}
}

// through tells whether a filter leads through a relationship.
func through(f store.Filter) bool {
	drawn := false
	switch f := f.(type) {
	case store.And:
		for _, one := range f {
			drawn = drawn || through(one)
		}
	case store.Or:
		for _, one := range f {
			drawn = drawn || through(one)
		}
	case store.Not:
		return through(f.Filter)
	case store.Related:
		return true
	}
	return drawn
}
