package receive

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/model"
)

// unknownLength is how long a step takes of which nothing is known (P7).
const unknownLength = time.Hour

// durations tells how long a step takes, from past roll-outs of its items (P7).
type durations struct {
	asked  time.Duration // 0: as in the past
	sorted []time.Duration
	of     map[int32][]uint64 // by item: the past roll-outs of it, as bits
	any    []uint64
}

func newDurations(m *model.Model) (*durations, error) {
	d := &durations{asked: m.In.WorkDuration, of: map[int32][]uint64{}}
	past := slices.Clone(m.In.Past)
	slices.SortFunc(past, func(a, b rollout.PastRollout) int { return cmp.Compare(a.Took, b.Took) })
	words := (len(past) + 63) / 64
	d.any = make([]uint64, words)
	for i := range past {
		d.sorted = append(d.sorted, past[i].Took)
		for _, place := range past[i].Items {
			no, err := m.ItemNo(place)
			if err != nil {
				return nil, err
			}
			if d.of[no] == nil {
				d.of[no] = make([]uint64, words)
			}
			d.of[no][i/64] |= 1 << (i % 64)
		}
	}
	return d, nil
}

// effort takes the median and the 90th percentile by nearest rank.
func (d *durations) effort(c *Content) (e rollout.Effort) {
	clear(d.any)
	for i := range c.Actions {
		for w, word := range d.of[c.Actions[i].Item] {
			d.any[w] |= word
		}
	}
	for _, word := range d.any {
		e.Samples += bits.OnesCount64(word)
	}
	if e.Samples > 0 {
		e.Median, e.P90 = d.ranked((e.Samples+1)/2), d.ranked((e.Samples*9+9)/10)
	}
	switch {
	case d.asked > 0:
		e.Duration = d.asked
	case e.P90 > 0:
		e.Duration = e.P90
	default:
		e.Duration = unknownLength
	}
	return e
}

// ranked is the duration at a rank, from 1, among those that count.
func (d *durations) ranked(rank int) time.Duration {
	for w, word := range d.any {
		n := bits.OnesCount64(word)
		if rank > n {
			rank -= n
			continue
		}
		for ; rank > 1; rank-- {
			word &= word - 1
		}
		return d.sorted[64*w+bits.TrailingZeros64(word)]
	}
	return 0
}
