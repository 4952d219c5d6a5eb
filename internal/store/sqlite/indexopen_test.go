package sqlite_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// Once a property is indexed, the statement of a filter on it searches that
// index and scans nothing.
func TestAnIndexedAttributeIsFoundByItsIndex(t *testing.T) {
	s := open(t, sqlite.Memory, storetest.Schema())
	var ops []store.Op
	for i := range 2_000 {
		ops = append(ops, store.CreateNode{ID: store.ID(fmt.Sprintf("%05d", i)), Kind: "Item", Props: store.Props{
			"key": fmt.Sprint("k", i), "attributes.ram": fmt.Sprint(i % 500), "attributes.RAM": "x",
		}})
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}); err != nil {
		t.Fatal(err)
	}
	filters := map[string]store.Filter{
		"a number": store.Compare{Property: "attributes.ram", Op: store.Eq, Value: 64.0},
		"numbers":  store.Compare{Property: "attributes.ram", Op: store.OneOf, Value: []any{64.0, 65.0}},
		"more":     store.Compare{Property: "attributes.ram", Op: store.Gte, Value: 498.0},
		"a range": store.And{store.Compare{Property: "attributes.ram", Op: store.Gt, Value: 9.0},
			store.Compare{Property: "attributes.ram", Op: store.Lt, Value: 11.0}},
		"a text":           store.Compare{Property: "attributes.ram", Op: store.Eq, Value: "64"},
		"texts from":       store.Compare{Property: "attributes.ram", Op: store.Gte, Value: "99"},
		"texts that begin": store.Compare{Property: "attributes.ram", Op: store.StartsWith, Value: "49"},
	}
	if plans := s.Plans(t, store.Query{Kind: "Item", Filter: filters["a number"], First: 10}); searches(plans) {
		t.Error("there is no index yet:", plans)
	}
	for range 2 { // the second time it is there
		if err := s.IndexOpen(t.Context(), "Item", []string{"attributes.RAM", "attributes.ram"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range filters {
		for _, order := range [][]store.Order{nil, {{Property: "key"}}} {
			if plans := s.Plans(t, store.Query{Kind: "Item", Filter: f, Order: order, First: 10}); !searches(plans) {
				t.Error(name, order, plans)
			}
		}
	}
}

// searches tells whether each statement searches the index of an attribute, or
// looks at the one node that has a key.
func searches(plans []string) bool {
	return !slices.ContainsFunc(plans, func(plan string) bool {
		return strings.HasPrefix(plan, "SCAN t") || strings.HasPrefix(plan, "SEARCH t ") && !strings.Contains(plan, "INDEX o_Item_") && !strings.Contains(plan, "(p_key=?)")
	})
}
