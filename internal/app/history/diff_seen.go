package history

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/store"
)

// seenDiff keeps, of what differs between two revisions, what the caller may
// see at both: what was made, at the end; what has gone, at the start.
func (a *Area) seenDiff(ctx context.Context, effects []store.Effect, start, end store.Revision) ([]store.Effect, error) {
	before, after := a.At(ctx, start), a.At(ctx, end)
	if before.Part == nil {
		return effects, nil
	}
	was, err := seenAt(ctx, before, effects, store.Created)
	if err != nil {
		return nil, err
	}
	is, err := seenAt(ctx, after, effects, store.Removed)
	if err != nil {
		return nil, err
	}
	var kept []store.Effect
	for i, e := range effects {
		if was[i] && is[i] {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// seenAt tells of each effect whether it is seen in a view. Those of the verb
// are: what they are about is not there.
func seenAt(ctx context.Context, v estate.View, effects []store.Effect, absent store.Verb) ([]bool, error) {
	seen := make([]bool, len(effects))
	var asked []store.Change
	for i := range effects {
		if seen[i] = effects[i].Verb() == absent; !seen[i] {
			asked = append(asked, store.Change{Revision: store.Revision(i), Effects: effects[i : i+1]})
		}
	}
	kept, err := v.SeenOf(ctx, asked)
	for _, c := range kept {
		seen[c.Revision] = true
	}
	return seen, err
}
