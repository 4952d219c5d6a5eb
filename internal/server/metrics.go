package server

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"releasegraph/graph/direct"
)

// operations counts and times operations, logs slow ones, and makes each a
// span. Its labels are bounded: by name only those operations are told apart
// that the server knows.
type operations struct {
	config  Config
	known   map[string]bool
	tracer  trace.Tracer
	seconds *prometheus.HistogramVec
	total   *prometheus.CounterVec
	price   prometheus.Histogram
}

// otherOperation is the name of all operations that the server does not know.
const otherOperation = "other"

func newOperations(c Config, known []string, s *streams, limited prometheus.Collector) *operations {
	o := &operations{
		config: c, known: map[string]bool{},
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "releasegraph_operation_seconds", Help: "How long operations took, to the first answer of a subscription, and to the end of an answer that is sent while it is read.",
			Buckets: prometheus.ExponentialBuckets(0.001, 3, 10),
		}, []string{"type", "operation"}),
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "releasegraph_operations_total", Help: "Operations by outcome: ok, errors, or refused before they were run.",
		}, []string{"type", "operation", "outcome"}),
		price: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "releasegraph_operation_price", Help: "The prices of operations: how many values their answers could hold.",
			Buckets: prometheus.ExponentialBuckets(1, 10, 8),
		}),
	}
	for _, name := range known {
		o.known[name] = true
	}
	if c.Tracer != nil {
		o.tracer = c.Tracer.Tracer("releasegraph/graphql")
	}
	if c.Metrics != nil {
		c.Metrics.MustRegister(o.seconds, o.total, o.price, limited, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "releasegraph_streams", Help: "Open sockets and event streams.",
		}, func() float64 { return float64(s.open()) }))
	}
	return o
}

// around observes an operation.
func (o *operations) around(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	start, kind, name := time.Now(), string(op.Operation.Operation), o.name(op.Operation)
	span := trace.SpanFromContext(context.Background()) // one that goes nowhere
	if o.tracer != nil {
		ctx, span = o.tracer.Start(ctx, kind+" "+name, trace.WithAttributes(
			attribute.String("graphql.operation.type", kind), attribute.String("graphql.operation.name", name)))
	}
	respond, first := next(ctx), true
	return func(ctx context.Context) *graphql.Response {
		answer := respond(ctx)
		if first {
			first = false
			direct.AtEnd(ctx, answer, func(broken error) {
				ok := answer != nil && len(answer.Errors) == 0 && broken == nil
				o.answered(ctx, op, ok, kind, name, time.Since(start))
				if !ok {
					span.SetStatus(codes.Error, "")
				}
				span.End()
			})
		}
		return answer
	}
}

func (o *operations) answered(ctx context.Context, op *graphql.OperationContext, ok bool, kind, name string, took time.Duration) {
	outcome := "ok"
	if !ok {
		outcome = "errors"
	}
	o.total.WithLabelValues(kind, name, outcome).Inc()
	o.seconds.WithLabelValues(kind, name).Observe(took.Seconds())
	n, _ := op.Stats.GetExtension(priceExtension).(int)
	o.price.Observe(float64(n))
	if took >= o.config.Slow && op.Operation.Operation != ast.Subscription {
		o.slow(ctx, op, n, took)
	}
}

// noteRefused counts an answer to what is no operation.
func (o *operations) noteRefused(ctx context.Context) {
	if !graphql.HasOperationContext(ctx) || graphql.GetOperationContext(ctx).Operation == nil {
		o.refused()
	}
}

// refused counts an operation that was not run.
func (o *operations) refused() { o.total.WithLabelValues("unknown", otherOperation, "refused").Inc() }

func (o *operations) name(op *ast.OperationDefinition) string {
	if op.Name != "" && o.known[op.Name] {
		return op.Name
	}
	return otherOperation
}
