package patient_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"releasegraph/internal/patient"
)

// refusing answers with a status so many times, and then with what it was sent.
func refusing(t *testing.T, status, times int, retryAfter string) (url string, asked *int) {
	t.Helper()
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if *asked++; *asked <= times {
			w.Header().Set("Retry-After", retryAfter)
			w.WriteHeader(status)
		}
		w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func post(t *testing.T, ctx context.Context, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("the body"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARequestThatIsRefusedForAWhileIsSentAgainAsItWas(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		url, asked := refusing(t, status, 3, "0")
		answer, err := patient.Do(http.DefaultClient, post(t, t.Context(), url))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || string(body) != "the body" || *asked != 4 {
			t.Errorf("%d: %s %q after %d", status, answer.Status, body, *asked)
		}
	}
}

func TestARefusalIsTheAnswerWhenTheServerDoesNotSayForHowLongOrForTooLong(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for _, retryAfter := range []string{"", "later", "-1", "1000000"} {
			url, asked := refusing(t, status, 2, retryAfter)
			answer, err := patient.Do(http.DefaultClient, post(t, t.Context(), url))
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != status || *asked != 1 {
				t.Errorf("%q: %s after %d", retryAfter, answer.Status, *asked)
			}
		}
	}
}

func TestOtherRefusalsAreTheAnswer(t *testing.T) {
	url, asked := refusing(t, http.StatusInternalServerError, 2, "0")
	answer, err := patient.Do(http.DefaultClient, post(t, t.Context(), url))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusInternalServerError || *asked != 1 {
		t.Errorf("%s after %d", answer.Status, *asked)
	}
}

func TestTheWaitingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "100")
		w.WriteHeader(http.StatusTooManyRequests)
		w.(http.Flusher).Flush()
		cancel()
	}))
	t.Cleanup(s.Close)
	answer, err := patient.Do(http.DefaultClient, post(t, ctx, s.URL))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v %v", answer, err)
	}
	if err == nil {
		answer.Body.Close()
	}
}
