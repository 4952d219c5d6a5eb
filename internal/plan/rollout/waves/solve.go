package waves

import (
	"cmp"
	"context"
	"slices"
)

// Solve finds few waves, stage by stage, and of those with the fewest one that ends
// early: exactly up to mostExact groups in each stage. It reports false where it
// finds none that ends in time, or where a group fits into no wave. It stops when its
// context ends.
func (p *Problem) Solve(ctx context.Context) (Packing, bool, error) {
	r := p.rank()
	front := []partial{{ends: p.Begin, wave: make([]int32, p.Groups), exact: true}}
	bound := 0
	for stage := range p.stages() {
		groups := p.of(stage)
		if len(groups) == 0 {
			continue
		}
		least, exactly := p.bound(stage, groups, r), len(groups) <= mostExact && p.By >= Never
		var next []partial
		for _, from := range front {
			if err := ctx.Err(); err != nil {
				return Packing{}, false, err
			}
			if len(groups) <= mostExact {
				next = append(next, p.exact(stage, groups, from, p.By >= Never)...)
			} else {
				next = append(next, p.approach(stage, groups, from, r)...)
			}
		}
		before := front[0].waves
		if front = best(next); len(front) == 0 {
			return Packing{LowerBound: bound + least}, false, nil
		}
		if exactly {
			least = front[0].waves - before
		}
		bound += least
	}
	first := front[0]
	s := Packing{Wave: first.wave, Waves: first.waves, Ends: first.ends, Cost: first.cost, LowerBound: bound, Tries: first.tries, Exact: first.exact}
	p.settle(&s)
	return s, true, nil
}

// best keeps, of the ways to be where a stage ends, those that nothing beats: with
// more waves only what ends earlier.
func best(list []partial) (kept []partial) {
	slices.SortStableFunc(list, func(a, b partial) int {
		return cmp.Or(cmp.Compare(a.waves, b.waves), cmp.Compare(a.cost, b.cost), cmp.Compare(a.ends, b.ends), slices.Compare(a.wave, b.wave))
	})
	for _, one := range list {
		better := func(other partial) bool { return other.cost <= one.cost && other.ends <= one.ends }
		if !slices.ContainsFunc(kept, better) {
			kept = append(kept, one)
		}
	}
	return kept[:min(len(kept), mostReached)]
}

// mostTries is how often a number of waves is tried, mostMore how many more waves are
// tried than are needed, where the fewest end too late.
const (
	mostTries = 20
	mostMore  = 8
)

// approach fills the waves of a stage towards the bound.
func (p *Problem) approach(stage int, groups []int32, from partial, r ranks) []partial {
	k := p.packer(stage, groups, r)
	from.exact = false
	waves, enough := k.pack(k.order(0, p.Seed), len(groups), false)
	from.tries++
	if !enough {
		return nil
	}
	found := slices.Clone(k.wave)
	for target := p.bound(stage, groups, r); target < waves; target++ {
		if k.towards(target, &from) {
			waves, found = target, slices.Clone(k.wave)
			break
		}
		if k.spent > p.Effort {
			break
		}
	}
	if p.Keep != nil && k.stable(waves, int32(from.waves)) {
		found = slices.Clone(k.wave)
	}
	list := []partial{p.timed(groups, from, found, waves)}
	for more := 1; list[len(list)-1].ends > p.By && more <= mostMore; more++ {
		// With more waves, what may only begin late keeps fewer others waiting.
		list = append(list, p.spreadOut(k, groups, from, waves+more))
	}
	return slices.DeleteFunc(list, func(one partial) bool { return one.ends > p.By })
}

// towards tries a number of waves.
func (k *packer) towards(target int, from *partial) bool {
	from.tries++
	if k.balance(target) {
		return true
	}
	for try := range mostTries {
		from.tries++
		match := try%2 == 1 && len(k.groups) <= mostMatched
		if _, enough := k.pack(k.order(try, k.p.Seed), target, match); enough {
			return true
		}
		if k.spent > k.p.Effort {
			return false
		}
	}
	return false
}

// timed works out when the waves of a stage end, after what can wait for a later one
// and ends late has been moved there.
func (p *Problem) timed(groups []int32, from partial, wave []int32, waves int) partial {
	done := partial{waves: from.waves + waves, wave: slices.Clone(from.wave), tries: from.tries, exact: from.exact}
	for _, g := range groups {
		done.wave[g] = int32(from.waves) + wave[g]
	}
	s := Packing{Wave: done.wave, Waves: done.waves}
	t := p.table(&s, done.waves, from)
	t.delay(groups, from.waves)
	done.ends = t.ends[done.waves]
	return done
}

// spreadOut fills more waves than are needed: what ends late comes last, if nothing
// waits for it.
func (p *Problem) spreadOut(k *packer, groups []int32, from partial, target int) partial {
	first := p.after(from.ends, from.waves)
	order := slices.Clone(groups)
	end := map[int32]int64{}
	for _, g := range groups {
		end[g] = p.End(g, first)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(end[a], end[b]), cmp.Compare(k.tail[b], k.tail[a]))
	})
	waves, enough := k.pack(order, len(groups), false)
	if !enough || waves > target {
		return partial{ends: Never}
	}
	return p.timed(groups, from, k.wave, target)
}
