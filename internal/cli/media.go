package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"releasegraph/internal/patient"
	"releasegraph/internal/server"
)

type mediaCmd struct {
	Add    mediaAddCmd    `cmd:"" help:"Put the content of a media item into the library."`
	Get    mediaGetCmd    `cmd:"" help:"Get the content of a media item, checked."`
	Verify mediaVerifyCmd `cmd:"" help:"Read contents again, and tell which are not what they were."`
}

// mediaClient moves contents between files and a server.
type mediaClient struct {
	r      *running
	server string // its address, without the API's path
	client *http.Client
	known  func() http.Header // who asks
}

func newMediaClient(r *running, address string) (*mediaClient, error) {
	api, err := endpoint(address)
	if err != nil {
		return nil, err
	}
	// The server says when something takes too long.
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.WriteBufferSize, t.ReadBufferSize, t.DisableCompression = 256<<10, 256<<10, true
	return &mediaClient{r, strings.TrimSuffix(api, "/graphql"), &http.Client{Transport: t}, ownToken}, nil
}

// item is the address of an item's content.
func (c *mediaClient) item(key string) string {
	return c.server + server.MediaPath + url.PathEscape(key)
}

// send sends a request, again and again while the server asks to wait.
func (c *mediaClient) send(ctx context.Context, method, address string, header http.Header, body io.Reader, size int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.ContentLength = size
	}
	for _, h := range []http.Header{header, c.known()} {
		for name, values := range h {
			request.Header[name] = values
		}
	}
	if body != nil { // it can be sent once only
		return c.client.Do(request)
	}
	return patient.Do(c.client, request)
}

// mediaRefused is what a server says in place of what was asked for.
type mediaRefused struct {
	status int
	field  string
	// decided says that the library refused it, and not the protocol.
	decided bool
	err     error
}

func (e *mediaRefused) Error() string { return e.err.Error() }

// Unwrap returns what the server said.
func (e *mediaRefused) Unwrap() error { return e.err }

// passing reports whether it may be otherwise soon.
func (e *mediaRefused) passing() bool {
	switch e.status {
	case http.StatusConflict:
		return !e.decided // or it is the offset that was wrong
	case http.StatusRequestTimeout, http.StatusLocked, http.StatusTooManyRequests:
		return true
	}
	return e.status >= http.StatusInternalServerError && e.status != http.StatusInsufficientStorage
}

// maxFailures is how often in a row a transfer may fail without a byte's coming
// through before it is given up.
const maxFailures = 8

// persist does a piece of work again and again while what it fails by may pass,
// as long as it gets on: it returns how far it came.
func persist(ctx context.Context, work func() (int64, error)) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = 200*time.Millisecond, 10*time.Second
	furthest, failures := int64(-1), 0
	for {
		at, err := work()
		var refused *mediaRefused
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &refused) && !refused.passing(), errors.As(err, new(*lastingError)):
			return err
		}
		if failures++; at > furthest {
			furthest, failures = at, 0
			pauses.Reset()
		}
		if failures >= maxFailures {
			return fmt.Errorf("given up after %d failures; the same command goes on where this one ended: %w", failures, err)
		}
		select {
		case <-time.After(pauses.NextBackOff()):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// lastingError is one that trying again does not cure.
type lastingError struct{ error }

// Unwrap returns the cause.
func (e *lastingError) Unwrap() error { return e.error }

// stalledAfter is how long a transfer may stand still before it is begun anew.
const stalledAfter = 2 * time.Minute

// moving reads and tells how far it came; when nothing moves, it stops.
type moving struct {
	io.Reader
	at, of int64
	show   *progress
	stall  *time.Timer
}

var errStalled = fmt.Errorf("nothing moved for %s", stalledAfter)

func watch(from io.Reader, at, of int64, show *progress, stop context.CancelCauseFunc) *moving {
	return &moving{from, at, of, show, time.AfterFunc(stalledAfter, func() { stop(errStalled) })}
}

// Read implements io.Reader.
func (w *moving) Read(into []byte) (int, error) {
	n, err := w.Reader.Read(into)
	w.at += int64(n)
	w.show.of(w.at, w.of)
	if err == nil {
		w.stall.Reset(stalledAfter)
	} else {
		w.stall.Stop()
	}
	return n, err
}
