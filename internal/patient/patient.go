// Package patient sends requests to servers that sometimes ask their callers to
// wait.
package patient

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// longest is how long one request takes altogether before a refusal stands.
	longest = 5 * time.Minute
	// shortest keeps a server that asks for no pause from being hurried.
	shortest = 50 * time.Millisecond
	// maxRefusal is how much is read of what a server says beside a refusal.
	maxRefusal = 64 << 10
)

// busy are the refusals by which a server that has not acted on a request asks
// to wait: since the caller has sent too many, or since it has no turn for any.
var busy = []int{http.StatusTooManyRequests, http.StatusServiceUnavailable}

// Do sends a request. While the server refuses it and says for how long to wait
// (429 or 503, with Retry-After), it is sent again after as long. When that
// takes too long, the refusal is the answer.
func Do(client *http.Client, r *http.Request) (*http.Response, error) {
	answer, err := backoff.Retry(r.Context(), func() (*http.Response, error) {
		answer, err := send(client, r)
		if err != nil {
			return nil, backoff.Permanent(err)
		}
		return answer, wait(answer)
	}, backoff.WithMaxElapsedTime(longest))
	var refused *backoff.RetryAfterError
	if err == nil || errors.As(err, &refused) {
		return answer, nil
	}
	return nil, err
}

// send sends a request as it was, however often. A refusal is read whole, so
// that nobody has to close it and its connection can be used again.
func send(client *http.Client, r *http.Request) (answer *http.Response, err error) {
	if r.GetBody != nil {
		if r.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	answer, err = client.Do(r)
	if err != nil || !slices.Contains(busy, answer.StatusCode) {
		return answer, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	answer.Body = io.NopCloser(bytes.NewReader(text))
	return answer, err
}

// wait tells for how long a server that refused asks to wait; nil when it did
// not refuse, or does not say.
func wait(answer *http.Response) error {
	seconds, ok := retryAfter(answer)
	if !ok {
		return nil
	}
	return &backoff.RetryAfterError{Duration: max(shortest, time.Duration(min(seconds, 1<<20))*time.Second)}
}

// retryAfter returns the seconds that a refusal names, and reports whether there
// are any.
func retryAfter(answer *http.Response) (seconds int, ok bool) {
	n, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	return n, slices.Contains(busy, answer.StatusCode) && err == nil && n >= 0
}
