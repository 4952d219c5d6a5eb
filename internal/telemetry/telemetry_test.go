package telemetry

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	tracesdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/observed"
	"releasegraph/internal/store/sqlite"
)

func TestEachCallToAStoreIsCountedTimedAndASpan(t *testing.T) {
	ctx := context.Background()
	tel, err := New(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	spans := tracetest.NewInMemoryExporter()
	tel.trace(tracesdk.WithSyncer(spans), Options{Sample: 1})
	beneath, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	calls := tel.NewStoreCalls()
	s := observed.New(beneath, calls)
	defer s.Close(ctx)
	if _, err := s.Count(ctx, "Site", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Count(ctx, "Nonsense", nil); err == nil {
		t.Fatal("an unknown kind was counted")
	}
	if err := s.Compact(ctx, 99); err == nil {
		t.Fatal("the future was forgotten")
	}
	want := `
# HELP releasegraph_store_call_errors_total Calls to the store that failed, by method and by the port's error.
# TYPE releasegraph_store_call_errors_total counter
releasegraph_store_call_errors_total{error="invalid",method="Compact"} 1
releasegraph_store_call_errors_total{error="invalid",method="Count"} 1
`
	if err := testutil.GatherAndCompare(tel.Registry, strings.NewReader(want), "releasegraph_store_call_errors_total"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(tel.Registry, "releasegraph_store_call_seconds"); err != nil || n != 2 {
		t.Errorf("%d methods timed, %v", n, err)
	}
	var names []string
	for _, span := range spans.GetSpans() {
		names = append(names, span.Name)
		if strings.Contains(span.Status.Description, "Nonsense") {
			t.Errorf("a span tells what was asked for: %s", span.Status.Description)
		}
	}
	if fmt.Sprint(names) != "[store.Count store.Count store.Compact]" {
		t.Errorf("spans %v", names)
	}
}

func TestErrorsAreToldByThePortsOwn(t *testing.T) {
	for err, want := range map[error]string{
		fmt.Errorf("%w: x", store.ErrConflict): "conflict", context.Canceled: "cancelled", io.EOF: "other",
	} {
		if got := kindOf(err); got != want {
			t.Errorf("%v is %s", err, got)
		}
	}
}

func TestTracesAreSentToACollector(t *testing.T) {
	asked := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	defer collector.Close()
	tel, err := New(t.Context(), Options{Traces: collector.URL, Sample: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tel.Provider.Tracer("test").Start(t.Context(), "something")
	span.End()
	if err := tel.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if path := <-asked; path != "/v1/traces" {
		t.Errorf("asked for %s", path)
	}
}
