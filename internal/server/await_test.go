package server_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// Who names a revision is answered when the server has come to it: by the extension or the
// header, over HTTP, a socket, and for subscriptions.
func TestAnOperationWaitsForTheRevisionThatItNames(t *testing.T) {
	var waited atomic.Int64
	r := start(t, server.Config{}, func(*fake) server.Open {
		return func(ctx context.Context) (*server.Core, error) {
			s, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { _ = s.Close(context.Background()) })
			a := appOver(s)
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop()), Await: func(ctx context.Context, revision int64) (int64, error) {
				waited.Store(revision)
				return a.Await(ctx, revision)
			}}, nil
		}
	})
	r.awaitReady()
	r.post(`{"query":"{viewer{name}}"}`, nil).wants(t, http.StatusOK, `"name"`)
	if waited.Load() != 0 {
		t.Error("who names no revision waits for none")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.post(`{"query":"{configurationItem(key:\"a\"){key}}","extensions":{"after":"1"}}`, nil).wants(t, http.StatusOK, `"key":"a"`)
	}()
	select {
	case <-done:
		t.Error("it did not wait")
	case <-time.After(100 * time.Millisecond):
	}
	r.item("a")
	<-done
	w := r.wire().greeted()
	w.says(`{"id":"1","type":"subscribe","payload":{"query":"{configurationItem(key:\"a\"){key}}","extensions":{"after":1}}}`)
	if got := w.next(); waited.Load() != 1 {
		t.Errorf("%s without waiting", got)
	}
	for _, wrong := range []string{`"x"`, `-1`, `{}`} {
		r.post(`{"query":"{viewer{name}}","extensions":{"after":`+wrong+`}}`, nil).wants(t, http.StatusOK, "extensions.after is no revision", "INVALID")
	}
}

func TestTheHeaderNamesARevision(t *testing.T) {
	r := start(t, server.Config{}, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: f, Await: func(_ context.Context, revision int64) (int64, error) { return 3, context.DeadlineExceeded }}, nil
		}
	})
	r.awaitReady()
	r.queryAs(`{x}`, header{server.AfterHeader: "7"}).wants(t, http.StatusOK, "revision 7 has not come here", "UNAVAILABLE", `"head":"3"`)
	r.queryAs(`{x}`, header{server.AfterHeader: "x"}).wants(t, http.StatusOK, "the header Releasegraph-After is no revision")
}

// Who names a request finds it again in the events of what it did.
func TestTheIdOfARequestIsToldWithItsEventsWhereItsCallerGaveOne_E1(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := overStore(t, s, server.Config{})
	r.queryAs(`mutation{createSite(input:{key:\"par\" name:\"par\"}){revision}}`, header{"X-Request-Id": "ticket-7"}).wants(t, http.StatusOK, `"revision"`)
	r.query(`mutation{createSite(input:{key:\"lyo\" name:\"lyo\"}){revision}}`).wants(t, http.StatusOK, `"revision"`)
	r.query(`{events(after:\"0\"){nodes{requestId source}}}`).wants(t, http.StatusOK, `{"nodes":[{"requestId":"ticket-7","source":"api"},{"requestId":null,"source":"api"}]}`)
}
