package conflict

import "math"

// batchSize is how many pieces of work are followed over the estate at once,
// each as one bit. The bits of a component fill a line of the processor's cache.
const batchSize = 512

type bits [batchSize / 64]uint64

// batch tells of many pieces of work at once what they depend on.
type batch struct {
	*Layers
	by []bits // by component: whose needs it is
}

func newBatch(l *Layers) *batch { return &batch{Layers: l, by: make([]bits, l.Len())} }

// run finds what the work at some places, in order, depends on among what
// overlaps it and stands before an end.
func (b *batch) run(f *finder, sources []int, end int) error {
	clear(b.by)
	first := int32(math.MaxInt32)
	bit := make(map[int]int, len(sources))
	for k, source := range sources {
		bit[source] = k
		for _, n := range f.works[source].Items {
			b.by[b.place[n]][k/64] |= 1 << (k % 64)
			first = min(first, b.place[n])
		}
	}
	if err := b.spread(f, first); err != nil {
		return err
	}
	return f.pairsWith(sources[0], sources[len(sources)-1]+1, end, func(source, target int) {
		if k, ok := bit[source]; ok && b.touches(f.works[target].Items, k) {
			f.depend(source, target)
		}
	})
}

// spread passes on whose need each component is: all that depends on it has its
// turn before it does.
func (b *batch) spread(f *finder, first int32) error {
	for c := first; int(c) < len(b.by); c++ {
		if err := f.pace.Steps(1 + len(b.of(c))); err != nil {
			return err
		}
		by := &b.by[c]
		if *by == (bits{}) {
			continue
		}
		for _, need := range b.of(c) {
			to := &b.by[need]
			for w := range by {
				to[w] |= by[w]
			}
		}
	}
	return nil
}

func (b *batch) touches(items []Node, k int) bool {
	for _, n := range items {
		if b.by[b.place[n]][k/64]&(1<<(k%64)) != 0 {
			return true
		}
	}
	return false
}
