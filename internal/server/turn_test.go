package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"releasegraph/internal/server"
	"releasegraph/internal/server/budget"
)

// oneDear lets one dear operation of a caller run, and two of all; it takes
// two fields to be dear.
var oneDear = server.Config{Budget: budget.Limits{Running: 4, PerCaller: 2, Cheap: 1, Wait: 50 * time.Millisecond}}

const dear = "{slow again:slow}"

// occupying begins a dear operation of a caller that goes on until the test
// releases it.
func (r *running) occupying(who string) {
	r.t.Helper()
	go r.queryAs(dear, header{"Releasegraph-Act-As": who})
	<-r.fake.started
}

func TestACallerWhoseOperationsRunIsToldToTryAgain(t *testing.T) {
	r := serving(t, oneDear)
	defer close(r.fake.release)
	r.occupying("ann")
	refused := r.queryAs(dear, header{"Releasegraph-Act-As": "ann"})
	refused.wants(t, http.StatusTooManyRequests, `"code":"LIMIT"`, "too much of yours")
	if refused.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r.queryAs("{x}", header{"Releasegraph-Act-As": "ann"}).lacks(t, "LIMIT")
	r.occupying("bob")
	refused = r.queryAs(dear, header{"Releasegraph-Act-As": "eve"})
	refused.wants(t, http.StatusServiceUnavailable, `"code":"LIMIT"`, "too much runs")
	if refused.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	r.queryAs("{actor}", header{"Releasegraph-Act-As": "eve"}).wants(t, http.StatusOK, "eve")
}

func TestAnOperationWaitsInLineAndThenRuns(t *testing.T) {
	c := oneDear
	c.Budget.Wait = time.Minute
	r := serving(t, c)
	r.occupying("ann")
	answered := make(chan reply)
	go func() { answered <- r.queryAs("{a{x} b:a{x}}", header{"Releasegraph-Act-As": "ann"}) }()
	select {
	case <-answered:
		t.Fatal("it did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(r.fake.release)
	(<-answered).wants(t, http.StatusOK, `"data"`)
}

func TestSocketsAndEventStreamsStandInTheSameLine(t *testing.T) {
	r := serving(t, oneDear)
	defer close(r.fake.release)
	r.occupying("ann")
	w := r.wire().greetedAs("ann")
	w.subscribes("1", dear)
	w.hearsPart(`"error"`, `"LIMIT"`, `"retryAfter"`)
	w.subscribes("2", "{actor}")
	w.hearsPart("ann")
	events := r.queryAs(dear, header{"Releasegraph-Act-As": "ann", "Accept": "text/event-stream"})
	events.wants(t, http.StatusOK, `"LIMIT"`, "event: complete")
}

func TestASubscriptionOccupiesNothingWhileItWaits(t *testing.T) {
	r := serving(t, oneDear)
	w := r.wire().greetedAs("ann")
	for _, id := range []string{"1", "2", "3"} {
		w.subscribes(id, "subscription {endless}")
		<-r.fake.started
	}
	r.queryAs("{a{x} b:a{x}}", header{"Releasegraph-Act-As": "ann"}).wants(t, http.StatusOK, `"data"`)
}

func TestAClientThatLeavesGivesItsTurnBackWhenItsWorkHasEnded(t *testing.T) {
	r := serving(t, oneDear)
	ctx, leave := context.WithCancel(t.Context())
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/graphql", strings.NewReader(`{"query":"`+dear+`"}`))
	request.Header.Set("Content-Type", "application/json")
	go func() { _, _ = http.DefaultClient.Do(request) }()
	<-r.fake.started
	leave()
	// The work does not hear of it and goes on, and so it counts.
	r.query("{a{x} b:a{x}}").wants(t, http.StatusTooManyRequests, "too much of yours")
	close(r.fake.release)
	for range 100 {
		if r.query("{a{x} b:a{x}}").status == http.StatusOK {
			return
		}
	}
	t.Error("the turn was not given back")
}

func TestWhatRunsAndWaitsIsCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	c := oneDear
	c.Metrics, c.Gather = registry, registry
	r := serving(t, c)
	defer close(r.fake.release)
	r.occupying("ann")
	r.queryAs(dear, header{"Releasegraph-Act-As": "ann"}).wants(t, http.StatusTooManyRequests)
	r.get("/metrics").wants(t, http.StatusOK, `releasegraph_running_price{lane="dear"} 2`,
		`releasegraph_waiting_operations{lane="dear"} 0`, `releasegraph_refused_operations_total{why="caller"} 1`)
}

func TestAnAnswerThatIsTooLongIsRefusedPlainly(t *testing.T) {
	r := serving(t, server.Config{MaxAnswer: 100})
	r.query("{a{x}}").wants(t, http.StatusOK, `"data"`)
	for _, accept := range []string{"application/json", "text/event-stream"} {
		a := r.queryAs("{long}", header{"Accept": accept})
		a.wants(t, http.StatusOK, `"code":"LIMIT"`, "more than 100 bytes", `"limit":100`)
		a.lacks(t, "xxx")
	}
	w := r.wire().greeted()
	w.subscribes("1", "{long}")
	w.hearsPart(`"LIMIT"`)
}

func TestLongAnswersOfTheRealSchemaAreGivenUpBeforeTheyAreWhole(t *testing.T) {
	r := overDemo(t, server.Config{MaxAnswer: 2_000})
	for _, query := range []string{
		"{configurationItems(first:1000){nodes{key name description}}}",                                // written directly
		"{configurationItems(first:1000){nodes{key name description dependsOn{nodes{key}}}}}",          // by gqlgen
		"{configurationItems(first:1000){nodes{key ... @defer {name}}}}",                               // in parts, where they are accepted
		"{a:configurationItems(first:20){nodes{key}} b:configurationItems(first:1000){nodes{id key}}}", // the second one
	} {
		a := r.query(query)
		a.wants(t, http.StatusOK, `"code":"LIMIT"`, "more than 2000 bytes")
		var answer struct{ Errors []json.RawMessage }
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil || len(answer.Errors) != 1 {
			t.Errorf("%s: %d errors, %v", query, len(answer.Errors), err)
		}
	}
	if text := r.log.String(); strings.Contains(text, "internal error") {
		t.Error("it is logged as an error of the server's")
	}
	r.query("{configurationItems(first:10){nodes{key}}}").wants(t, http.StatusOK, `"data"`)
}

func TestWhoTakesNoAnswersGetsNoMore(t *testing.T) {
	c := server.Config{MaxAnswer: 16 << 20, Budget: budget.Limits{Untaken: 64 << 20, UntakenPerCaller: 20 << 20, Wait: 50 * time.Millisecond}}
	r := serving(t, c)
	const body = `{"query":"{huge}"}`
	silent := r.dial() // which takes nothing
	request := "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n" + body
	if _, err := silent.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	for range 1_000 {
		a := r.post(body, nil)
		if a.status == http.StatusOK {
			continue // the silent one's is not there yet
		}
		a.wants(t, http.StatusServiceUnavailable, `"code":"LIMIT"`, "wait to be taken")
		r.query("{a{x}}").wants(t, http.StatusOK, `"data"`)
		return
	}
	t.Error("nothing was refused")
}
