package cli

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/store"
)

// pursuing works through what is committed, as it is.
type pursuing struct {
	app   *app.App
	store store.Store
	log   zerolog.Logger
	// work does what is to be done now, and returns when there is something to do even
	// if nothing is committed; zero: nothing.
	work func(context.Context) (time.Time, error)
	// what says what it means that the work failed.
	what string
}

const (
	// lookEvery is how often is worked though nothing was committed.
	lookEvery = 5 * time.Second
	// breath is how long is waited at least.
	breath = 50 * time.Millisecond
)

// Run works until the context ends. What fails is logged and tried again.
func (p pursuing) Run(ctx context.Context) {
	for ctx.Err() == nil {
		head, err := p.app.Head(ctx)
		var next time.Time
		if err == nil {
			next, err = p.work(p.app.WithLoads(ctx))
		}
		if err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg(p.what)
			head = -1
		}
		p.wait(ctx, head, next)
	}
}

// wait waits until something is committed after a revision, or is to be done; after a
// failure it waits its time.
func (p pursuing) wait(ctx context.Context, head int64, next time.Time) {
	until := time.Now().Add(lookEvery)
	if !next.IsZero() && next.Before(until) {
		until = next
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	select {
	case <-time.After(breath):
	case <-ctx.Done():
	}
	if head < 0 {
		<-ctx.Done()
		return
	}
	_, _ = p.store.Await(ctx, store.Revision(head)) // it is looked again whatever comes
}
