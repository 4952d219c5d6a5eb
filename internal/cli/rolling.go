package cli

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	roll "releasegraph/internal/app/running"
	"releasegraph/internal/store"
)

// rolling lets roll-outs go on by themselves: waves begin when their time has come, and
// all else happens that is due.
type rolling struct {
	app   *app.App
	store store.Store
	log   zerolog.Logger
	now   func() time.Time
}

const (
	// rollEvery is how often is looked at least for what is due: a clock may be moved.
	rollEvery = time.Second
	// rollBreath is how long is waited at least.
	rollBreath = 20 * time.Millisecond
)

// Run works until the context ends. What fails is logged and tried again.
func (r rolling) Run(ctx context.Context) {
	watch := roll.NewWatch(r.app.Running)
	for ctx.Err() == nil {
		next, err := watch.Look(r.app.WithLoads(ctx))
		head := watch.Head()
		if err != nil && ctx.Err() == nil {
			r.log.Error().Err(err).Msg("what is due in roll-outs could not be done, and is tried again")
			next, head = time.Time{}, -1 // a store that is away tells of nothing that comes
		}
		r.wait(ctx, head, next)
	}
}

// wait waits until something is committed after a revision (below 0: until the next look),
// or is due.
func (r rolling) wait(ctx context.Context, head int64, next time.Time) {
	until := rollEvery
	if !next.IsZero() {
		until = max(rollBreath, min(until, next.Sub(r.now())))
	}
	ctx, cancel := context.WithTimeout(ctx, until)
	defer cancel()
	select {
	case <-time.After(rollBreath):
	case <-ctx.Done():
	}
	if head < 0 {
		<-ctx.Done()
		return
	}
	_, _ = r.store.Await(ctx, store.Revision(head)) // it is looked again whatever comes
}
