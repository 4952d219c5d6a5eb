// Package patient sends requests to servers that sometimes ask their callers to
// wait.
package patient

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	// longest is how long one request waits altogether.
	longest = 5 * time.Minute
	// shortest keeps a server that asks for no pause from being hurried.
	shortest = 50 * time.Millisecond
)

// Do sends a request. While the server refuses it since the caller has sent too
// many (429), it is sent again after as long as Retry-After says: the server
// has not acted on it. When that takes too long, the refusal is the answer.
func Do(client *http.Client, r *http.Request) (*http.Response, error) {
	waited := time.Duration(0)
	for {
		answer, err := client.Do(r)
		if err != nil || answer.StatusCode != http.StatusTooManyRequests {
			return answer, err
		}
		wait := pause(answer.Header)
		if waited += wait; wait == 0 || waited > longest {
			return answer, nil
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
		answer.Body.Close()
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(wait):
		}
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// pause is how long a server asks to wait; 0 when it does not say.
func pause(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return max(shortest, time.Duration(min(n, 1<<20))*time.Second)
}
