package mirror

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
)

// mostValues is how many different values a property may have so that the rows
// of each are kept.
const mostValues = 512

// valued is the rows of a kind by the value of a property that has few.
type valued struct {
	property property
	idle     atomic.Bool  // nobody has asked for it of late
	last     atomic.Int64 // when it was asked for, by indexes.clock

	mu   sync.Mutex
	at   table
	now  map[string]valueRows
	many bool // the property has too many values
	view atomic.Pointer[valuedView]
}

// valuedView is an index as of a table. It is not changed.
type valuedView struct {
	nodes  *nodes
	values map[string]valueRows // by key
}

// valueRows are the rows of a value, nil for the absent one.
type valueRows struct {
	value any
	rows  *roaring.Bitmap
}

// reach returns the rows as of a snapshot, false where there are too many values.
func (x *valued) reach(s *snapshot) (*valuedView, bool) {
	to := s.table(x.property.kind)
	if v := x.view.Load(); v != nil && (v.nodes == to.nodes || v.values == nil) {
		return v, v.values != nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.many {
		return nil, false
	}
	var v *valuedView
	switch {
	case x.now == nil:
		x.now = map[string]valueRows{}
		to.nodes.rows.Iterate(func(row uint32) bool {
			x.put(x.now, to.rows.at(row), row)
			return len(x.now) <= mostValues
		})
	case x.at.nodes == to.nodes:
		return x.view.Load(), true
	case to.nodes.stamp < x.at.nodes.stamp: // who asks took its snapshot before
		was := maps.Clone(x.now)
		x.apply(was, x.property.kind.differences(x.at, to))
		return &valuedView{to.nodes, was}, true
	default:
		x.now = maps.Clone(x.now)
		x.apply(x.now, x.property.kind.differences(x.at, to))
	}
	if len(x.now) > mostValues {
		x.many, x.now, x.at = true, nil, table{}
		x.view.Store(&valuedView{})
		return nil, false
	}
	x.at = to
	v = &valuedView{to.nodes, x.now}
	x.view.Store(v)
	return v, true
}

// put adds a row to that of its value.
func (x *valued) put(values map[string]valueRows, r record, row uint32) {
	v := x.property.of(r)
	var room [64]byte
	key := appendKey(room[:0], v, false)
	one, known := values[string(key)]
	if !known {
		one = valueRows{v, roaring.New()}
		values[string(key)] = one
	}
	one.rows.Add(row)
}

// apply brings differences into a copy, of which it copies what it changes.
func (x *valued) apply(values map[string]valueRows, list []difference) {
	own := map[string]bool{}
	change := func(r record, change func(*roaring.Bitmap)) {
		v := x.property.of(r)
		key := string(appendKey(nil, v, false))
		one := values[key]
		if one.rows == nil {
			one = valueRows{v, roaring.New()}
		} else if !own[key] {
			one.rows = one.rows.Clone()
		}
		own[key] = true
		change(one.rows)
		if values[key] = one; one.rows.IsEmpty() {
			delete(values, key)
			delete(own, key)
		}
	}
	for i := range list {
		d := &list[i]
		if d.was != "" {
			change(d.was, func(b *roaring.Bitmap) { b.Remove(d.row) })
		}
		if d.is != "" {
			change(d.is, func(b *roaring.Bitmap) { b.Add(d.row) })
		}
	}
}

// used notes that the index is asked for.
func (x *valued) used() *valued {
	if x.idle.Load() {
		x.idle.Store(false)
	}
	return x
}
