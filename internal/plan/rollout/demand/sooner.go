package demand

import (
	"context"
	"slices"
)

// Sooner lists the steps whose work is over when a step begins, where they share a
// wave. It lists none where its context has ended.
func (d *Demands) Sooner(ctx context.Context, step int32) (steps []int32) {
	if d.explicit {
		for _, p := range d.pairs {
			if p.Hour && p.A == step {
				steps = append(steps, p.B)
			}
		}
		slices.Sort(steps)
		return slices.Compact(steps)
	}
	if d.tracer == nil {
		t, err := d.Tracer(ctx)
		if err != nil {
			return nil
		}
		d.tracer = t
	}
	demands, err := d.tracer.Within(ctx).Of(step)
	if err != nil {
		return nil
	}
	for i := range demands {
		if demands[i].After || demands[i].Later {
			steps = append(steps, demands[i].Other)
		}
	}
	return steps
}
