package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// mutation is what somebody asks to be done with records of a kind.
type mutation struct {
	action  authz.Action // that they must be allowed
	kind    string
	options *domain.WriteOptions
	// input is all that tells it from another mutation. Under an idempotency key
	// the log keeps a digest of it, so that what stands in here, and in which
	// order, stays as it is.
	input []any
}

// mutate does something with one record. Besides the draft, decide gives the
// record as it will be, nil when removed.
func (a *App) mutate(ctx context.Context, m mutation, decide func(*entity.Kind) (*draft, entity.Record, error)) (*Written, error) {
	w, k, err := a.admit(ctx, m)
	if err != nil {
		return nil, err
	}
	return carryOut(ctx, w, outcome[entity.Record, Written]{
		recall: func(ctx context.Context, c *store.Change) (entity.Record, error) { return a.subject(ctx, k, c) },
		tell:   a.written,
	}, func() (*draft, entity.Record, error) { return decide(k) })
}

// admit begins a mutation, if the caller may do it.
func (a *App) admit(ctx context.Context, m mutation) (*writing, *entity.Kind, error) {
	k, err := a.allowedKind(ctx, m.action, m.kind)
	if err != nil {
		return nil, nil, err
	}
	w, err := a.begin(ctx, sourceAPI, m.options, m.input...)
	return w, k, err
}

// outcome is how an answer A tells what a mutation did, by what was decided, D.
type outcome[D, A any] struct {
	// recall reads from the log what was decided by what has become of it.
	recall func(context.Context, *store.Change) (D, error)
	// tell answers; known are records by which changes name what they are about.
	tell func(ctx context.Context, w *writing, decided D, c *store.Change, known []entity.Record) (*A, error)
}

// carryOut commits what is decided, and tells what that did. What was done
// before, under the same key, is told again.
func carryOut[D, A any](ctx context.Context, w *writing, o outcome[D, A], decide func() (*draft, D, error)) (*A, error) {
	change := w.earlier
	if change == nil {
		var decided D
		d, made, err := w.commit(ctx, func() (d *draft, err error) {
			d, decided, err = decide()
			return d, err
		})
		if err != nil {
			return nil, err
		}
		if w.key == "" || w.dryRun || len(made.Effects) == 0 {
			stamp(d.known, made)
			return o.tell(ctx, w, decided, made, d.known)
		}
		// Two of the same may have met: the answer is what the log holds.
		change = made
	}
	decided, err := o.recall(ctx, change)
	if err != nil {
		return nil, err
	}
	return o.tell(ctx, w, decided, change, nil)
}
