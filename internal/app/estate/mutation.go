package estate

import (
	"context"

	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Mutation is what somebody asks to be done with records of a kind.
type Mutation struct {
	Action  authz.Action // that they must be allowed
	Kind    string
	Options *domain.WriteOptions
	// Input is all that tells it from another mutation. Under an idempotency key
	// the log keeps a digest of it, so that what stands in here, and in which
	// order, stays as it is.
	Input []any
}

// Mutate does something with one record. Besides the draft, decide gives the
// record as it will be, nil when removed.
func (a *Estate) Mutate(ctx context.Context, m Mutation, decide func(*entity.Kind) (*Draft, entity.Record, error)) (*Written, error) {
	w, k, err := a.Admit(ctx, m)
	if err != nil {
		return nil, err
	}
	return CarryOut(ctx, w, Outcome[entity.Record, Written]{
		Recall: func(ctx context.Context, c *store.Change) (entity.Record, error) { return a.Subject(ctx, k, c) },
		Tell:   a.written,
	}, func() (*Draft, entity.Record, error) { return decide(k) })
}

// Admit begins a mutation, if the caller may do it.
func (a *Estate) Admit(ctx context.Context, m Mutation) (*Writing, *entity.Kind, error) {
	k, err := a.AllowedKind(ctx, m.Action, m.Kind)
	if err != nil {
		return nil, nil, err
	}
	w, err := a.Begin(ctx, source.API, m.Options, m.Input...)
	return w, k, err
}

// Outcome is how an answer A tells what a mutation did, by what was decided, D.
type Outcome[D, A any] struct {
	// Recall reads from the log what was decided by what has become of it.
	Recall func(context.Context, *store.Change) (D, error)
	// Tell answers; known are records by which changes name what they are about.
	Tell func(ctx context.Context, w *Writing, decided D, c *store.Change, known []entity.Record) (*A, error)
}

// CarryOut commits what is decided, and tells what that did. What was done
// before, under the same key, is told again.
func CarryOut[D, A any](ctx context.Context, w *Writing, o Outcome[D, A], decide func() (*Draft, D, error)) (*A, error) {
	change := w.Earlier
	if change == nil {
		var decided D
		d, made, err := w.commit(ctx, func() (d *Draft, err error) {
			d, decided, err = decide()
			return d, err
		})
		if err != nil {
			return nil, err
		}
		if w.Key == "" || w.DryRun || len(made.Effects) == 0 {
			stamp(d.Known, made)
			enrol(ctx, w.app.Today(ctx), d.Known...)
			return o.Tell(ctx, w, decided, made, d.Known)
		}
		// Two of the same may have met: the answer is what the log holds.
		change = made
	}
	decided, err := o.Recall(ctx, change)
	if err != nil {
		return nil, err
	}
	return o.Tell(ctx, w, decided, change, nil)
}
