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

func (d *dictionary[T]) number(v T) (int32, bool) {
	if d.parent != nil {
		if n, ok := d.parent.number(v); ok && n < d.base {
			return n, true
		}
	}
	d.mu.RLock()
	n, ok := d.numbers[v]
	d.mu.RUnlock()
	return n, ok
}

// add numbers a value that has no number yet with next.
func (d *dictionary[T]) add(v T, next int32) {
	d.mu.Lock()
	d.numbers[v] = next
	d.mu.Unlock()
}
