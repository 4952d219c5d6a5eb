package adjacency

import "sync"

// dictionary numbers values in the order of their first sight. It only grows,
// so every graph of one line of editing can share it. A branch (see
// Graph.Branch) numbers what it adds on its own.
type dictionary[T comparable] struct {
	parent *dictionary[T]
	base   int32 // numbers from here on are this dictionary's own

	mu      sync.RWMutex
	numbers map[T]int32
}

func newDictionary[T comparable]() *dictionary[T] {
	return &dictionary[T]{numbers: map[T]int32{}}
}

func (d *dictionary[T]) branch(base int32) *dictionary[T] {
	return &dictionary[T]{parent: d, base: base, numbers: map[T]int32{}}
}

// number finds a value's number. It may be left over from an Editor that was
// given up, so the caller checks that its graph has the value under it. The own
// number goes before the parent's: one was given only where the parent's was
// such a left-over.
func (d *dictionary[T]) number(v T) (int32, bool) {
	d.mu.RLock()
	n, ok := d.numbers[v]
	d.mu.RUnlock()
	if ok || d.parent == nil {
		return n, ok
	}
	n, ok = d.parent.number(v)
	return n, ok && n < d.base
}

// add numbers a value that has no number yet with next.
func (d *dictionary[T]) add(v T, next int32) {
	d.mu.Lock()
	d.numbers[v] = next
	d.mu.Unlock()
}
