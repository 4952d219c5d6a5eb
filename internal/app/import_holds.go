package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// OfPlan tells whether an item is about when changes are planned, where and on
// what, or about freezes: holds come about by such.
func OfPlan(i *interchange.Item) bool {
	var b holdBearing
	if i.IsEdge() {
		b.edge(i.Rel.Name)
		return b.plan
	}
	kinds := []string{domain.KindChangeRequest, domain.KindFreeze, domain.KindFreezeException}
	return slices.Contains(kinds, i.Kind.Name)
}

// hold does for the batch what mutations do for theirs (H6). A dry run takes
// what it has not created as records without properties; what cannot be
// written as yet holds nothing.
func (b *importBatch) hold(ctx context.Context, cs *store.Changeset) ([]ImportHold, error) {
	for end, id := range b.assumed {
		cs.Ops = slices.Concat([]store.Op{store.CreateNode{ID: id, Kind: end.Kind, Props: store.Props{"key": end.Key}}}, cs.Ops)
	}
	moved, err := b.im.app.hold(ctx, cs)
	if b.im.options.DryRun && (errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := b.im.app.seenHolds(ctx, moved)
	var list []ImportHold
	for _, m := range seen {
		list = append(list, ImportHold{m.after.Key, append([]string{}, m.before...), append([]string{}, m.after.HeldBy...)})
	}
	return list, err
}

// unheld takes out of properties which freezes hold a request: that is never
// brought but worked out (H6).
func (b *importBatch) unheld(props store.Props) store.Props {
	if _, said := props["heldBy"]; !said {
		return props
	}
	props = maps.Clone(props)
	delete(props, "heldBy")
	return props
}
