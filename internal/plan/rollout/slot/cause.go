package slot

import (
	"slices"
	"time"

	"releasegraph/internal/plan/rollout"
)

// Cause is what kept a step from beginning earlier.
type Cause struct {
	// Code is one of P7.WINDOW, P7.HOURS, P7.FREEZE and P7.CONFLICT.
	Code rollout.Code
	// Place is that of the window, freeze or work in the input, -1: service hours.
	Place int32
}

// Causes tells what set the hour of a step that might have begun at a time, and begins
// later: that without which it would begin earlier. Where several things do the same,
// it is those that end when it begins.
func (c *Calendar) Causes(step int32, from, begin int64, length time.Duration) (causes []Cause) {
	k := &c.classes[c.of[step]]
	if begin <= from || begin >= Never {
		return nil
	}
	earlier := func(w *Without) bool { return c.Begin(step, from, length, w) < begin }
	if len(k.parties) > 0 && earlier(&Without{OnlyWindows: true}) {
		causes = append(causes, c.opened(k, begin)...)
	}
	if len(k.hours) > 0 && earlier(&Without{OnlyHours: true}) {
		causes = append(causes, Cause{rollout.OutsideHours, -1})
	}
	for _, f := range k.freezes {
		if earlier(&Without{Freezes: []int32{f}}) {
			causes = append(causes, Cause{rollout.AfterFreeze, f})
		}
	}
	for _, w := range k.works {
		if earlier(&Without{Works: []int32{w}}) {
			causes = append(causes, Cause{rollout.AfterConflict, w})
		}
	}
	if causes == nil {
		causes = c.ended(k, begin)
	}
	return causes
}

// opened lists the windows that are open when a step begins, one for each thing that
// has any.
func (c *Calendar) opened(k *class, begin int64) (causes []Cause) {
	for _, party := range k.parties {
		first := int32(-1) // the one of the least key
		for _, w := range party {
			if (first < 0 || c.m.In.Windows[w].Key < c.m.In.Windows[first].Key) && c.on(c.openings(c.m.WindowOpens[w], c.chunkOf(begin)), begin) {
				first = w
			}
		}
		if first >= 0 && !slices.Contains(causes, Cause{rollout.InWindow, first}) {
			causes = append(causes, Cause{rollout.InWindow, first})
		}
	}
	return causes
}

func (c *Calendar) chunkOf(t int64) int { return int((t - c.origin) / chunk) }

func (c *Calendar) on(open ranges, t int64) bool {
	return slices.ContainsFunc(open, func(r span) bool { return r.from <= t && t < r.to })
}

// ended lists what was over, or opened, just when a step begins.
func (c *Calendar) ended(k *class, begin int64) (causes []Cause) {
	before := begin - 1
	n := c.chunkOf(before)
	for _, party := range k.parties {
		if !slices.ContainsFunc(party, func(w int32) bool { return c.on(c.openings(c.m.WindowOpens[w], n), before) }) {
			causes = append(causes, c.opened(k, begin)...)
			break
		}
	}
	for _, h := range k.hours {
		if c.on(c.openings(h, n), before) {
			causes = append(causes, Cause{rollout.OutsideHours, -1})
			break
		}
	}
	for _, f := range k.freezes {
		if c.on(c.openings(c.m.FreezeOpens[f], n), before) {
			causes = append(causes, Cause{rollout.AfterFreeze, f})
		}
	}
	for _, w := range k.works {
		when := c.m.In.Works[w].When
		if from, to := when.From.UnixMicro(), when.To.UnixMicro(); from <= before && before < to {
			causes = append(causes, Cause{rollout.AfterConflict, w})
		}
	}
	return causes
}
