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
	touched, err := w.follow(ctx, head)
	if err != nil {
		w.head = -1
		return next, err
	}
	w.head, w.last = head, now
	var failed []error
	for _, id := range w.turn(touched, now) {
		if err := w.lookAt(ctx, id, slices.Contains(touched, id), now); err != nil {
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

// changesAtOnce is how many change sets are read at once, and mostChanges how many are
// followed: behind more than that all deployments are looked at.
const changesAtOnce, mostChanges = 200, 5000

// follow lists the deployments to which something happened since the last look.
func (w *Watch) follow(ctx context.Context, head store.Revision) ([]store.ID, error) {
	if w.head == head {
		return nil, nil
	}
	if w.head < 0 || head < w.head || head-w.head > mostChanges {
		return nil, w.all(ctx)
	}
	t := touch{deployments: map[store.ID]bool{}, waves: map[store.ID]bool{}, sites: map[store.ID]bool{}}
	for after := w.head; after < head; {
		changes, err := w.area.estate.Store.Changes(ctx, after, changesAtOnce)
		if errors.Is(err, store.ErrCompacted) || err == nil && len(changes) == 0 {
			return nil, w.all(ctx)
		}
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for i := range changes {
			t.note(&changes[i])
		}
		after = changes[len(changes)-1].Revision
	}
	return t.above(ctx, w.area.estate.Everything())
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

// touch is what of roll-outs change sets touched.
type touch struct{ deployments, waves, sites map[store.ID]bool }

func (t *touch) note(c *store.Change) {
	for i := range c.Effects {
		switch e := &c.Effects[i]; {
		case e.Kind == domain.KindDeployment:
			t.deployments[e.Node] = true
		case e.Kind == domain.KindWave:
			t.waves[e.Node] = true
		case e.Kind == domain.KindSiteRollout:
			t.sites[e.Node] = true
		case e.Node == "" && e.Edge.Rel == domain.RelHasWave:
			t.deployments[e.Edge.From] = true
		case e.Node == "" && e.Edge.Rel == domain.RelTargets:
			t.waves[e.Edge.From] = true
		}
	}
}

// above lists the deployments, with those above the waves and the sites.
func (t *touch) above(ctx context.Context, v estate.View) (list []store.ID, err error) {
	for _, step := range []struct {
		from, to  map[store.ID]bool
		rel, kind string
	}{{t.sites, t.waves, domain.RelTargets, domain.KindWave}, {t.waves, t.deployments, domain.RelHasWave, domain.KindDeployment}} {
		ids := make([]store.ID, 0, len(step.from))
		for id := range step.from {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		far, err := v.Far(ctx, ids, step.rel, store.In, step.kind)
		if err != nil {
			return nil, err
		}
		for _, nodes := range far {
			for _, n := range nodes {
				step.to[n.ID] = true
			}
		}
	}
	for id := range t.deployments {
		list = append(list, id)
	}
	return list, nil
}
