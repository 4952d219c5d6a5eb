package running

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/touched"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Watch lets happen what is due in the deployments that are on their way, and looks at
// those alone to which something happened, or in which something is due (D2, D4, D8).
// It follows the log, so that what other servers do counts as well.
type Watch struct {
	area *Area
	// head is up to where the log was followed, below 0: nowhere.
	head store.Revision
	// due is when each deployment that is on its way is to be looked at next, zero: not
	// before something happens to it.
	due map[store.ID]time.Time
	// last is when was looked last.
	last time.Time
}

// NewWatch begins to watch.
func NewWatch(a *Area) *Watch { return &Watch{area: a, head: -1} }

// Head is the revision up to which the log was followed.
func (w *Watch) Head() int64 { return int64(w.head) }

// rest is how long a deployment is left alone that was looked at: then its sites are
// looked at one by one.
const rest = time.Second

// Look lets happen what is due by now, and returns when something is due next, zero:
// nothing is. What fails for one deployment is told behind the others, and tried again.
func (w *Watch) Look(ctx context.Context) (next time.Time, err error) {
	ctx = acting.WithIdentity(ctx, acting.Clock)
	head, err := w.area.estate.Store.Head(ctx)
	if err != nil {
		return next, refusal.OfStore(err)
	}
	now := w.area.estate.Clock()
	if now.Before(w.last) {
		w.head = -1 // the clock went back: what was reckoned by it is reckoned anew
	}
	list, err := w.follow(ctx, head)
	if err != nil {
		w.head = -1
		return next, err
	}
	w.head, w.last = head, now
	var failed []error
	for _, id := range w.turn(list, now) {
		if err := w.lookAt(ctx, id, slices.Contains(list, id), now); err != nil {
			failed = append(failed, err)
			w.due[id] = now.Add(rest)
		}
		if ctx.Err() != nil {
			return next, ctx.Err()
		}
	}
	for _, at := range w.due {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, errors.Join(failed...)
}

// turn lists the deployments that are to be looked at.
func (w *Watch) turn(touched []store.ID, now time.Time) []store.ID {
	list := touched
	for id, at := range w.due {
		if !at.IsZero() && !now.Before(at) {
			list = append(list, id)
		}
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// lookAt looks at a deployment: at how many sites are where as soon as something happened
// to it, at the sites themselves when their time has come.
func (w *Watch) lookAt(ctx context.Context, id store.ID, touched bool, now time.Time) error {
	found, err := estate.ByID[*domain.Deployment](ctx, w.area.estate.Everything(), id)
	if err != nil {
		return err
	}
	d := found[id]
	if d == nil || !slices.Contains(onTheWay, d.Status) {
		delete(w.due, id)
		return nil
	}
	at, known := w.due[id]
	whole := known && !at.IsZero() && !now.Before(at)
	read := w.area.look
	switch {
	case whole:
	case touched && d.Status != domain.DeploymentBackingOut:
		read = w.area.open
	default:
		w.due[id] = now.Add(rest)
		return nil
	}
	next, err := w.area.advance(ctx, d, read)
	if err != nil {
		return fmt.Errorf("%s: %w", d.Key, err)
	}
	if whole {
		w.due[id] = next
		return nil
	}
	if soon := now.Add(rest); at.IsZero() || soon.Before(at) {
		w.due[id] = soon
	}
	return nil
}

// follow lists the deployments to which something happened since the last look.
func (w *Watch) follow(ctx context.Context, head store.Revision) ([]store.ID, error) {
	if w.head == head {
		return nil, nil
	}
	list, followed, err := touched.Deployments(ctx, w.area.estate.Store, w.area.estate.Everything(), w.head, head)
	if err == nil && !followed {
		err = w.all(ctx)
	}
	return list, err
}

// all has all deployments that are on their way looked at, at once.
func (w *Watch) all(ctx context.Context) error {
	list, err := allOnTheWay(ctx, w.area.estate)
	w.due = map[store.ID]time.Time{}
	for _, d := range list {
		w.due[store.ID(d.ID)] = time.Unix(0, 0)
	}
	return err
}
