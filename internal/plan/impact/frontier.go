package impact

import "math/bits"

// frontier collects the nodes of the next level, and hands them over in the
// order in which the graph keeps them: going through memory forwards is several
// times faster than in the order of discovery. It is a set of bits with a
// second set above it that tells which of its words hold any, so that a sparse
// level costs little more than its nodes.
type frontier struct {
	words  []uint64 // a bit for each node
	filled []uint64 // a bit for each word
	any    bool
}

// fit makes room for the nodes of a graph.
func (f *frontier) fit(size int) {
	if words := size>>6 + 1; words > len(f.words) {
		f.words = make([]uint64, words+words/8)
		f.filled = make([]uint64, len(f.words)>>6+1)
	}
}

func (f *frontier) add(n Node) {
	w := uint32(n) >> 6
	f.words[w] |= 1 << (uint32(n) & 63)
	f.filled[w>>6] |= 1 << (w & 63)
	f.any = true
}

// drain empties the frontier and hands over each node, the least first.
func (f *frontier) drain(hand func(Node)) {
	for i, filled := range f.filled {
		for ; filled != 0; filled &= filled - 1 {
			w := i<<6 | bits.TrailingZeros64(filled)
			for word := f.words[w]; word != 0; word &= word - 1 {
				hand(Node(w<<6 | bits.TrailingZeros64(word)))
			}
			f.words[w] = 0
		}
		f.filled[i] = 0
	}
	f.any = false
}
