// Package server is the HTTP edge: transports, guards, identities, health and
// life cycle. What is answered is decided elsewhere.
package server

import (
	"context"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace"

	"releasegraph/internal/pipeline"
	"releasegraph/internal/server/budget"
)

// Config is what a Server is made of. Zero values mean the defaults named.
type Config struct {
	// Listen is the address, which must be a loopback one; a port 0 picks a
	// free port.
	Listen string
	// Drain is how long accepted requests may take to finish when the server
	// stops; 0 means 20 s.
	Drain time.Duration
	// OperationTimeout ends operations, down to the store; 0 means 30 s.
	OperationTimeout time.Duration
	// MaxBody is the largest request body in bytes; 0 means 1 MB.
	MaxBody int64
	// Limits are those of one GraphQL document.
	Limits Limits
	// Budget bounds what runs at the same time, by its price.
	Budget budget.Limits
	// MaxAnswer is the longest answer in bytes; 0 means 32 MB.
	MaxAnswer int64
	// MemoryLimit is how many bytes the process is to use at most: near it only
	// cheap operations begin. 0: no limit.
	MemoryLimit int64
	// Rate is how many operations a caller may send.
	Rate RateLimit
	// DevicePoll, when not 0, has devices of sites speak DDI with the server, and says how
	// long they sleep between two questions.
	DevicePoll time.Duration
	// Media bounds transfers of media.
	Media MediaLimits
	// FailedLogins is how many tokens that are not believed an address may send;
	// 0 means one a second, and 20 at once.
	FailedLogins RateLimit
	// TrustedProxies are believed when they say where a request comes from.
	TrustedProxies []netip.Prefix
	// Streams bound sockets and event streams.
	Streams StreamLimits
	// Origins are those of other sites whose pages may use the API, such as
	// https://portal.example.com.
	Origins []string
	// Identities, when not nil, says whose a request's token is; without it every
	// caller is believed, and the server must be reached by loopback only.
	Identities Identities
	// Recheck says why the actor of a context is nobody any more, such as an
	// expired token; nil while they are. It is asked again and again while a
	// socket or an event stream lives. Nil: nothing expires.
	Recheck func(context.Context) error
	// TLS names a certificate, where the server speaks TLS itself.
	TLS TLS
	// Metrics, when not nil, is where metrics are registered; Gather, when not
	// nil, is what /metrics shows.
	Metrics prometheus.Registerer
	Gather  prometheus.Gatherer
	// Tracer, when not nil, makes requests and operations spans.
	Tracer trace.TracerProvider
	// Slow is from when on an operation is logged as a slow one; 0 means 1 s.
	Slow time.Duration
	// HideSchema refuses introspection and does not serve the SDL;
	// HideSuggestions keeps the names of what exists out of errors.
	HideSchema, HideSuggestions bool
	// Persisted, when not nil, holds the only operations that are run.
	Persisted *PersistedOperations
	// Pipelines, when not nil, says who may tell of roll-outs without a token, and where
	// environments are.
	Pipelines *pipeline.Config
	Log       zerolog.Logger
}

// Limits bound what one GraphQL document may ask, before it is validated. Zero
// values mean the defaults named.
type Limits struct {
	Tokens        int // 15,000
	Depth         int // 12 levels of fields
	Nesting       int // 40 levels of an argument's or a variable's value
	Introspection int // 16 levels below __schema and __type
	Aliases       int // 100 renamed fields
	Siblings      int // 12 fields with sub-fields that share a place in the answer
	Fields        int // 20,000 fields, fragments counted wherever they are spread
	Directives    int // 100
	Price         int // 500,000: values that an answer can hold, and work
}

func (c Config) withDefaults() Config {
	c.Drain = or(c.Drain, 20*time.Second)
	c.OperationTimeout = or(c.OperationTimeout, 30*time.Second)
	c.Slow = or(c.Slow, time.Second)
	c.MaxBody = or(c.MaxBody, 1<<20)
	c.MaxAnswer = or(c.MaxAnswer, 32<<20)
	c.Limits = c.Limits.withDefaults()
	if c.FailedLogins == (RateLimit{}) {
		c.FailedLogins = failedLogins
	}
	return c
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Tokens: or(l.Tokens, 15_000), Depth: or(l.Depth, 12), Nesting: or(l.Nesting, 40), Introspection: or(l.Introspection, 16),
		Aliases: or(l.Aliases, 100), Siblings: or(l.Siblings, 12), Fields: or(l.Fields, 20_000),
		Directives: or(l.Directives, 100), Price: or(l.Price, 500_000),
	}
}

func or[T int | int64 | time.Duration](v, fallback T) T {
	if v == 0 {
		return fallback
	}
	return v
}

func (c Config) recheck(ctx context.Context) error {
	if c.Recheck == nil {
		return nil
	}
	return c.Recheck(ctx)
}

// originPatterns are the origins as the WebSocket library wants them.
func (c Config) originPatterns() []string { return c.Origins }
