package bulk

import (
	"context"
	"errors"
	"maps"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// consequent adds to the batch what follows from it, as mutations do. In a dry run records
// that earlier batches would have created stand in without properties. A batch that cannot
// be written has no consequences yet.
func (b *importBatch) consequent(ctx context.Context, p *estate.Proposal) ([]ImportHold, error) {
	err := b.im.app.estate.Consequent(ctx, p)
	if b.im.options.DryRun && (errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := b.im.app.calendar.SeenHolds(ctx, p.Told)
	var list []ImportHold
	for _, m := range seen {
		list = append(list, ImportHold{m.After.Key, append([]string{}, m.Before...), append([]string{}, m.After.HeldBy...)})
	}
	return list, err
}

// propose returns what the batch writes, as rules and consequences see it.
func (b *importBatch) propose() *estate.Proposal {
	p := b.im.app.estate.Propose(&b.Draft)
	p.Remembered, p.Wholes = b.im.memory, b.im.settled
	for end, id := range b.assumed {
		p.Supposed = append(p.Supposed, store.CreateNode{ID: id, Kind: end.Kind, Props: store.Props{"key": end.Key}})
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
