package app

import (
	"context"
	"errors"
	"maps"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// consequent adds to the batch what follows from it, as mutations do. A dry run
// takes what it has not created as records without properties; what cannot be
// written as yet has no consequences.
func (b *importBatch) consequent(ctx context.Context, p *Proposal) ([]ImportHold, error) {
	err := b.im.app.consequent(ctx, p)
	if b.im.options.DryRun && (errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := b.im.app.seenHolds(ctx, p.told)
	var list []ImportHold
	for _, m := range seen {
		list = append(list, ImportHold{m.after.Key, append([]string{}, m.before...), append([]string{}, m.after.HeldBy...)})
	}
	return list, err
}

// propose is what the batch writes, as rules and consequences see it.
func (b *importBatch) propose() *Proposal {
	p := b.im.app.propose(&b.draft)
	p.remembered, p.wholes = b.im.memory, b.im.settled
	for end, id := range b.assumed {
		p.supposed = append(p.supposed, store.CreateNode{ID: id, Kind: end.Kind, Props: store.Props{"key": end.Key}})
	}
	return p
}

// unbrought takes out of properties what is worked out, and never brought.
func unbrought(k *entity.Kind, props store.Props) store.Props {
	for i := range k.Fields {
		f := &k.Fields[i]
		if _, said := props[f.Name]; said && f.Derived {
			props = maps.Clone(props)
			delete(props, f.Name)
		}
	}
	return props
}
