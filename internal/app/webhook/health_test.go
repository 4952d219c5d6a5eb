package webhook_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/webhook"
	"releasegraph/internal/happening"
)

// Who operates the server is told how many webhooks do how, and which are furthest behind
// since when: those to which something is to be sent now.
func TestHealthTellsWhichWebhooksAreBehind_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		well := b.targeted(webhook.NewWebhook{Name: "well", URL: "https://hooks.example.org/well", Filter: items()})
		paused := b.targeted(webhook.NewWebhook{Name: "paused", URL: "https://hooks.example.org/paused", Filter: items()})
		mail, every := webhook.Email, 60
		b.targeted(webhook.NewWebhook{Name: "mail", URL: "mailto:a@example.org", Target: &mail, Every: &every, Filter: items()})
		_, err := b.Webhooks.PauseWebhook(b.Ctx, webhook.Pausing{ID: paused.Webhook.ID})
		require.NoError(t, err)
		b.deliver()
		health, err := b.Webhooks.Health(b.Ctx, 10)
		require.NoError(t, err)
		require.Equal(t, map[webhook.Status]int{webhook.Active: 2, webhook.Paused: 1, webhook.Failing: 0, webhook.GaveUp: 0}, health.Statuses)
		require.Empty(t, health.Behind)

		b.to.denies(func(e *happening.Event) error {
			if e.Subject.Key == "b" {
				return errors.New("not now")
			}
			return nil
		})
		apptest.CreateApplication(b.Fixture, "a")
		b.clock.goes(time.Minute)
		since := b.clock.Now()
		apptest.CreateApplication(b.Fixture, "b")
		b.clock.goes(time.Minute)
		apptest.CreateApplication(b.Fixture, "c")
		b.deliver()
		health, err = b.Webhooks.Health(b.Ctx, 10)
		require.NoError(t, err)
		require.Equal(t, map[webhook.Status]int{webhook.Active: 1, webhook.Failing: 1, webhook.Paused: 1, webhook.GaveUp: 0}, health.Statuses)
		require.Len(t, health.Behind, 1)
		behind := health.Behind[0]
		require.Equal(t, []any{well.Webhook.ID, "well", int64(2)}, []any{behind.ID, behind.Name, behind.Revisions})
		require.True(t, since.Equal(behind.Since), behind.Since)

		none, err := b.Webhooks.Health(b.Ctx, 0)
		require.NoError(t, err)
		require.Empty(t, none.Behind)
	})
}
