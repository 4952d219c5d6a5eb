package sqlite_test

import (
	"fmt"
	"strings"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// A page in the order of one indexed property is read along its index: sorting
// would make it dearer with every node.
func TestAPageInAnIndexedOrderIsNotSorted(t *testing.T) {
	s := open(t, sqlite.Memory, storetest.Schema())
	fill(t, s, graph(300)[:300])
	for _, name := range []string{"", "id", "name", "key", "serial", "rank", "since"} {
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
