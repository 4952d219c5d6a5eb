package care

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/store"
)

// Retention keeps a span of history, and forgets what is older now and then.
type Retention struct {
	Store store.Store
	Keep  time.Duration
	Now   func() time.Time
	Log   zerolog.Logger
}

// Every is how often a retention looks: a small part of what it keeps, and not
// more often than once a minute.
func (r Retention) Every() time.Duration {
	const most = time.Hour
	return min(max(r.Keep/50, time.Minute), most)
}

// Run works until the context ends. What fails is logged and tried again.
func (r Retention) Run(ctx context.Context) {
	timer := time.NewTicker(r.Every())
	defer timer.Stop()
	for {
		r.Once(ctx)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// Once forgets what is older than the span, and says so in the log.
func (r Retention) Once(ctx context.Context) {
	f, err := Compact(ctx, r.Store, r.Now().Add(-r.Keep))
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.Log.Warn().Err(err).Msg("old history could not be forgotten; it is tried again later")
	case f.Changes > 0:
		r.Log.Info().Int64("changes", f.Changes).Int64("oldest", int64(f.Oldest)).Str("heldBy", f.HeldBy).Msg("old history is forgotten")
	}
}
