package conflict

import (
	"math"
	"slices"
)

// sweep tells by two passes over the ordered estate which of some other work the
// work at a place depends on, and which depends on it. Each pass goes no further
// than the others' items.
func (f *finder) sweep(at int, others []int) error {
	own := f.componentsOf([]int{at})
	first, last := own.span()
	othersFirst, othersLast := f.componentsOf(others).span()
	needs := newMarks(f.layers.Len(), own)
	for c := first; c <= othersLast; c++ {
		if err := f.pace.Steps(1 + len(f.layers.of(c))); err != nil {
			return err
		}
		if needs[c] {
			for _, need := range f.layers.of(c) {
				needs[need] = true
			}
		}
	}
	needing := newMarks(f.layers.Len(), own)
	for c := last; c >= othersFirst; c-- {
		if err := f.pace.Steps(1 + len(f.layers.of(c))); err != nil {
			return err
		}
		needing[c] = needing[c] || slices.ContainsFunc(f.layers.of(c), func(need int32) bool { return needing[need] })
	}
	for _, other := range others {
		if f.marked(needs, other) {
			f.depend(at, other)
		}
		if f.marked(needing, other) {
			f.depend(other, at)
		}
	}
	return nil
}

// components are places in the order of the estate.
type components []int32

func (f *finder) componentsOf(places []int) (list components) {
	for _, place := range places {
		for _, n := range f.works[place].Items {
			list = append(list, f.layers.place[n])
		}
	}
	return list
}

// span is from the first to the last; of none, one that holds nothing.
func (c components) span() (first, last int32) {
	first, last = math.MaxInt32, -1
	for _, one := range c {
		first, last = min(first, one), max(last, one)
	}
	return first, last
}

func newMarks(size int, marked components) []bool {
	marks := make([]bool, size)
	for _, c := range marked {
		marks[c] = true
	}
	return marks
}

// marked reports whether an item of the work at a place is marked.
func (f *finder) marked(marks []bool, place int) bool {
	return slices.ContainsFunc(f.works[place].Items, func(n Node) bool { return marks[f.layers.place[n]] })
}
