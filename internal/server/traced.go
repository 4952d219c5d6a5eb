package server

import (
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"

	"releasegraph/examples"
)

// traced makes requests spans, as parts of their callers' traces. Probes and
// metrics are not worth one.
func (s *Server) traced(next http.Handler) http.Handler {
	if s.config.Tracer == nil {
		return next
	}
	return otelhttp.NewHandler(next, "request",
		otelhttp.WithTracerProvider(s.config.Tracer),
		otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path == "/graphql" }),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + r.URL.Path }))
}

// knownOperations are those that metrics and traces may name: of the
// allow-list, or else of the examples.
func (c Config) knownOperations() (names []string, err error) {
	if c.Persisted != nil {
		for name := range c.Persisted.names {
			names = append(names, name)
		}
		return names, nil
	}
	list, err := examples.Operations()
	for _, o := range list {
		names = append(names, operationNames(o.Query)...)
	}
	return names, err
}
