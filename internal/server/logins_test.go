package server_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"releasegraph/internal/server"
)

// countedNames is names, and counts the tokens that it looks at.
type countedNames struct {
	names
	looked atomic.Int32
}

func (c *countedNames) Identity(ctx context.Context, token string) (acting.Identity, error) {
	c.looked.Add(1)
	return c.names.Identity(ctx, token)
}

func bearer(token string) header { return header{"Authorization": "Bearer " + token} }

// slowing is a server that bears so many wrong tokens of an address.
func slowing(t *testing.T, burst int) (*running, *countedNames) {
	t.Helper()
	known, registry := &countedNames{}, prometheus.NewRegistry()
	trusted, err := server.ParseProxies([]string{"127.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	return serving(t, server.Config{
		Identities: known, FailedLogins: server.RateLimit{PerSecond: 0.001, Burst: burst}, TrustedProxies: trusted,
		Metrics: registry, Gather: registry,
	}), known
}

func TestAnAddressWhoseTokensAreWrongIsSlowedDownBeforeTheyAreLookedAt(t *testing.T) {
	r, known := slowing(t, 3)
	for range 3 {
		r.queryAs("{actor}", bearer("expired")).wants(t, http.StatusUnauthorized)
	}
	slowed := r.queryAs("{actor}", bearer("expired"))
	slowed.wants(t, http.StatusTooManyRequests, `"code":"LIMIT"`, "too many tokens from this address")
	if n, err := strconv.Atoi(slowed.header.Get("Retry-After")); err != nil || n < 900 {
		t.Errorf("Retry-After: %q", slowed.header.Get("Retry-After"))
	}
	r.queryAs("subscription {ticks}", header{"Authorization": "Bearer expired", "Accept": "text/event-stream"}).wants(t, http.StatusTooManyRequests)
	r.do(http.MethodGet, "/calendar.ics", "", bearer("expired")).wants(t, http.StatusTooManyRequests)
	if got := known.looked.Load(); got != 3 {
		t.Errorf("%d tokens were looked at", got)
	}
	r.query("{actor}").wants(t, http.StatusUnauthorized) // nothing was shown that could be wrong
	r.queryAs("{actor}", header{"Authorization": "Bearer expired", "X-Forwarded-For": "203.0.113.1"}).wants(t, http.StatusUnauthorized)
	r.get("/metrics").wants(t, http.StatusOK, `releasegraph_refused_tokens_total{why="slowed"} 3`, `releasegraph_refused_tokens_total{why="wrong"} 4`)
	log := r.log.String()
	if strings.Count(log, "is slowed down") != 1 || !strings.Contains(log, `"address":"127.0.0.1"`) || strings.Contains(log, "expired") {
		t.Error(log)
	}
}

func TestOnASocketWrongTokensCountAndAreSlowedDownToo(t *testing.T) {
	r, known := slowing(t, 2)
	greeting := func(token string) string {
		return `{"type":"connection_init","payload":{"authorization":"Bearer ` + token + `"}}`
	}
	closedAfter(r, 4403, greeting("expired"))
	r.queryAs("{actor}", bearer("expired")).wants(t, http.StatusUnauthorized)
	w := r.wire()
	w.says(greeting("expired"))
	_, _, err := w.conn.Read(t.Context())
	if websocket.CloseStatus(err) != 4403 || !strings.Contains(err.Error(), "too many tokens from this address") {
		t.Error(err)
	}
	_, answer, err := websocket.Dial(t.Context(), r.url+"/graphql", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer expired"}}})
	if err == nil || answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%v %v", answer, err)
	}
	if got := known.looked.Load(); got != 2 {
		t.Errorf("%d tokens were looked at", got)
	}
}

func TestWhoWasBelievedIsNotSlowedDownByOthersAtTheAddress(t *testing.T) {
	r, _ := slowing(t, 2)
	r.queryAs("{actor}", bearer("alice")).wants(t, http.StatusOK)
	for range 2 {
		r.queryAs("{actor}", bearer("expired")).wants(t, http.StatusUnauthorized)
	}
	r.queryAs("{actor}", bearer("expired")).wants(t, http.StatusTooManyRequests)
	r.queryAs("{actor}", bearer("alice")).wants(t, http.StatusOK, "alice")
	r.queryAs("{actor}", bearer("bob")).wants(t, http.StatusTooManyRequests) // who may be anyone
	for range 9 {                                                            // what says nothing of the token
		r.queryAs("{actor}", header{"Authorization": "Bearer down", "X-Forwarded-For": "203.0.113.1"}).wants(t, http.StatusServiceUnavailable)
		r.queryAs("{actor}", header{"Authorization": "Bearer both", "X-Forwarded-For": "203.0.113.1"}).wants(t, http.StatusForbidden)
	}
	r.queryAs("{actor}", header{"Authorization": "Bearer bob", "X-Forwarded-For": "203.0.113.1"}).wants(t, http.StatusOK, "bob")
}

func TestAnAddressIsForgivenInTime(t *testing.T) {
	r := serving(t, server.Config{Identities: names{}, FailedLogins: server.RateLimit{PerSecond: 20, Burst: 1}})
	r.queryAs("{actor}", bearer("expired"))
	for r.queryAs("{actor}", bearer("alice")).status != http.StatusOK {
		time.Sleep(time.Millisecond)
	}
}

func TestAPageThatAsksDozensOfQuestionsAtOnceIsNotRefused(t *testing.T) {
	r := serving(t, server.Config{Identities: names{}, Rate: server.RateLimit{PerSecond: server.DefaultRate}})
	var all sync.WaitGroup
	for range 10 * 30 { // ten such pages
		all.Go(func() {
			if a := r.queryAs("{actor}", bearer("alice")); a.status != http.StatusOK {
				t.Errorf("%d: %s", a.status, a.body)
			}
		})
	}
	all.Wait()
}
