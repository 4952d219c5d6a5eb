package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"releasegraph/internal/domain"
)

// failedLogins is how many tokens of an address may be wrong, unless Config
// says otherwise.
var failedLogins = RateLimit{PerSecond: 1, Burst: 20}

// logins finds out who asks, and slows down addresses that present one token
// after the other that is not believed: what they send then is not looked at.
// Behind one address there may be many people: so only failures count, and a
// token that was believed before is looked at whatever others there do.
type logins struct {
	Identities
	limit RateLimit
	log   zerolog.Logger
	// refused counts tokens: those not believed, and those not looked at.
	refused *prometheus.CounterVec

	mu       sync.Mutex
	failures *simplelru.LRU[string, *failures]
	believed *simplelru.LRU[[sha256.Size]byte, struct{}]
}

// failures is how many more tokens of an address may be wrong. It falls below
// zero by what was looked at at the same time.
type failures struct {
	*rate.Limiter
	told bool // the log has it, until all is forgiven
}

func newLogins(c Config) *logins {
	// The errors are for a size below one.
	failures, _ := simplelru.NewLRU[string, *failures](maxCallers, nil)
	believed, _ := simplelru.NewLRU[[sha256.Size]byte, struct{}](maxCallers, nil)
	return &logins{
		Identities: c.Identities, limit: c.FailedLogins, log: c.Log, failures: failures, believed: believed,
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "releasegraph_refused_tokens_total", Help: "Tokens that were not believed (wrong), or not looked at since their address had sent too many such (slowed).",
		}, []string{"why"}),
	}
}

// slowedError says that a token was not looked at.
type slowedError struct{ wait time.Duration }

func (e *slowedError) Error() string {
	return fmt.Sprintf("too many tokens from this address were not believed; try again in %d s", seconds(e.wait))
}

// Identity implements Identities.
func (l *logins) Identity(ctx context.Context, token string) (acting.Identity, error) {
	address, hash := clientAddress(ctx), sha256.Sum256([]byte(token))
	if wait := l.wait(address, hash); wait > 0 {
		l.refused.WithLabelValues("slowed").Inc()
		return acting.Identity{}, &slowedError{wait}
	}
	id, err := l.Identities.Identity(ctx, token)
	l.note(address, hash, err)
	return id, err
}

// wait is for how long a token is not looked at.
func (l *logins) wait(address string, hash [sha256.Size]byte) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.believed.Get(hash); known {
		return 0
	}
	f, known := l.failures.Get(address)
	if !known {
		return 0
	}
	return time.Duration(max(0, 1-f.Tokens()) / l.limit.PerSecond * float64(time.Second))
}

// note keeps in mind how a token fared. What says nothing about the token, such
// as a provider that cannot be reached, is no failure.
func (l *logins) note(address string, hash [sha256.Size]byte, err error) {
	var why *domain.Error
	wrong := errors.As(err, &why) && why.Code == domain.Unauthenticated
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.believed.Add(hash, struct{}{})
		return
	case !wrong:
		return
	}
	l.refused.WithLabelValues("wrong").Inc()
	l.believed.Remove(hash)
	f, known := l.failures.Get(address)
	if !known {
		f = &failures{Limiter: rate.NewLimiter(rate.Limit(l.limit.PerSecond), l.limit.Burst)}
		l.failures.Add(address, f)
	}
	burst, left := float64(l.limit.Burst), f.Tokens()
	f.told = f.told && left < burst
	if left > -burst {
		f.Reserve()
	}
	if f.Tokens() < 1 && !f.told {
		f.told = true
		l.log.Warn().Str("address", address).Msg("an address sends tokens that are not believed, and is slowed down")
	}
}
