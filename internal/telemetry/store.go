package telemetry

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"releasegraph/internal/store"
	"releasegraph/internal/store/observed"
)

func attributes(o Options) []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("service.name", "releasegraph"), attribute.String("service.version", o.Version)}
}

// StoreCalls counts and times the calls to a store, and makes each a span.
type StoreCalls struct {
	tracer  trace.Tracer
	tracing bool
	seconds *prometheus.HistogramVec
	failed  *prometheus.CounterVec
}

var _ observed.Observer = (*StoreCalls)(nil)

// NewStoreCalls registers the metrics of store calls.
func (t *Telemetry) NewStoreCalls() *StoreCalls {
	c := &StoreCalls{
		tracer: t.Provider.Tracer("releasegraph/store"), tracing: t.Tracing,
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "releasegraph_store_call_seconds", Help: "How long calls to the store took, by the port's method.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9),
		}, []string{"method"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "releasegraph_store_call_errors_total", Help: "Calls to the store that failed, by method and by the port's error.",
		}, []string{"method", "error"}),
	}
	t.Registry.MustRegister(c.seconds, c.failed)
	return c
}

// Begin begins a call.
func (c *StoreCalls) Begin(ctx context.Context, method string) (context.Context, func(error)) {
	start := time.Now()
	if !c.tracing {
		return ctx, func(err error) { c.count(method, start, err) }
	}
	ctx, span := c.tracer.Start(ctx, "store."+method, trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(err error) {
		c.count(method, start, err)
		if err != nil {
			span.SetStatus(codes.Error, kindOf(err)) // the text may hold what was asked for
		}
		span.End()
	}
}

func (c *StoreCalls) count(method string, start time.Time, err error) {
	c.seconds.WithLabelValues(method).Observe(time.Since(start).Seconds())
	if err != nil {
		c.failed.WithLabelValues(method, kindOf(err)).Inc()
	}
}

// kindOf names an error by the port's own ones.
func kindOf(err error) string {
	for kind, is := range map[string]error{
		"not_found": store.ErrNotFound, "conflict": store.ErrConflict, "exists": store.ErrExists, "invalid": store.ErrInvalid,
		"unavailable": store.ErrUnavailable, "compacted": store.ErrCompacted, "cancelled": context.Canceled, "timeout": context.DeadlineExceeded,
	} {
		if errors.Is(err, is) {
			return kind
		}
	}
	return "other"
}

// Gauge registers a number that is looked up when it is asked for.
func (t *Telemetry) Gauge(name, help string, value func() float64) {
	t.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "releasegraph_" + name, Help: help}, value))
}
