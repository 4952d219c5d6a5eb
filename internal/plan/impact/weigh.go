package impact

import (
	"context"

	"releasegraph/internal/plan/cycle"
)

// round is a part of the order that is worked out together: an item, or a cycle,
// which is gone over until nothing changes any more (C2).
type round struct {
	from, to int32
	again    bool
}

// arrange puts suppliers before what needs them.
func (w *weighing) arrange(ctx context.Context) error {
	own := func(p int32) []supply { return w.supplies[w.at[p].supply:w.at[p+1].supply] }
	components, err := cycle.Components(ctx, len(w.hits), func(p int32, i int) (int32, bool) {
		if supplies := own(p); i < len(supplies) {
			return supplies[i].position, true
		}
		return 0, false
	})
	if err != nil {
		return err
	}
	for _, c := range components {
		r := round{from: int32(len(w.order)), again: len(c) > 1}
		w.order = append(w.order, c...)
		r.to = int32(len(w.order))
		for _, s := range own(c[0]) {
			r.again = r.again || s.position == c[0]
		}
		w.rounds = append(w.rounds, r)
	}
	w.losses = make([]loss, len(w.hits))
	return nil
}

// pass works out what losing each of some needs alone does to the sources.
func (w *weighing) pass(needs []int32, all int) error {
	clear(w.losses)
	w.hurt = loss{}
	for k, p := range needs {
		w.losses[p].some.set(k)
		w.losses[p].full.set(k)
	}
	begun := false
	for _, r := range w.rounds {
		if !begun { // what comes before the first need depends on none
			for _, p := range w.order[r.from:r.to] {
				begun = begun || p == needs[0]
			}
		}
		if !begun {
			continue
		}
		for changed := true; changed; {
			changed = false
			for _, p := range w.order[r.from:r.to] {
				if err := w.spend(1+int(w.at[p+1].supply-w.at[p].supply), all); err != nil {
					return err
				}
				changed = w.judge(p) || changed
			}
			changed = changed && r.again
		}
	}
	for k, p := range needs {
		switch {
		case w.hurt.full.has(k):
			w.hits[p].strengthen(full)
		case w.hurt.some.has(k):
			w.hits[p].strengthen(degraded)
		default:
			w.hits[p].strengthen(0)
			w.redundant++
		}
	}
	return nil
}

// judge finds what hurts the item at a position (I4, I5), and reports whether
// that is more than was known.
func (w *weighing) judge(p int32) bool {
	var found loss
	for _, s := range w.plain(p) {
		from := &w.losses[s.position]
		found.some.add(&from.some)
		if s.strength == full {
			found.full.add(&from.full)
		}
	}
	for _, g := range w.choices[w.at[p].choice:w.at[p+1].choice] {
		w.judgeChoice(g, &found)
	}
	if p < w.sources {
		w.hurt.some.add(&found.some)
		w.hurt.full.add(&found.full)
	}
	if w.silent(p) {
		return false
	}
	known := w.losses[p]
	w.losses[p].some.add(&found.some)
	w.losses[p].full.add(&found.full)
	return w.losses[p] != known
}

// judgeChoice is I5 for a redundancy group.
func (w *weighing) judgeChoice(g choice, found *loss) {
	members := w.supplies[g.from:g.to]
	hurt, lost := w.members[0][:0], w.members[1][:0]
	for _, s := range members {
		hurt = append(hurt, &w.losses[s.position].some)
		if s.strength == full {
			lost = append(lost, &w.losses[s.position].full)
		}
	}
	w.members = [2][]*lane{hurt, lost}
	for _, l := range lost {
		found.some.add(l)
	}
	enough := atLeast(hurt, g.stops)
	found.some.add(&enough)
	if g.stops > 0 {
		enough = atLeast(lost, g.stops)
	}
	found.full.add(&enough)
}
