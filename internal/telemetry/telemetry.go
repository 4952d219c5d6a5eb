// Package telemetry shows from outside what goes on: metrics for Prometheus,
// and traces for OpenTelemetry.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	tracesdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Telemetry is where all parts report to.
type Telemetry struct {
	Registry *prometheus.Registry
	// Tracing tells whether spans go anywhere.
	Tracing  bool
	Provider trace.TracerProvider
	stop     func(context.Context) error
}

// Options of a Telemetry.
type Options struct {
	// Traces is the address of an OTLP collector over HTTP, such as
	// http://127.0.0.1:4318; empty: no traces.
	Traces string
	// Sample is the part of requests that is traced, from 0 to 1, where the
	// caller has not decided it.
	Sample  float64
	Version string
}

// New starts to collect.
func New(ctx context.Context, o Options) (*Telemetry, error) {
	t := &Telemetry{Registry: prometheus.NewRegistry(), Provider: noop.NewTracerProvider(), stop: func(context.Context) error { return nil }}
	t.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if o.Traces == "" {
		return t, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.Traces+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("traces to %s: %w", o.Traces, err)
	}
	t.trace(tracesdk.WithBatcher(exporter), o)
	return t, nil
}

// trace sends spans to an exporter.
func (t *Telemetry) trace(to tracesdk.TracerProviderOption, o Options) {
	provider := tracesdk.NewTracerProvider(to,
		tracesdk.WithSampler(tracesdk.ParentBased(tracesdk.TraceIDRatioBased(o.Sample))),
		tracesdk.WithResource(resource.NewSchemaless(attributes(o)...)))
	t.Provider, t.Tracing, t.stop = provider, true, provider.Shutdown
}

// Close sends what is left, for a few seconds at most.
func (t *Telemetry) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := t.stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the last traces were not sent: %w", err)
	}
	return nil
}
