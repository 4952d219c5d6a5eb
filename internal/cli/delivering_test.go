package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/rs/zerolog"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	hook "releasegraph/internal/app/webhook"
	"releasegraph/internal/domain"
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
		newDelivering(&estate{app: f.App, store: f.Store}, sender, zerolog.Nop()).Run(ctx)
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

// A digest is a letter that a real mail server takes, or refuses with its words.
func TestADigestIsMailedToAMailbox_E3(t *testing.T) {
	box := &mailbox{}
	s := smtp.NewServer(box)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	post, err := mailFlags{SMTP: "smtp+plain://" + l.Addr().String(), MailFrom: "Releases <releases@example.org>"}.server()
	require.NoError(t, err)
	post.Timeout = 5 * time.Second
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	without := mailingSender{webhook.New(webhook.Options{}), nil}
	f.Webhooks.Sender = without
	email := hook.Email
	_, err = f.Webhooks.CreateWebhook(f.Ctx, hook.NewWebhook{Name: "lyon", URL: "mailto:lyon@example.org", Target: &email})
	apptest.Refused(t, err, domain.Invalid, "input.url")
	sender := mailingSender{without.Sender, post}
	f.Webhooks.Sender = sender
	made := map[string]*hook.Created{}
	for _, name := range []string{"lyon", "nobody"} {
		made[name], err = f.Webhooks.CreateWebhook(f.Ctx, hook.NewWebhook{Name: name, URL: "mailto:" + name + "@example.org", Target: &email, Language: apptest.Some("de")})
		require.NoError(t, err)
	}
	for name, want := range map[string]hook.Outcome{"lyon": hook.Taken, "nobody": hook.Failed} {
		d, err := f.Webhooks.TestWebhook(f.Ctx, made[name].Webhook.ID)
		require.NoError(t, err)
		require.Equal(t, want, d.Outcome)
		if want == hook.Failed {
			require.Contains(t, *d.Error, "550")
		}
	}
	require.Len(t, box.taken, 1)
	m, err := netmail.ReadMessage(strings.NewReader(strings.SplitN(box.taken[0], "\n", 2)[1]))
	require.NoError(t, err)
	require.Equal(t, []string{"lyon: ein Ereignis", "de", "<lyon@example.org>"}, []string{m.Header.Get("Subject"), m.Header.Get("Content-Language"), m.Header.Get("To")})
	d := without.Send(t.Context(), hook.Message{URL: "mailto:lyon@example.org"})
	require.ErrorContains(t, d.Err, "--smtp")
}

func TestNetworksForWebhooksAreChecked(t *testing.T) {
	_, err := webhookFlags{WebhookAllow: []string{"10.0.0.0/8", "x"}}.sender()
	require.ErrorContains(t, err, "--webhook-allow x")
}
