package webhook

import (
	"context"
	"errors"
	"sync"
	"time"

	"releasegraph/internal/app/shelved"
)

// moment is how long a pass waits for receivers. Those that take longer are sent to beside
// the passes that follow, which they do not hold up.
const moment = 200 * time.Millisecond

// Deliverer sends what is owed to all webhooks, pass by pass, to each at the pace of its
// receiver.
type Deliverer struct {
	area     *Area
	by       Sender
	holder   string
	patience time.Duration
	// well and slow are the places of those that are sent to at the same time: receivers that
	// are slow have some of their own, and hold up no others.
	well, slow chan struct{}
	running    sync.WaitGroup

	mu sync.Mutex
	// busy are the webhooks that are sent to, by id: true, where a pass came by meanwhile,
	// so that there may be more for them.
	busy   map[string]bool
	failed error // since the last pass
}

// Deliverer returns one that sends as a holder.
func (a *Area) Deliverer(by Sender, holder string) *Deliverer {
	return &Deliverer{area: a, by: by, holder: holder, patience: moment, well: make(chan struct{}, hooksAtOnce), slow: make(chan struct{}, slowAtOnce), busy: map[string]bool{}}
}

// Deliver sends what is owed to all webhooks that nobody else is at, waits for it, and
// returns when something that failed is to be tried again: zero where nothing is.
func (a *Area) Deliver(ctx context.Context, by Sender, holder string) (next time.Time, err error) {
	d := a.Deliverer(by, holder)
	d.patience = time.Hour
	return d.Pass(ctx)
}

// Wait waits for what is sent still.
func (d *Deliverer) Wait() { d.running.Wait() }

// Pass begins to send what is owed to all webhooks that nobody is at. It returns when
// something that failed is to be tried again, as far as it knows after a moment: zero where
// nothing is.
func (d *Deliverer) Pass(ctx context.Context) (next time.Time, err error) {
	if d.area.estate.Shelf == nil {
		return next, nil
	}
	hooks, err := d.area.all(ctx)
	if err != nil {
		return next, err
	}
	due := make(chan time.Time, len(hooks))
	begun := 0
	for _, w := range hooks {
		if w.idle() || !d.claim(w.ID) {
			continue
		}
		begun++
		d.running.Go(func() { due <- d.sendTo(ctx, w) })
	}
	late := time.After(d.patience)
	for range begun {
		select {
		case at := <-due:
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		case <-late:
			return next, d.failures()
		}
	}
	return next, d.failures()
}

// idle reports whether nothing is sent to a webhook.
func (w *Webhook) idle() bool { return w.Pause != nil || w.state.GaveUpAt != nil }

// sendTo sends to a webhook until nothing is owed to it, and returns when something is due.
func (d *Deliverer) sendTo(ctx context.Context, w *Webhook) (due time.Time) {
	for {
		due, err := d.inTurn(ctx, w)
		if d.release(w.ID, err) {
			return due
		}
		hooks, err := d.area.all(ctx, w.ID)
		if err != nil || len(hooks) == 0 || hooks[0].idle() {
			d.release(w.ID, errors.Join(err, errHeld))
			return due
		}
		w = hooks[0]
	}
}

func (d *Deliverer) inTurn(ctx context.Context, w *Webhook) (due time.Time, err error) {
	p := &place{well: d.well, slow: d.slow, left: make(chan struct{})}
	if err := p.enter(ctx, w.state.Slow); err != nil {
		return due, err
	}
	defer p.leave()
	return d.area.deliverTo(ctx, w, d.by, d.holder, p.slowly)
}

// claim reports whether nobody was at a webhook, who is now.
func (d *Deliverer) claim(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, at := d.busy[id]
	d.busy[id] = at
	return !at
}

// release leaves a webhook, unless a pass came by meanwhile, and reports whether it did.
func (d *Deliverer) release(id string, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil && d.busy[id] {
		d.busy[id] = false
		return false
	}
	delete(d.busy, id)
	if err != nil && !errors.Is(err, shelved.ErrLost) {
		d.failed = errors.Join(d.failed, err)
	}
	return true
}

func (d *Deliverer) failures() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.failed
	d.failed = nil
	return err
}
