package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"releasegraph/internal/server"
)

// revocable is a schema's server whose identities can be revoked: recheck fails
// from then on.
func revocable(t *testing.T, c server.Config) (r *running, revoke func(tell bool)) {
	t.Helper()
	var revoked atomic.Bool
	bell := make(chan struct{})
	c.Recheck = func(context.Context) error {
		if revoked.Load() {
			return errors.New("the token was revoked")
		}
		return nil
	}
	r = start(t, c, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: f, Revoked: func() <-chan struct{} { return bell }}, nil
		}
	})
	r.awaitReady()
	return r, func(tell bool) {
		revoked.Store(true)
		if tell {
			close(bell)
		}
	}
}

func TestNoOperationBeginsOnASocketWhoseTokenWasRevoked(t *testing.T) {
	r, revoke := revocable(t, server.Config{Streams: server.StreamLimits{Recheck: time.Hour}})
	w := r.wire().greeted()
	w.stillWorks()
	revoke(false) // by another program, say: nobody rings
	w.subscribes("1", "{a{x}}")
	w.isClosed(4403)
}

func TestARevokedTokenEndsItsSocketsAndEventStreamsAtOnce(t *testing.T) {
	r, revoke := revocable(t, server.Config{Streams: server.StreamLimits{Recheck: time.Hour}})
	w := r.wire().greeted()
	w.subscribes("1", "subscription {endless}")
	<-r.fake.started
	stream := make(chan reply)
	go func() { stream <- r.queryAs("subscription {endless}", asEvents) }()
	<-r.fake.started
	revoke(true)
	w.isClosed(4403)
	(<-stream).wants(t, http.StatusOK, "the token was revoked", "event: complete")
	for range 2 {
		<-r.fake.ended // what they had begun
	}
}

func TestSocketsThatSayNothingKeepNobodyOut(t *testing.T) {
	r := serving(t, server.Config{Streams: server.StreamLimits{Newcomers: 3, PerClient: 3, InitTimeout: time.Hour}})
	silent := make([]*wire, 8)
	for i := range silent {
		silent[i] = r.wire()
	}
	for _, w := range silent[:5] { // the oldest had to go
		if _, _, err := w.conn.Read(t.Context()); err == nil {
			t.Error("an old socket stays")
		}
	}
	silent[7].greeted().stillWorks()
	silent[6].greeted()
	silent[5].greeted()
	for range 5 {
		r.wire()
	}
	r.query("{a{x}}").wants(t, http.StatusOK) // and who is known stays
	silent[7].stillWorks()
}

func TestPingsAreCountedAndASlowOneDelaysNothing(t *testing.T) {
	r := serving(t, server.Config{})
	w := r.wire().greeted()
	for range 10 {
		w.says(`{"type":"ping"}`)
		w.hears(`{"type":"pong"}`)
	}
	w.stillWorks()
	go func() {
		for range 100_000 {
			if w.conn.Write(t.Context(), 1, []byte(`{"type":"ping"}`)) != nil {
				return
			}
		}
	}()
	for {
		_, text, err := w.conn.Read(t.Context())
		if err == nil {
			if !strings.Contains(string(text), "pong") {
				t.Fatalf("heard %s", text)
			}
			continue
		}
		if !strings.Contains(err.Error(), "too many messages") {
			t.Errorf("ended by %v", err)
		}
		return
	}
}

func TestASlowPingDoesNotDelayTheLookAtWhoTheClientIs(t *testing.T) {
	r, revoke := revocable(t, server.Config{Streams: server.StreamLimits{Ping: time.Millisecond, Write: time.Hour, Recheck: 5 * time.Millisecond}})
	w := r.wire().greeted()
	time.Sleep(20 * time.Millisecond) // a ping waits for its answer: nobody reads
	revoke(false)
	time.Sleep(50 * time.Millisecond)
	w.isClosed(4403)
}

func TestPingsCountToTheCallersRate(t *testing.T) {
	r := serving(t, server.Config{Rate: server.RateLimit{PerSecond: 0.001, Burst: 3}})
	w := r.wire().greeted()
	for range 5 {
		w.says(`{"type":"ping"}`)
	}
	for {
		if _, _, err := w.conn.Read(t.Context()); err != nil {
			if !strings.Contains(err.Error(), "too many messages") {
				t.Errorf("ended by %v", err)
			}
			return
		}
	}
}
