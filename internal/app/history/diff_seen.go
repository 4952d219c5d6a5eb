package history

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/store"
)

// judged is of how many differences it is looked up together whether they are
// seen.
const judged = 4096

// seenDiff keeps, of what differs between two revisions, what the caller may
// see at both: what was made, at the end; what has gone, at the start.
func (a *Area) seenDiff(ctx context.Context, d *GraphDiff) (kept []int32, err error) {
	before, after := a.estate.At(ctx, store.Revision(d.From)), a.estate.At(ctx, store.Revision(d.To))
	if before.Part == nil {
		return d.order, nil
	}
	for some := range slices.Chunk(d.order, judged) {
		seen, err := seenAt(ctx, before, d, some, store.Created)
		if err != nil {
			return nil, err
		}
		if seen, err = seenAt(ctx, after, d, seen, store.Removed); err != nil {
			return nil, err
		}
		kept = append(kept, seen...)
	}
	return kept, nil
}

// seenAt keeps those of some differences that are seen in a view. Those of the
// verb are: what they are about is not there.
func seenAt(ctx context.Context, v estate.View, d *GraphDiff, some []int32, absent store.Verb) ([]int32, error) {
	var asked []store.Change
	seen := map[int32]bool{}
	for _, i := range some {
		if e := d.found.Head(int(i)); e.Verb() == absent {
			seen[i] = true
		} else {
			asked = append(asked, store.Change{Revision: store.Revision(i), Effects: []store.Effect{e}})
		}
	}
	kept, err := v.SeenOf(ctx, asked)
	for _, c := range kept {
		seen[int32(c.Revision)] = true
	}
	return slices.DeleteFunc(slices.Clone(some), func(i int32) bool { return !seen[i] }), err
}
