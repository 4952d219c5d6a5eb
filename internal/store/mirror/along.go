package mirror

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/tidwall/btree"
)

// along cuts a window out of what matches by going along an order.
type along struct {
	*finding
	window[item]
	tree *btree.BTreeG[item]
	rows *roaring.Bitmap // that match, nil: all
	left int             // how many nodes may be passed until it is given up
}

// cut returns the window, false where it was given up.
func (a *along) cut() (c cut[item], ok bool) {
	switch {
	case a.none():
		c.previous = a.some(a.backwards, a.after, true)
		c.next = a.some(a.forwards, a.after, false)
		return c, a.left > 0
	case a.last > 0:
		c.list, c.previous = a.gather(a.last, a.backwards, a.before, func(one item) bool {
			return a.after != nil && compareItems(one, *a.after) <= 0
		})
		slices.Reverse(c.list)
	default:
		c.list, c.next = a.gather(a.first, a.forwards, a.after, func(one item) bool {
			return a.before != nil && compareItems(one, *a.before) >= 0
		})
	}
	c.previous = c.previous || a.after != nil && a.some(a.backwards, a.after, true)
	c.next = c.next || a.before != nil && a.some(a.forwards, a.before, true)
	return c, a.left > 0
}

// direction visits the items behind or before one; nil: all.
type direction func(from *item, visit func(item) bool)

func (a *along) forwards(from *item, visit func(item) bool) {
	if from == nil {
		a.tree.Scan(visit)
		return
	}
	a.tree.Ascend(*from, visit)
}

func (a *along) backwards(from *item, visit func(item) bool) {
	if from == nil {
		a.tree.Reverse(visit)
		return
	}
	a.tree.Descend(*from, visit)
}

// pass counts a node that is looked at, and tells whether it matches.
func (a *along) pass(one item) (matches, further bool) {
	a.left--
	return a.rows == nil || a.rows.Contains(one.row), a.step() && a.left > 0
}

// some tells whether any item matches from one on.
func (a *along) some(towards direction, from *item, itself bool) (found bool) {
	towards(from, func(one item) bool {
		if !itself && compareItems(one, *from) == 0 {
			return true
		}
		matches, further := a.pass(one)
		found = matches
		return !found && further
	})
	return found
}

// gather takes up to limit items (0: all) that match behind one, until one is
// beyond, and tells whether there were more.
func (a *along) gather(limit int, towards direction, behind *item, beyond func(item) bool) (list []item, more bool) {
	towards(behind, func(one item) bool {
		if behind != nil && compareItems(one, *behind) == 0 {
			return true
		}
		if beyond(one) {
			return false
		}
		matches, further := a.pass(one)
		if !matches {
			return further
		}
		if limit > 0 && len(list) == limit {
			more = true
			return false
		}
		list = append(list, one)
		return further
	})
	return list, more
}
