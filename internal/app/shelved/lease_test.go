package shelved

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What takes longer than a lease has it renewed until it is done.
func TestALeaseIsRenewedWhileItIsHeldAtOnce(t *testing.T) {
	renewed := make(chan struct{})
	err := hold(t.Context(), time.Millisecond, func(context.Context) error {
		renewed <- struct{}{}
		return nil
	}, func(ctx context.Context) error {
		for range 5 {
			<-renewed
		}
		go func() {
			for range renewed { // what comes before it hears of the end
				continue
			}
		}()
		return ctx.Err()
	})
	close(renewed)
	if err != nil {
		t.Error(err)
	}
}

// Who has lost the lease hears of it, at once or when renewing has failed for as long as it
// lasts.
func TestWhoLosesTheLeaseHearsOfItAtOnce(t *testing.T) {
	for _, why := range []error{ErrLost, errors.New("the store cannot be reached")} {
		err := hold(t.Context(), time.Millisecond, func(context.Context) error { return why }, func(ctx context.Context) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		if !errors.Is(err, ErrLost) || !errors.Is(err, why) {
			t.Error(err)
		}
	}
}
