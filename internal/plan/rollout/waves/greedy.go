package waves

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"releasegraph/internal/plan/rollout/digraph"
)

// packer fills waves one after another, towards a target: first what must go now,
// since as many waves as are left wait for it, then what comes first in an order or
// fills the room best.
type packer struct {
	p       *Problem
	stage   int
	groups  []int32
	tail    []int32 // by group
	rank    []int32 // by group: its place in the order
	wait    []int32 // by node: how many arcs lead to what is not done
	behind  *digraph.Graph
	counted bool // each group asks something of the first dimension

	wave   []int32 // by group, 0: not placed
	now    int32   // the wave that is open
	placed []int32 // its groups
	room   []int64
	common []int32  // its regions
	hurt   *hurting // whom it hurts, nil: any number
	spent  int
}

// mostMisses is after how many groups that do not fit a wave is taken for full.
const mostMisses = 5_000

// mostMatched is up to how many groups the one that fills the room best is looked for.
const mostMatched = 2_000

func (p *Problem) packer(stage int, groups []int32, r ranks) *packer {
	k := &packer{p: p, stage: stage, groups: groups, tail: r.tail, rank: make([]int32, p.Groups), room: make([]int64, len(p.Limits))}
	k.behind = p.Before.Reverse()
	k.counted = len(p.Limits) > 0
	for _, g := range groups {
		k.counted = k.counted && len(p.Loads[g]) > 0 && p.Loads[g][0].Dimension == 0
	}
	return k
}

// start makes ready what waits for nothing of the stage.
func (k *packer) start() (ready []int32) {
	n := int32(k.p.Before.Len())
	k.wave, k.wait = make([]int32, k.p.Groups), make([]int32, n)
	for v := range n {
		k.wait[v] = int32(len(k.p.Before.Out(v)))
	}
	for v := range n {
		switch {
		case len(k.p.Before.Out(v)) > 0:
		case k.p.in(v, k.stage):
			ready = append(ready, v)
		default:
			ready = k.release(v, ready)
		}
	}
	return ready
}

// release tells those behind a node that it is done, and appends the groups of the
// stage that are ready then. Nodes between groups, and groups of other stages, are
// done at once: those of earlier stages are, and nothing waits for later ones.
func (k *packer) release(v int32, ready []int32) []int32 {
	for stack := []int32{v}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, w := range k.behind.Out(at) {
			if k.wait[w]--; k.wait[w] > 0 {
				continue
			}
			if k.p.in(w, k.stage) {
				ready = append(ready, w)
			} else {
				stack = append(stack, w)
			}
		}
	}
	return ready
}

// pack fills waves in an order, and reports whether at most so many were enough.
func (k *packer) pack(order []int32, most int, match bool) (waves int, enough bool) {
	for i, g := range order {
		k.rank[g] = int32(i)
	}
	byRank := func(a, b int32) int { return cmp.Compare(k.rank[a], k.rank[b]) }
	ready := k.start()
	slices.SortFunc(ready, byRank)
	for left := len(k.groups); left > 0; {
		if waves++; waves > most {
			return waves, false
		}
		k.open(int32(waves))
		if !k.must(ready, int32(most-waves+1)) {
			return waves, false
		}
		if match {
			k.match(ready)
		} else {
			k.fill(ready)
		}
		if len(k.placed) == 0 {
			return waves, false
		}
		left -= len(k.placed)
		var fresh []int32
		for _, g := range k.placed {
			fresh = k.release(g, fresh)
		}
		slices.SortFunc(fresh, byRank)
		ready = k.merged(ready, fresh)
	}
	return waves, true
}

// merged joins what is still ready with what has become so, in order.
func (k *packer) merged(ready, fresh []int32) []int32 {
	list := make([]int32, 0, len(ready)+len(fresh))
	for _, g := range ready {
		if k.wave[g] > 0 {
			continue
		}
		for len(fresh) > 0 && k.rank[fresh[0]] < k.rank[g] {
			list, fresh = append(list, fresh[0]), fresh[1:]
		}
		list = append(list, g)
	}
	return append(list, fresh...)
}

func (k *packer) open(wave int32) {
	copy(k.room, k.p.Limits)
	k.now, k.placed, k.common = wave, k.placed[:0], nil
	if k.p.Hurts != nil {
		k.hurt = k.p.hurting()
	}
}

// must places what cannot wait, and reports whether all of it fits.
func (k *packer) must(ready []int32, left int32) bool {
	for _, g := range ready {
		if k.tail[g] > left || k.tail[g] == left && !k.put(g) {
			return false
		}
	}
	return true
}

// fill places what fits, in order.
func (k *packer) fill(ready []int32) {
	misses := 0
	for _, g := range ready {
		k.spent++
		if k.wave[g] > 0 {
			continue
		}
		if k.put(g) {
			misses = 0
		} else if misses++; misses > mostMisses || k.counted && k.room[0] == 0 {
			return
		}
	}
}

// match places what fits, each time what asks most where most room is.
func (k *packer) match(ready []int32) {
	for {
		best, most := int32(-1), -1.0
		for _, g := range ready {
			k.spent++
			if k.wave[g] > 0 || !k.fits(g) {
				continue
			}
			score := float64(k.tail[g]) // longer chains first, else they are left over
			for _, l := range k.p.Loads[g] {
				limit := float64(k.p.Limits[l.Dimension])
				score += float64(l.Amount) / limit * float64(k.room[l.Dimension]) / limit
			}
			if score > most {
				best, most = g, score
			}
		}
		if best < 0 {
			return
		}
		k.put(best)
	}
}

// fits reports whether a group fits into what is left of the open wave.
func (k *packer) fits(g int32) bool {
	for _, l := range k.p.Loads[g] {
		if k.room[l.Dimension] < l.Amount {
			return false
		}
	}
	for _, other := range k.p.Apart[g] {
		if k.wave[other] == k.now || other == g {
			return false
		}
	}
	if k.hurt != nil && len(k.placed) > 0 && k.hurt.users+k.hurt.more(g) > k.p.MostHurt {
		return false
	}
	return !k.p.regional(k.stage) || len(k.placed) == 0 || len(meet(k.common, k.p.Regions[g])) > 0
}

// put places a group into the open wave, if it fits.
func (k *packer) put(g int32) bool {
	if !k.fits(g) {
		return false
	}
	if k.p.regional(k.stage) {
		common := k.p.Regions[g]
		if len(k.placed) > 0 {
			common = meet(k.common, common)
		}
		k.common = common
	}
	for _, l := range k.p.Loads[g] {
		k.room[l.Dimension] -= l.Amount
	}
	if k.hurt != nil {
		k.hurt.add(g)
	}
	k.wave[g] = k.now
	k.placed = append(k.placed, g)
	return true
}

// order is what a try goes by: the longest chain behind, then the load, then the key.
// Later tries weigh the loads otherwise.
func (k *packer) order(try int, seed uint64) []int32 {
	weight := make([]float64, k.p.Groups)
	random := rand.New(rand.NewPCG(seed, uint64(try)))
	for _, g := range k.groups {
		for _, l := range k.p.Loads[g] {
			w := float64(l.Amount) / float64(k.p.Limits[l.Dimension])
			if try%2 == 0 {
				weight[g] = max(weight[g], w)
			} else {
				weight[g] += w
			}
		}
		if try > 1 {
			weight[g] *= 0.7 + 0.6*random.Float64()
		}
	}
	order := slices.Clone(k.groups)
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(k.tail[b], k.tail[a]), cmp.Compare(weight[b], weight[a]))
	})
	return order
}
