package mirror

import (
	"slices"

	"releasegraph/internal/store"
)

// window is which part of what a query selects it asks for.
type window[T any] struct {
	after, before *T // nil: none
	first, last   int
	compare       func(a, b T) int
}

// cut is a part of what was selected, and whether more lies beside it.
type cut[T any] struct {
	list           []T
	previous, next bool
}

// none reports whether nothing can lie between the bounds.
func (w *window[T]) none() bool {
	return w.after != nil && w.before != nil && w.compare(*w.after, *w.before) >= 0
}

// of cuts the window out of what was selected, which comes in no order and is
// changed.
func (w *window[T]) of(list []T) cut[T] {
	var c cut[T]
	kept := list[:0]
	for _, one := range list {
		switch {
		case w.after != nil && w.compare(one, *w.after) <= 0:
			c.previous = true
		case w.before != nil && w.compare(one, *w.before) >= 0 || w.none():
			c.next = true
		default:
			kept = append(kept, one)
		}
	}
	switch {
	case w.first > 0 && len(kept) > w.first:
		kept, c.next = least(kept, w.first, w.compare), true
	case w.last > 0 && len(kept) > w.last:
		kept, c.previous = least(kept, w.last, func(a, b T) int { return w.compare(b, a) }), true
		slices.Reverse(kept)
	default:
		slices.SortFunc(kept, w.compare)
	}
	c.list = kept
	return c
}

// least returns the n first of a list in an order, in that order. It changes the
// list.
func least[T any](list []T, n int, compare func(a, b T) int) []T {
	if len(list) <= 4*n {
		slices.SortFunc(list, compare)
		return list[:n]
	}
	// The last of those kept so far is on top of a heap.
	top := list[:n]
	for i := n/2 - 1; i >= 0; i-- {
		sink(top, i, compare)
	}
	for _, one := range list[n:] {
		if compare(one, top[0]) < 0 {
			top[0] = one
			sink(top, 0, compare)
		}
	}
	slices.SortFunc(top, compare)
	return top
}

func sink[T any](heap []T, i int, compare func(a, b T) int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && compare(heap[child+1], heap[child]) > 0 {
			child++
		}
		if compare(heap[child], heap[i]) <= 0 {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// window returns what a query's cursors and limits say.
func (s *sorter) window(o store.Ordering, q store.Query) (window[item], error) {
	w := window[item]{first: q.First, last: q.Last, compare: compareItems}
	after, err := store.DecodeCursor(o, q.After)
	if err != nil {
		return w, err
	}
	before, err := store.DecodeCursor(o, q.Before)
	w.after, w.before = s.pivot(after), s.pivot(before)
	return w, err
}
