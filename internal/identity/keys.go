package identity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// errUnreachable marks that the provider did not answer.
var errUnreachable = errors.New("the provider does not answer")

const (
	// keyPause is how often the provider is asked for its keys at most: tokens
	// that name made-up keys must not make us a nuisance to it.
	keyPause = 5 * time.Second
	// maxAnswer is the longest answer that is read of a provider.
	maxAnswer = 1 << 20
)

// client asks the provider, with patience.
func (c *calm) client() *http.Client {
	return &http.Client{Transport: c, Timeout: 10 * time.Second}
}

// calm answers a question that was answered just now with the same answer, so
// that the provider is not asked too often.
type calm struct {
	next http.RoundTripper
	now  func() time.Time
	// round counts the different answers, such as other keys.
	round atomic.Int64

	mu   sync.Mutex
	last map[string]remembered
}

type remembered struct {
	at     time.Time
	status int
	header http.Header
	body   []byte
}

func newCalm(now func() time.Time) *calm {
	return &calm{next: http.DefaultTransport, now: now, last: map[string]remembered{}}
}

// RoundTrip implements http.RoundTripper.
func (c *calm) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	address := r.URL.String()
	if known, ok := c.last[address]; ok && c.now().Sub(known.at) < keyPause {
		return known.response(r), nil
	}
	answer, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	known := remembered{c.now(), answer.StatusCode, answer.Header, body}
	if answer.StatusCode == http.StatusOK {
		if !bytes.Equal(c.last[address].body, body) {
			c.round.Add(1)
		}
		c.last[address] = known // there are two: the discovery document and the keys
	}
	return known.response(r), nil
}

func (k remembered) response(r *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(k.status), StatusCode: k.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: k.header.Clone(), Body: io.NopCloser(bytes.NewReader(k.body)), ContentLength: int64(len(k.body)), Request: r,
	}
}
