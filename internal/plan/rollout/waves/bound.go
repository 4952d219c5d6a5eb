package waves

import "slices"

// bound is how many waves the groups of a stage take at least: by their longest
// chain; by the load of those that have a longer chain than k behind them (or before
// them) and so must be done k waves before the end (or cannot begin earlier), for
// each limit and k; by those of which no two fit together; by pairs that are apart;
// and by region.
func (p *Problem) bound(stage int, groups []int32, r ranks) int {
	if len(groups) == 0 {
		return 0
	}
	b := max(p.loadBound(groups, r), p.hurtBound(groups))
	for _, g := range groups {
		for _, other := range p.Apart[g] {
			if other != g && p.Stage[other] == stage {
				b = max(b, 2)
			}
		}
	}
	if p.regional(stage) {
		b = max(b, p.regionBound(groups, r))
	}
	return b
}

// Bound is how many waves some groups take at least.
func (p *Problem) Bound(counts func(group int32) bool) (sum int) {
	r := p.rank()
	for stage := range p.stages() {
		groups := slices.DeleteFunc(p.of(stage), func(g int32) bool { return !counts(g) })
		sum += p.bound(stage, groups, r)
	}
	return sum
}

func (p *Problem) loadBound(groups []int32, r ranks) int {
	longest := int32(1)
	for _, g := range groups {
		longest = max(longest, r.head[g], r.tail[g])
	}
	bound := int(longest)
	for _, rank := range [][]int32{r.head, r.tail} {
		// loads by rank and dimension, summed from the longest chain down
		sums := make([][]int64, longest+1)
		for k := range sums {
			sums[k] = make([]int64, len(p.Limits))
		}
		for _, g := range groups {
			for _, l := range p.Loads[g] {
				sums[rank[g]][l.Dimension] += l.Amount
			}
		}
		for k := int(longest) - 1; k >= 0; k-- {
			for d, limit := range p.Limits {
				sums[k][d] += sums[k+1][d]
				if load := sums[k+1][d]; load > 0 {
					bound = max(bound, k+int((load+limit-1)/limit))
				}
			}
		}
	}
	large := make([]int, len(p.Limits))
	for _, g := range groups {
		for _, l := range p.Loads[g] {
			if 2*l.Amount > p.Limits[l.Dimension] {
				large[l.Dimension]++
				bound = max(bound, large[l.Dimension])
			}
		}
	}
	return bound
}

// regionBound sums what groups of one region alone take: they share waves with those
// of their region only.
func (p *Problem) regionBound(groups []int32, r ranks) (sum int) {
	of := map[int32][]int32{}
	for _, g := range groups {
		if len(p.Regions[g]) == 1 {
			of[p.Regions[g][0]] = append(of[p.Regions[g][0]], g)
		}
	}
	for _, list := range of {
		single := ranks{head: make([]int32, len(r.head)), tail: make([]int32, len(r.tail))}
		for _, g := range list {
			single.head[g], single.tail[g] = 1, 1 // chains through other regions do not add up
		}
		least := p.loadBound(list, single)
		for _, g := range list {
			if slices.ContainsFunc(p.Apart[g], func(other int32) bool { return other != g && slices.Contains(list, other) }) {
				least = max(least, 2)
				break
			}
		}
		sum += least
	}
	return sum
}
