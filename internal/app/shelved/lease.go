package shelved

import (
	"context"
	"errors"
	"time"
)

// Lease is how long somebody has something on a shelf for themselves, unless they renew it.
// One who was killed is followed by another when it is over.
const Lease = 15 * time.Second

// renewals is how often a lease is renewed before it would be over.
const renewals = 3

// ErrLost says that somebody else has what a lease was for.
var ErrLost = errors.New("the lease is somebody else's")

// Hold does something for which a lease was taken, and renews that meanwhile. When it is
// lost, the context ends with ErrLost as its cause. A renewal that fails otherwise is tried
// again, as long as the lease may last.
func Hold(ctx context.Context, renew func(context.Context) error, do func(context.Context) error) error {
	return hold(ctx, Lease/renewals, renew, do)
}

func hold(ctx context.Context, every time.Duration, renew func(context.Context) error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for failed := 0; ; {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			err := renew(ctx)
			if failed++; err == nil {
				failed = 0
			}
			if errors.Is(err, ErrLost) || failed == renewals {
				cancel(errors.Join(ErrLost, err))
				return
			}
		}
	}()
	err := do(ctx)
	lost := context.Cause(ctx)
	cancel(nil)
	<-ended
	if errors.Is(lost, ErrLost) {
		return lost
	}
	return err
}
