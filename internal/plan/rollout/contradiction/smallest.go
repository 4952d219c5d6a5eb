// Package contradiction finds small sets of constraints that cannot hold together.
package contradiction

import (
	"context"
	"slices"
)

// Smallest returns, of so many constraints that do not hold together, a set that does
// not and of which any one less does: irreducible, not of the least number. Holds
// answers for a set, given as ascending numbers; fewer constraints hold wherever more
// do. Those of low numbers are kept where there is a choice. It is QuickXplain
// (Junker, 2004). Without any constraint everything must hold. It stops when its
// context ends.
func Smallest(ctx context.Context, constraints int, holds func([]int) bool) ([]int, error) {
	all := make([]int, constraints)
	for i := range all {
		all[i] = i
	}
	s := search{ctx: ctx, holds: holds}
	set := s.explain(nil, all, false)
	slices.Sort(set)
	return set, ctx.Err()
}

type search struct {
	ctx   context.Context
	holds func([]int) bool
}

// explain returns what of a list does not hold together with a background, of which
// something was added last when delta is not empty.
func (s *search) explain(background, list []int, added bool) []int {
	if s.ctx.Err() != nil || added && !s.check(background) {
		return nil
	}
	if len(list) == 1 {
		return list
	}
	first, second := list[:len(list)/2], list[len(list)/2:]
	fromSecond := s.explain(slices.Concat(background, first), second, len(first) > 0)
	fromFirst := s.explain(slices.Concat(background, fromSecond), first, len(fromSecond) > 0)
	return append(fromFirst, fromSecond...)
}

func (s *search) check(set []int) bool {
	sorted := slices.Clone(set)
	slices.Sort(sorted)
	return s.holds(sorted)
}
