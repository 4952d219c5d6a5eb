package mirror

import (
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
		r.from(absent, absent+beyondTexts)
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
		r.from(key, key+beyondTexts)
	case store.Lt:
		r.from("", key)
	case store.Lte:
		r.from("", r.behind(key))
	case store.Gt:
		r.from(r.behind(key), absent)
	case store.Gte:
		r.from(key, absent)
	}
}

// beyondTexts follows all that a text goes on with, which is UTF-8.
const beyondTexts = "\xff"

func (r *runs) equal(v any) {
	key := r.sorter.keyOf([]any{v})
	r.from(key, r.behind(key))
}

// from adds the rows from a key on until another. The end is known by its row, so
// that no key is looked at on the way, which lies anywhere in memory.
func (r *runs) from(key, until string) {
	if until <= key {
		return
	}
	var end item
	ends := false
	r.tree.Ascend(item{key: until}, func(one item) bool {
		end, ends = one, true
		return false
	})
	r.tree.Ascend(item{key: key}, func(one item) bool {
		if ends && one.row == end.row {
			return false
		}
		r.found.add(one.row)
		return r.step()
	})
}

// behind returns the first key behind another: there is none between.
func (r *runs) behind(key string) string { return key + "\x00" }
