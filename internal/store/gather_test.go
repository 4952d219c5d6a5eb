package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/store"
)

func TestAnAlternativeIgnoresCaseForThoseAloneThatAskForIt(t *testing.T) {
	name := func(v string, ignoring bool) store.Filter {
		return store.Compare{Property: "name", Op: store.Eq, Value: v, IgnoringCase: ignoring}
	}
	gathered := store.Or{name("a", true), name("b", false), name("c", true)}.Gathered(nil)
	require.Equal(t, store.Or{
		store.Compare{Property: "name", Op: store.OneOf, Value: []any{"a", "c"}, IgnoringCase: true},
		store.Compare{Property: "name", Op: store.OneOf, Value: []any{"b"}},
	}, gathered)
}
