package server_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	tracesdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"releasegraph/internal/server"
)

func TestMetricsTellOperationsApartByNamesThatTheServerKnows(t *testing.T) {
	registry := prometheus.NewRegistry()
	r := serving(t, server.Config{Metrics: registry, Gather: registry, Rate: server.RateLimit{PerSecond: 0.001, Burst: 5}})
	r.query("query Impact {a{x}}").wants(t, http.StatusOK) // a name of the examples
	r.query("query Mine1 {a{x}}").wants(t, http.StatusOK)
	r.query("query Mine2 {a{x}}").wants(t, http.StatusOK)
	r.query("{nope}").wants(t, http.StatusOK)
	w := r.wire().greeted()
	r.query("{a{x}}").wants(t, http.StatusTooManyRequests)
	shown := r.get("/metrics")
	shown.wants(t, http.StatusOK,
		`releasegraph_operations_total{operation="Impact",outcome="ok",type="query"} 1`,
		`releasegraph_operations_total{operation="other",outcome="ok",type="query"} 2`,
		`releasegraph_operations_total{operation="other",outcome="refused",type="unknown"} 1`,
		`releasegraph_operation_seconds_count{operation="Impact",type="query"} 1`,
		`releasegraph_operation_price_count 3`,
		`releasegraph_rate_limited_total 1`,
		`releasegraph_streams 1`,
	)
	shown.lacks(t, "Mine")
	w.conn.CloseNow()
	serving(t, server.Config{}).get("/metrics").wants(t, http.StatusNotFound)
}

func TestASlowOperationIsLoggedWithoutItsValues(t *testing.T) {
	r := serving(t, server.Config{Slow: time.Nanosecond})
	r.post(`{"query":"query Mine($v: String) {echo(v:$v)}","variables":{"v":"hunter2"}}`, header{"Authorization": "Bearer hunter2"})
	r.post(`{"query":"query Mine {echo(v:\"hunter2\")}"}`, nil)
	r.get("/graphql?query=" + url.QueryEscape(`{echo(v:"hunter2")}`))
	log := r.log.String()
	for _, want := range []string{`"message":"a slow operation"`, `"operation":"query Mine"`, `"sha256":"`, `"price":1`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
	if strings.Contains(log, "hunter2") {
		t.Errorf("the log tells a secret: %s", log)
	}
}

func TestARequestIsASpanOfItsCallersTrace(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	r := serving(t, server.Config{Tracer: tracesdk.NewTracerProvider(tracesdk.WithSyncer(spans))})
	r.queryAs("{a{x}}", header{"Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}).wants(t, http.StatusOK)
	r.query("{a{x}}")
	r.wire().greeted().stillWorks() // a socket goes through all of it
	var names []string
	for _, s := range spans.GetSpans() {
		if s.SpanContext.TraceID().String() == "0af7651916cd43dd8448eb211c80319c" {
			names = append(names, s.Name)
		}
	}
	if strings.Join(names, ", ") != "query other, POST /graphql" {
		t.Errorf("spans %v", names)
	}
}

func TestProfilesAreServedOnAListenerOfTheirOwn(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.ServeDebug(ctx, l, prometheus.NewRegistry()) }()
	r := &running{t: t, url: "http://" + l.Addr().String()}
	r.get("/debug/pprof/").wants(t, http.StatusOK, "goroutine")
	r.get("/metrics").wants(t, http.StatusOK)
	r.do(http.MethodGet, "/debug/pprof/", "", header{"Host": "evil.example"}).wants(t, http.StatusMisdirectedRequest)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("it still listens")
	}
	serving(t, server.Config{}).get("/debug/pprof/").wants(t, http.StatusNotFound)
}
