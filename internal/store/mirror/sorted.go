package mirror

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidwall/btree"
)

// sorted is the records of a kind in an order.
type sorted struct {
	kind   *kind
	sorter *sorter
	idle   atomic.Bool  // nobody has asked for it of late
	last   atomic.Int64 // when it was asked for, by indexes.clock

	mu   sync.Mutex
	at   table
	tree *btree.BTreeG[item] // what is handed out are copies, which share its nodes
	view atomic.Pointer[sortedView]
}

// sortedView is an index as of a table. It is not changed.
type sortedView struct {
	nodes *nodes
	tree  *btree.BTreeG[item]
}

// rebuilt is from about how many differences on a tree is sooner made anew.
const rebuilt = 512

// reach returns the records as of a snapshot.
func (x *sorted) reach(s *snapshot) *btree.BTreeG[item] {
	to := s.table(x.kind)
	if v := x.view.Load(); v != nil && v.nodes == to.nodes {
		return v.tree
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.tree == nil:
		x.fill(to)
	case x.at.nodes == to.nodes:
		return x.view.Load().tree
	case to.nodes.stamp < x.at.nodes.stamp: // who asks took its snapshot before
		tree := x.tree.IsoCopy()
		x.sorter.apply(tree, x.kind.differences(x.at, to))
		return tree
	default:
		list := x.kind.differences(x.at, to)
		if len(list) > x.tree.Len()/4+rebuilt {
			x.fill(to)
		} else {
			x.sorter.apply(x.tree, list)
		}
	}
	x.at = to
	v := &sortedView{to.nodes, x.tree.IsoCopy()}
	x.view.Store(v)
	return v.tree
}

func (x *sorted) fill(t table) {
	items := make([]item, 0, t.nodes.rows.GetCardinality())
	t.nodes.rows.Iterate(func(row uint32) bool {
		items = append(items, x.sorter.item(t.rows.at(row), row))
		return true
	})
	slices.SortFunc(items, compareItems)
	x.tree = btree.NewBTreeGOptions(lessItem, btree.Options{NoLocks: true})
	for i := range items {
		x.tree.Load(items[i])
	}
}

// apply brings differences into a tree.
func (s *sorter) apply(tree *btree.BTreeG[item], list []difference) {
	for i := range list {
		d := &list[i]
		if d.was != "" {
			tree.Delete(s.item(d.was, d.row))
		}
		if d.is != "" {
			tree.Set(s.item(d.is, d.row))
		}
	}
}

// used notes that the index is asked for.
func (x *sorted) used() *sorted {
	if x.idle.Load() {
		x.idle.Store(false)
	}
	return x
}
