package app

import (
	"context"
	"errors"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// attempts is how often a decision is made anew when what it relied on has
// changed before it was committed.
const attempts = 10

// writing is one mutation on its way.
type writing struct {
	app    *App
	source string
	key    string // idempotency, empty: none
	digest string // of the input, under an idempotency key
	reason string
	dryRun bool
	// earlier is what the same mutation did before, under the same key.
	earlier *store.Change
	// told is what the consequences told.
	told []any
}

// begin reads the options of a mutation, and finds out whether it is a repeat.
// The input is all that tells it from another mutation.
func (a *App) begin(ctx context.Context, source string, o *domain.WriteOptions, input ...any) (*writing, error) {
	w := &writing{app: a, source: source}
	if o == nil {
		return w, nil
	}
	w.dryRun = o.DryRun != nil && *o.DryRun
	if err := w.readOptions(o); err != nil {
		return nil, err
	}
	if o.IdempotencyKey == nil {
		return w, nil
	}
	if err := w.identify(ctx, *o.IdempotencyKey, input); err != nil {
		return nil, err
	}
	return w, w.findEarlier(ctx)
}

func (w *writing) readOptions(o *domain.WriteOptions) error {
	var errs domain.Errors
	if o.Reason != nil {
		w.reason = *o.Reason
		if err := domain.CheckText(w.reason, domain.MaxIndexed); err != nil {
			errs = append(errs, wrong("options.reason", "%s", err))
		}
	}
	if o.IdempotencyKey != nil {
		if err := domain.CheckKey(*o.IdempotencyKey); err != nil {
			errs = append(errs, wrong("options.idempotencyKey", "%s", err))
		}
	}
	return errs.Err()
}

// changeset is the draft with who, why, when and how.
func (w *writing) changeset(ctx context.Context, d *draft) store.Changeset {
	return store.Changeset{
		Ops: d.ops, Guards: d.guards, Actor: actorName(ctx), Reason: w.reason, Source: signedSource(ctx, w.source) + w.digest, Key: w.key,
		At: w.app.now().UTC().Truncate(time.Microsecond),
	}
}

// commit writes what decide decides. Where a guard does not hold, decide reads
// and decides anew; what the caller relied on (ifVersion) it refuses itself.
func (w *writing) commit(ctx context.Context, decide func() (*draft, error)) (*draft, *store.Change, error) {
	if err := w.app.admits(ctx, w.dryRun); err != nil {
		return nil, nil, err
	}
	var last error
	for range attempts {
		d, err := decide()
		p := w.app.propose(d)
		if err = both(err, w.app.bound(ctx, p)); err != nil {
			return nil, nil, err
		}
		err = w.app.consequent(ctx, p)
		var change store.Change
		if err == nil {
			change, err = w.put(ctx, w.changeset(ctx, d))
		}
		if err == nil {
			d.refresh()
			w.told = p.told
			return d, &change, w.sameInput(&change)
		}
		last = err
		var guard *store.ConflictError
		var gone *store.MissingError
		if errors.As(err, &guard) || errors.As(err, &gone) {
			continue
		}
		if d.explain != nil {
			if better := d.explain(ctx, err); better != nil {
				return nil, nil, better
			}
		}
		return nil, nil, storeError(err)
	}
	return nil, nil, contended(last)
}

func (w *writing) put(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if w.dryRun {
		return w.app.store.Preview(ctx, cs)
	}
	return w.app.commit(ctx, cs)
}

// commit writes a change set, and tells those who wait for it.
func (a *App) commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	change, err := a.store.Commit(ctx, cs)
	if err == nil {
		a.committed(ctx, &change)
	}
	return change, err
}
