package server

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// DefaultRate is how many operations a second a caller may send where callers
// are known, unless the operator says otherwise: enough for a page that asks
// dozens of questions at once, and again, and too few to keep others waiting.
const DefaultRate = 50

// RateLimit is how many operations a caller may send: a number a second, on
// average, and how many of them at once. A zero PerSecond is no limit.
type RateLimit struct {
	PerSecond float64
	Burst     int // 0: ten seconds' worth
}

func (l RateLimit) withDefaults() RateLimit {
	if l.Burst == 0 {
		l.Burst = max(int(math.Ceil(10*l.PerSecond)), 1)
	}
	return l
}

// maxCallers bounds the memory for callers. Who is forgotten starts anew, and
// is forgotten only after so many others have called.
const maxCallers = 100_000

// rates knows how much each caller has left. A caller is who they are, or,
// where that is not known, where they call from.
type rates struct {
	limit RateLimit
	now   func() time.Time
	// refused counts what was beyond.
	refused prometheus.Counter

	mu      sync.Mutex
	callers *simplelru.LRU[string, *rate.Limiter]
}

func newRates(l RateLimit) *rates {
	// The error is for a size below one.
	callers, _ := simplelru.NewLRU[string, *rate.Limiter](maxCallers, nil)
	return &rates{limit: l.withDefaults(), now: time.Now, callers: callers, refused: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "releasegraph_rate_limited_total", Help: "Operations that were refused since their caller had sent too many.",
	})}
}

// left is what a caller has left after an operation was or was not let pass.
type left struct {
	pass      bool
	remaining int
	// wait is when there is one more.
	wait time.Duration
}

func (r *rates) take(caller string) left {
	now := r.now()
	r.mu.Lock()
	l, ok := r.callers.Get(caller)
	if !ok {
		l = rate.NewLimiter(rate.Limit(r.limit.PerSecond), r.limit.Burst)
		r.callers.Add(caller, l)
	}
	r.mu.Unlock()
	pass := l.AllowN(now, 1)
	if !pass {
		r.refused.Inc()
	}
	tokens := l.TokensAt(now)
	missing := max(0, math.Floor(tokens)+1-tokens)
	return left{pass: pass, remaining: max(0, int(tokens)), wait: time.Duration(missing / r.limit.PerSecond * float64(time.Second))}
}

// seconds rounds up, as headers want it: a client that waits so long is let pass.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// policy names the limit in the terms of the RateLimit-Policy header.
func (r *rates) policy() string {
	return fmt.Sprintf(`"operations";q=%d;w=%d`, r.limit.Burst, max(1, int(math.Ceil(float64(r.limit.Burst)/r.limit.PerSecond))))
}

// middleware counts requests, tells callers what they have left, and refuses
// those that are beyond.
func (r *rates) middleware(next http.Handler) http.Handler {
	if r.limit.PerSecond <= 0 {
		return next
	}
	policy := r.policy()
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		l := r.take(caller(q.Context()))
		w.Header().Set("RateLimit-Policy", policy)
		w.Header().Set("RateLimit", fmt.Sprintf(`"operations";r=%d;t=%d`, l.remaining, seconds(l.wait)))
		if !l.pass {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, seconds(l.wait))))
			refuse(w, q, http.StatusTooManyRequests, codeLimit, r.beyond())
			return
		}
		next.ServeHTTP(w, q)
	})
}

func (r *rates) beyond() string {
	return fmt.Sprintf("more operations than a caller may send: %g a second, %d at once; try again later", r.limit.PerSecond, r.limit.Burst)
}

// caller is who asks, or, of those who are nobody in particular, their address.
func caller(ctx context.Context) string {
	if r, ok := ctx.Value(requestKey{}).(*request); ok && r.actor != nobody {
		return "actor " + r.actor
	}
	return "address " + clientAddress(ctx)
}
