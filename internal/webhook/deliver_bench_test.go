package webhook_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	all "releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	app "releasegraph/internal/app/webhook"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/webhook"
)

// BenchmarkDeliver sends 1,000 events of as many subjects to a receiver on loopback, beside as
// many bare posts of a body as long, as many at the same time.
func BenchmarkDeliver(b *testing.B) {
	const n, atOnce = 1000, 8
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got.Add(1)
	}))
	b.Cleanup(s.Close)
	f := apptest.NewFixture(b, apptest.OpenSQLite(b))
	f.App = all.New(all.Config{Store: f.Store, Now: time.Now, NewID: uuid.NewString, Shelf: apptest.ShelfOf(f.Store.Store)})
	sender := webhook.New(loopback)
	f.Webhooks.Sender = sender
	_, err := f.Webhooks.CreateWebhook(f.Ctx, app.NewWebhook{Name: "all", URL: s.URL})
	require.NoError(b, err)
	made := 0
	deliver := func() {
		got.Store(0)
		for got.Load() < n {
			_, err := f.Webhooks.Deliver(f.Ctx, sender, "one")
			require.NoError(b, err)
		}
	}
	body := message(s.URL).Body
	bare := func() {
		var wg sync.WaitGroup
		for range atOnce {
			wg.Go(func() {
				for range n / atOnce {
					answer, err := http.Post(s.URL, "application/json", bytes.NewReader(body))
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, answer.Body)
					_ = answer.Body.Close()
				}
			})
		}
		wg.Wait()
	}
	commit := func() {
		lines := make([]string, n)
		for i := range lines {
			made++
			lines[i] = fmt.Sprintf(`{"node":"Site","key":"s%d","name":"s"}`, made)
		}
		f.Brings(lines...)
	}
	b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
		figure, baseline := benchtest.Apart(b, commit, deliver, bare)
		benchtest.RatioAtLeast(b, "deliveries/s", n/figure, n/baseline, 0.1)
	})
}
