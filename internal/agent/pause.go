package agent

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// growing are pauses that grow from one to another.
func growing(from, to time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = from, max(from, to)
	return b
}
