package demand

import (
	"context"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout/digraph"
)

// group joins steps that reach one another.
func (d *Demands) group(ctx context.Context, g *digraph.Graph) error {
	of, count, err := g.Components(ctx)
	if err != nil {
		return err
	}
	number := make([]int32, count) // nodes of Before, from 1
	d.GroupOf = make([]int32, len(d.got.Steps))
	for s := range d.got.Steps {
		n := &number[of[s]]
		if *n == 0 {
			d.Groups = append(d.Groups, nil)
			*n = int32(len(d.Groups))
		}
		d.GroupOf[s] = *n - 1
		d.Groups[*n-1] = append(d.Groups[*n-1], int32(s))
	}
	next := int32(len(d.Groups))
	d.Sorted = make([]int32, count)
	for c := range number {
		if number[c] == 0 {
			next++
			number[c] = next
		}
		d.Sorted[c] = number[c] - 1
	}
	p := pace.Of(ctx)
	b := digraph.New(count)
	for v := range int32(g.Len()) {
		if err := p.Steps(1 + len(g.Out(v))); err != nil {
			return err
		}
		for _, w := range g.Out(v) {
			if of[v] != of[w] {
				b.Add(number[of[v]]-1, number[of[w]]-1)
			}
		}
	}
	d.Before = b.Unique()
	return nil
}
