package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/rs/zerolog"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	hook "releasegraph/internal/app/webhook"
	"releasegraph/internal/telemetry"
	"releasegraph/internal/webhook"
)

// What is committed is at a real receiver soon after, signed.
func TestWhatIsCommittedIsSentToWebhooksAtOnce_E3(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	type post struct {
		body   []byte
		header http.Header
	}
	got := make(chan post, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- post{body, r.Header}
	}))
	t.Cleanup(receiver.Close)
	tel, err := telemetry.New(t.Context(), telemetry.Options{})
	require.NoError(t, err)
	sender := newCountedSender(webhook.New(webhook.Options{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), tel)
	f.Webhooks.Sender = sender
	made, err := f.Webhooks.CreateWebhook(f.Ctx, hook.NewWebhook{Name: "all", URL: receiver.URL})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		delivering(&estate{app: f.App, store: f.Store}, sender, zerolog.Nop()).Run(ctx)
	}()
	apptest.CreateApplication(f, "a")
	select {
	case p := <-got:
		key, err := standard.NewWebhook(made.Secret)
		require.NoError(t, err)
		require.NoError(t, key.VerifyIgnoringTimestamp(p.body, p.header)) // the fixture's clock is elsewhere
		require.Contains(t, string(p.body), `"configuration_item.created"`)
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	require.Eventually(t, func() bool {
		w, err := f.Webhooks.Webhook(f.Ctx, made.Webhook.ID)
		return err == nil && w.Position() == fmt.Sprint(f.Head()) && w.Waiting() == 0
	}, 20*time.Second, 10*time.Millisecond)
	cancel()
	<-ended
}

func TestNetworksForWebhooksAreChecked(t *testing.T) {
	_, err := webhookFlags{WebhookAllow: []string{"10.0.0.0/8", "x"}}.sender()
	require.ErrorContains(t, err, "--webhook-allow x")
}
