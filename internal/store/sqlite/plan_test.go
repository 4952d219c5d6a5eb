package sqlite_test

import (
	"fmt"
	"strings"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// A page in the order of a unique property is read along its index: sorting would
// make it dearer with every node.
func TestAPageInTheOrderOfAUniquePropertyIsNotSorted(t *testing.T) {
	s := open(t, sqlite.Memory, storetest.Schema())
	fill(t, s, graph(300)[:300])
	for _, name := range []string{"", "id", "key", "serial"} {
		for _, descending := range []bool{false, true} {
			q := store.Query{Kind: "Item", First: 10}
			if name != "" {
				q.Order = []store.Order{{Property: name, Descending: descending}}
			}
			first, err := s.Find(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			after, back := q, q
			after.After = first.Cursors[9]
			back.First, back.Last, back.Before = 0, 10, first.Cursors[9]
			for _, q := range []store.Query{q, after, back} {
				for _, plan := range s.Plans(t, q) {
					if strings.Contains(plan, "TEMP B-TREE") || strings.HasPrefix(plan, "SCAN") && !strings.Contains(plan, "INDEX") {
						t.Error(fmt.Sprintf("%+v", q.Order), plan)
					}
				}
			}
		}
	}
}

// What lies behind a relationship that is followed from many nodes is worked out
// once: through a hub it would be for each node again.
func TestWhatLiesBehindTwoRelationshipsIsWorkedOutOnce(t *testing.T) {
	s := open(t, sqlite.Memory, storetest.Schema())
	fill(t, s, graph(300))
	nested := store.Filter(store.Compare{Property: "name", Op: store.Contains, Value: "zz"})
	for depth := 1; depth <= 4; depth++ {
		nested = store.Related{Rel: "NEEDS", Direction: store.Direction(depth % 2), Filter: nested}
		plan := strings.Join(s.Plans(t, store.Query{Kind: "Item", Filter: nested, First: 10}), "\n")
		if again, once := strings.Count(plan, "CORRELATED"), strings.Count(plan, "LIST SUBQUERY"); again != 1 || once != depth-1 {
			t.Errorf("over %d relationships %d are followed for each node and %d once:\n%s", depth, again, once, plan)
		}
	}
	one := store.And{store.Compare{Property: "id", Op: store.Eq, Value: "i1"}, nested}
	if plan := strings.Join(s.Plans(t, store.Query{Kind: "Item", Filter: one, First: 10}), "\n"); strings.Contains(plan, "LIST SUBQUERY") {
		t.Errorf("for one node that is named all is worked out:\n%s", plan)
	}
}
