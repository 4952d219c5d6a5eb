package mirror

import (
	"strings"

	"github.com/tidwall/btree"

	"releasegraph/internal/store"
)

// runs gathers the rows of runs of an order by one property.
type runs struct {
	*reader
	sorter *sorter
	tree   *btree.BTreeG[item]
	found  *gathered
}

// compare adds the rows whose property compares as asked. Absent values are the
// last, and compare with nothing.
func (r *runs) compare(c store.Compare) {
	switch c.Op {
	case store.IsNull:
		r.from(absent, func(string) bool { return true })
		return
	case store.OneOf:
		list, _ := c.Value.([]any)
		for _, v := range list {
			r.equal(v)
		}
		return
	case store.Eq:
		r.equal(c.Value)
		return
	}
	key := r.sorter.keyOf([]any{c.Value})
	switch c.Op {
	case store.StartsWith:
		r.from(key, func(k string) bool { return strings.HasPrefix(k, key) })
	case store.Lt:
		r.from("", func(k string) bool { return k < key })
	case store.Lte:
		r.from("", func(k string) bool { return k <= key })
	case store.Gt:
		r.from(r.behind(key), func(k string) bool { return k != absent })
	case store.Gte:
		r.from(key, func(k string) bool { return k != absent })
	}
}

func (r *runs) equal(v any) {
	key := r.sorter.keyOf([]any{v})
	r.from(key, func(k string) bool { return k == key })
}

// from adds the rows from a key on, as long as their keys are wanted.
func (r *runs) from(key string, wanted func(string) bool) {
	r.tree.Ascend(item{key: key}, func(one item) bool {
		if !wanted(one.key) {
			return false
		}
		r.found.add(one.row)
		return r.step()
	})
}

// behind returns the first key behind another: there is none between.
func (r *runs) behind(key string) string { return key + "\x00" }
