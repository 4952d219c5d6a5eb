package estate

import (
	"context"
	"errors"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// attempts is how often a decision is made anew when what it relied on has
// changed before it was committed.
const attempts = 10

// Writing is one mutation on its way.
type Writing struct {
	app    *Estate
	Source string
	Key    string // idempotency, empty: none
	Digest string // of the input, under an idempotency key
	Reason string
	DryRun bool
	// Earlier is what the same mutation did before, under the same key.
	Earlier *store.Change
	// told is what the consequences told.
	told []any
}

// Begin reads the options of a mutation, and finds out whether it is a repeat.
// The input is all that tells it from another mutation.
func (a *Estate) Begin(ctx context.Context, source string, o *domain.WriteOptions, input ...any) (*Writing, error) {
	w := &Writing{app: a, Source: source}
	if o == nil {
		return w, nil
	}
	w.DryRun = o.DryRun != nil && *o.DryRun
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

func (w *Writing) readOptions(o *domain.WriteOptions) error {
	var errs domain.Errors
	if o.Reason != nil {
		w.Reason = *o.Reason
		if err := domain.CheckText(w.Reason, domain.MaxIndexed); err != nil {
			errs = append(errs, refusal.Wrong("options.reason", "%s", err))
		}
	}
	if o.IdempotencyKey != nil {
		if err := domain.CheckKey(*o.IdempotencyKey); err != nil {
			errs = append(errs, refusal.Wrong("options.idempotencyKey", "%s", err))
		}
	}
	return errs.Err()
}

// changeset returns the draft with who, why, when and how.
func (w *Writing) changeset(ctx context.Context, d *Draft) store.Changeset {
	return store.Changeset{
		Ops: d.Ops, Guards: d.Guards, Actor: acting.Name(ctx), Reason: w.Reason, Source: source.Signed(ctx, w.Source) + w.Digest, Key: w.Key,
		At: w.app.Now().UTC().Truncate(time.Microsecond),
	}
}

// commit writes what decide decides. Where a guard does not hold, decide reads
// and decides anew; what the caller relied on (ifVersion) it refuses itself.
func (w *Writing) commit(ctx context.Context, decide func() (*Draft, error)) (*Draft, *store.Change, error) {
	if err := w.app.Admits(ctx, w.DryRun); err != nil {
		return nil, nil, err
	}
	var last error
	for range attempts {
		d, err := decide()
		p := w.app.Propose(d)
		if err = refusal.Both(refusal.AllPlain(err), p.bound(ctx)); err != nil {
			return nil, nil, err
		}
		err = w.app.Consequent(ctx, p)
		var change store.Change
		if err == nil {
			change, err = w.put(ctx, w.changeset(ctx, d))
		}
		if err == nil {
			d.refresh()
			w.told = p.Told
			return d, &change, w.sameInput(&change)
		}
		last = err
		var guard *store.ConflictError
		var gone *store.MissingError
		if errors.As(err, &guard) || errors.As(err, &gone) {
			continue
		}
		if d.Explain != nil {
			if better := d.Explain(ctx, err); better != nil {
				return nil, nil, better
			}
		}
		return nil, nil, refusal.OfStore(err)
	}
	return nil, nil, refusal.Contended(last)
}

func (w *Writing) put(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if w.DryRun {
		return w.app.Store.Preview(ctx, cs)
	}
	return w.app.Commit(ctx, cs)
}

// Commit writes a change set, and tells those who wait for it.
func (a *Estate) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	change, err := a.Store.Commit(ctx, cs)
	if err == nil {
		a.Committed(ctx, &change)
	}
	return change, err
}
