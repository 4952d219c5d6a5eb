package storetest

import (
	"fmt"

	"releasegraph/internal/store"
)

// mostConditions is how many conditions a caller may put into one filter.
const mostConditions = 10_000

// someConditions is how many of those that cannot be put together are asked.
const someConditions = 1_000

// hubEdges is how many need one item.
const hubEdges = 300

// largeCases ask with as many conditions as a caller may: no expression is so
// deep, and no list so long, that a store could not answer.
var largeCases = []testCase{
	{"an alternative of ten thousand conditions is answered, and a thousand of any kind", func(b *bench) {
		b.commit(item("i1", "needle-77", store.Props{"name": "first"}), item("i2", "other", nil), item("i3", "third", nil), needs("i2", "i1"))
		for name, one := range map[string]func(i int) store.Filter{
			"equalities": func(i int) store.Filter {
				return store.Compare{Property: "key", Op: store.Eq, Value: fmt.Sprint("needle-", i)}
			},
			"searches": func(i int) store.Filter {
				return store.Compare{Property: "key", Op: store.Contains, Value: fmt.Sprint("le-", i)}
			},
			"prefixes": func(i int) store.Filter {
				return store.Compare{Property: "key", Op: store.StartsWith, Value: fmt.Sprint("needle-", i)}
			},
			"attributes": func(i int) store.Filter {
				return store.Or{
					store.Compare{Property: "attributes.none", Op: store.Eq, Value: fmt.Sprint(i)},
					store.Compare{Property: "key", Op: store.Eq, Value: fmt.Sprint("needle-", i)},
				}
			},
			"versions": func(i int) store.Filter {
				return store.Compare{Property: "version", Op: store.Eq, Value: int64(i - 76)}
			},
		} {
			want := int64(1)
			if name == "versions" {
				want = 3
			}
			b.counts(name, want, mostOf(name, one))
		}
		var all store.And
		var any store.Or
		for i := range someConditions {
			any = append(any, store.Not{Filter: store.Compare{Property: "name", Op: store.Eq, Value: fmt.Sprint(i)}})
			all = append(all, store.Not{Filter: store.Compare{Property: "name", Op: store.Eq, Value: fmt.Sprint(i)}})
		}
		b.counts("a conjunction", 3, all)
		b.counts("an alternative of negations", 3, any)
		b.counts("at the end of a relationship", 1, store.Related{Rel: "NEEDS", Filter: mostOf("", func(i int) store.Filter {
			return store.Compare{Property: "key", Op: store.Contains, Value: fmt.Sprint("le-", i)}
		})})
	}},
	{"an alternative of thousands of relationships is answered", func(b *bench) {
		b.commit(item("i1", "needle-77", nil), item("i2", "other", nil), needs("i2", "i1"))
		var any store.Or
		for i := range mostConditions {
			any = append(any, store.Related{Rel: "NEEDS", Filter: store.Compare{Property: "key", Op: store.Eq, Value: fmt.Sprint("needle-", i)}})
		}
		b.counts("relationships", 1, any)
	}},
	{"a filter over three relationships through one hub is answered", func(b *bench) {
		ops := []store.Op{item("hub", "hub", nil)}
		for i := range hubEdges {
			id := store.ID(fmt.Sprint("i", i))
			ops = append(ops, item(id, fmt.Sprint("k", i), nil), needs(id, "hub"))
		}
		b.commit(ops...)
		of := func(key string) store.Filter {
			var f store.Filter = store.Compare{Property: "key", Op: store.Contains, Value: key}
			for _, d := range []store.Direction{store.Out, store.In, store.Out} {
				f = store.Related{Rel: "NEEDS", Direction: d, Filter: f}
			}
			return f
		}
		b.counts("none", 0, of("zz"))
		b.counts("all", hubEdges, of("hub"))
	}},
}

// mostOf is an alternative of as many conditions as a caller may ask with.
func mostOf(name string, one func(i int) store.Filter) store.Or {
	n := mostConditions
	if name == "attributes" { // each is two
		n /= 2
	}
	any := make(store.Or, n)
	for i := range any {
		any[i] = one(i)
	}
	return any
}

// counts counts the items of a filter.
func (b *bench) counts(what string, want int64, f store.Filter) {
	b.Helper()
	got, err := b.Count(b.ctx, "Item", f)
	if err != nil {
		b.Fatalf("%s: %v", what, err)
	}
	if got != want {
		b.Errorf("%s: %d items, want %d", what, got, want)
	}
}
