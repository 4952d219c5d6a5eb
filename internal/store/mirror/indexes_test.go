package mirror

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/store"
	"releasegraph/internal/store/storetest"
)

// laidOut is a snapshot of so many items.
func laidOut(t *testing.T, items int) *snapshot {
	t.Helper()
	d, err := store.Declare(storetest.Schema())
	require.NoError(t, err)
	l := newLoading(d, nil, Options{}.withDefaults())
	to := l.Nodes("Item")
	rank := l.kindOf["Item"].numbers["rank"]
	for i := range items {
		to.Node(i, fmt.Sprintf("i%06d", i), 1, 0, 0)
		to.Int(rank, int64(i%7))
		require.NoError(t, to.EndNode())
	}
	require.NoError(t, to.End())
	require.NoError(t, l.NodesTaken(items))
	require.NoError(t, l.finish(t.Context(), 1))
	return l.snapshot
}

func TestAnOrderIsMadeWhenItIsAskedForAgain(t *testing.T) {
	s := laidOut(t, 1000)
	k := s.kindOf["Item"]
	keys := s.sortKeys(k, []store.Order{{Property: "rank"}})
	_, ok := s.indexes.sortedBy(s, k, keys)
	require.False(t, ok)
	_, ok = s.indexes.sortedBy(s, k, keys)
	require.True(t, ok)
}

func TestWhatIsAskedForWithoutEndTakesNoMemoryWithoutEnd(t *testing.T) {
	s := laidOut(t, mostSorted/4)
	k := s.kindOf["Item"]
	for _, order := range [][]store.Order{
		{{Property: "rank"}}, {{Property: "name"}}, {{Property: "weight"}}, {{Property: "live"}}, {{Property: "since"}}, {{Property: "rank", Descending: true}},
	} {
		for range 2 {
			if x, ok := s.indexes.sortedBy(s, k, s.sortKeys(k, order)); ok {
				x.reach(s)
			}
		}
	}
	total := 0
	for _, one := range s.indexes.sorted {
		total += one.reach(s).Len()
	}
	require.LessOrEqual(t, total, mostSorted)
	for i := range 2 * mostValued {
		s.indexes.valuesOf(s.property(k, fmt.Sprint("attributes.", i))).reach(s)
	}
	require.Len(t, s.indexes.valued, mostValued)
	for i := range 2 * mostAsked {
		s.indexes.sortedBy(s, k, s.sortKeys(k, []store.Order{{Property: "rank"}, {Property: fmt.Sprint("attributes.", i)}}))
	}
	require.LessOrEqual(t, len(s.indexes.asked), mostAsked)
}
