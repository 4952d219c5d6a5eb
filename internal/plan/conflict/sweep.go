package conflict

import (
	"math"
	"slices"
)

// sweepSize is how many pieces of work a sweep follows: one word of bits.
const sweepSize = 64

// sweep is a batch for one piece of work and what overlaps it. It stops where
// none of them touches anything further on.
func (f *finder) sweep(at int, others []int) {
	by := make([]uint64, f.layers.Len())
	for chunk := range slices.Chunk(others, sweepSize-1) {
		clear(by)
		sources := append([]int{at}, chunk...)
		first, last := int32(math.MaxInt32), int32(-1)
		for k, source := range sources {
			for _, n := range f.works[source].Items {
				c := f.layers.place[n]
				by[c] |= 1 << k
				first, last = min(first, c), max(last, c)
			}
		}
		for c := first; c <= last; c++ {
			if mine := by[c]; mine != 0 {
				for _, need := range f.layers.of(c) {
					by[need] |= mine
				}
			}
		}
		for i, other := range chunk {
			if f.reached(by, other, 0) {
				f.depend(at, other)
			}
			if f.reached(by, at, i+1) {
				f.depend(other, at)
			}
		}
	}
}

// reached tells whether an item of the work at a place has a bit.
func (f *finder) reached(by []uint64, place, bit int) bool {
	return slices.ContainsFunc(f.works[place].Items, func(n Node) bool { return by[f.layers.place[n]]&(1<<bit) != 0 })
}
