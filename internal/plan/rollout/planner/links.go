package planner

import "math/bits"

// WaveLinks lists the waves that each wave waits for by a demand of its own (P4, P9),
// by ordinal, from 1.
func (made *Made) WaveLinks() [][]int {
	count := made.packing.Waves
	words := (count + 64) / 64
	n := made.d.Before.Len()
	sets := make([]uint64, n*words) // by node: the waves of the groups that come before it at once
	links := make([]uint64, (count+1)*words)
	for _, v := range made.d.Sorted {
		own := sets[int(v)*words:][:words]
		for _, w := range made.d.Before.Out(v) {
			if int(w) < len(made.d.Groups) {
				wave := made.packing.Wave[w]
				own[wave/64] |= 1 << (wave % 64)
				continue
			}
			for k, word := range sets[int(w)*words:][:words] {
				own[k] |= word
			}
		}
		if int(v) < len(made.d.Groups) {
			to := links[int(made.packing.Wave[v])*words:][:words]
			for k, word := range own {
				to[k] |= word
			}
		}
	}
	list := make([][]int, count)
	for w := 1; w <= count; w++ {
		for k, word := range links[w*words:][:words] {
			for ; word > 0; word &= word - 1 {
				if before := 64*k + bits.TrailingZeros64(word); before > 0 && before != w {
					list[w-1] = append(list[w-1], before)
				}
			}
		}
	}
	return list
}
