package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"releasegraph/internal/server"
	"releasegraph/internal/store"
)

func TestTheServerStartsWithoutItsStoreAndRecoversByItself(t *testing.T) {
	var reachable atomic.Bool
	tried := make(chan struct{}, 100)
	r := start(t, server.Config{}, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			if !reachable.Load() {
				tried <- struct{}{}
				return nil, fmt.Errorf("%w: nobody answers at bolt://127.0.0.1:7687", store.ErrUnavailable)
			}
			return &server.Core{Schema: f}, nil
		}
	})
	<-tried
	<-tried // the first failure has been told by now
	r.get("/healthz").wants(t, http.StatusOK)
	r.get("/readyz").wants(t, http.StatusServiceUnavailable, `"ready":false`, "the store cannot be reached")
	r.query("{a{x}}").wants(t, http.StatusServiceUnavailable, `"code":"UNAVAILABLE"`, "the store cannot be reached")
	reachable.Store(true)
	r.awaitReady()
	r.query("{a{x}}").wants(t, http.StatusOK)
}

func TestAnErrorThatWillNotGoAwayEndsTheServer(t *testing.T) {
	r := start(t, server.Config{}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) { return nil, errors.New("a newer layout") }
	})
	if err := <-r.done; err == nil || !strings.Contains(err.Error(), "a newer layout") {
		t.Errorf("ended with %v", err)
	}
}

func TestReadinessSaysWhatIsMissing(t *testing.T) {
	r := start(t, server.Config{}, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: f, Checks: map[string]func(context.Context) error{
				"store":    func(context.Context) error { return nil },
				"topology": func(context.Context) error { return errors.New("12 revisions behind") },
			}}, nil
		}
	})
	for !strings.Contains(r.get("/readyz").body, "behind") {
		time.Sleep(time.Millisecond)
	}
	r.get("/readyz").wants(t, http.StatusServiceUnavailable, `"reasons":{"topology":"12 revisions behind"}`)
}

func TestWhatWasAcceptedIsFinishedWhenTheServerStops(t *testing.T) {
	r := serving(t, server.Config{})
	answers := make(chan reply, 1)
	go func() { answers <- r.query("{slow}") }()
	<-r.fake.started
	r.stop()
	for !strings.Contains(r.log.String(), "finishing the accepted requests") {
		time.Sleep(time.Millisecond)
	}
	close(r.fake.release)
	(<-answers).wants(t, http.StatusOK, `"slow":"done"`)
	if err := <-r.done; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestWhatDoesNotFinishInTimeIsCutOffAndSaidToBe(t *testing.T) {
	r := serving(t, server.Config{Drain: time.Millisecond})
	c := r.dial()
	fmt.Fprintf(c, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"query\":\"{slow}\"}")
	<-r.fake.started
	r.stop()
	if err := <-r.done; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("ended with %v", err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); err == nil {
		t.Errorf("the connection was left open: %q", line)
	}
	close(r.fake.release)
}
