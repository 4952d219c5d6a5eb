package cli

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
)

// rolling lets roll-outs go on by themselves: waves begin when their time has come, and
// all else happens that is due.
type rolling struct {
	app *app.App
	log zerolog.Logger
	now func() time.Time
	// head is the revision at which it looked last, next when something is due then, zero:
	// nothing is.
	head int64
	next time.Time
}

// rollEvery is how often is looked for what is due.
const rollEvery = time.Second

// Run works until the context ends. What fails is logged and tried again. Due times follow
// from the records: where these have not changed, nothing is read.
func (r rolling) Run(ctx context.Context) {
	timer := time.NewTicker(rollEvery)
	defer timer.Stop()
	r.head = -1
	for {
		r.once(ctx)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

func (r *rolling) once(ctx context.Context) {
	ctx = r.app.WithLoads(ctx)
	head, err := r.app.Head(ctx)
	if err != nil || head == r.head && (r.next.IsZero() || r.now().Before(r.next)) {
		return
	}
	next, err := r.app.Running.Advance(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Error().Err(err).Msg("what is due in roll-outs could not be done, and is tried again")
		}
		r.head = -1
		return
	}
	r.head, r.next = head, next
}
