package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/webhook"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
)

func (b *bed) targeted(in webhook.NewWebhook) *webhook.Created {
	b.T.Helper()
	made, err := b.Webhooks.CreateWebhook(b.Ctx, in)
	require.NoError(b.T, err)
	return made
}

func TestChatsAreSentEachEventAsTheyShowIt_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		for target, name := range map[webhook.Target]string{webhook.Slack: "slack", webhook.Teams: "teams", webhook.Standard: "program"} {
			var language *string
			if target != webhook.Standard {
				language = apptest.Some("de")
			}
			b.targeted(webhook.NewWebhook{Name: name, URL: "https://hooks.example.org/" + name, Target: &target, Language: language, Filter: items()})
		}
		apptest.CreateApplication(b.Fixture, "a")
		b.rename("a", "n1")
		b.deliver()
		sent := map[string][]webhook.Message{}
		for _, m := range b.to.got {
			sent[m.URL] = append(sent[m.URL], m)
		}
		read := func(name string) (media string, m map[string]any) {
			require.Len(t, sent["https://hooks.example.org/"+name], 2)
			last := sent["https://hooks.example.org/"+name][1]
			require.NoError(t, json.Unmarshal(last.Body, &m))
			return last.Media, m
		}
		media, m := read("slack")
		require.Equal(t, []any{"application/json", "configuration_item.changed: ConfigurationItem a"}, []any{media, m["text"]})
		require.Contains(t, fmt.Sprint(m["blocks"]), "1. März 2026")
		media, m = read("teams")
		require.Equal(t, []any{"application/json", "message"}, []any{media, m["type"]})
		require.Contains(t, fmt.Sprint(m["attachments"]), "Durch")
		media, m = read("program")
		require.Equal(t, []any{"application/cloudevents+json", "configuration_item.changed"}, []any{media, m["type"]})
	})
}

// What has no type of CDEvents is passed over, and holds up nothing.
func TestATargetOfCDEventsIsSentWhatTheseKnow_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		target := webhook.CDEvents
		made := b.targeted(webhook.NewWebhook{Name: "tool", URL: "https://hooks.example.org/x", Target: &target})
		b.Site("par")
		apptest.CreateApplication(b.Fixture, "a")
		b.Connect(domain.RelInstalledAt, "a", "par", map[string]any{"version": "1.0"})
		b.rename("a", "n1")
		b.deliver()
		var types []string
		for _, m := range b.to.got {
			var c struct{ Type string }
			require.NoError(t, json.Unmarshal(m.Body, &c))
			types = append(types, c.Type)
		}
		require.ElementsMatch(t, []string{"dev.cdevents.environment.created.0.3.0", "dev.cdevents.service.deployed.0.3.0"}, types)
		w := b.read(made.Webhook.ID)
		require.Equal(t, []any{fmt.Sprint(b.Head()), 0}, []any{w.Position(), w.Waiting()})
		d, err := b.Webhooks.TestWebhook(b.Ctx, made.Webhook.ID)
		require.NoError(t, err)
		require.Equal(t, happening.Tested, d.Type)
	})
}

// The events of a period are one letter, which is sent when it is over; where nothing
// happened there is none.
func TestAMailboxIsSentOneLetterForTheEventsOfAPeriod_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		target := webhook.Email
		made := b.targeted(webhook.NewWebhook{
			Name: "digest", URL: "mailto:releases@example.org", Target: &target, Every: apptest.Some(120), Language: apptest.Some("fr"), Filter: items(),
		})
		for _, key := range []string{"a", "b", "c"} {
			apptest.CreateApplication(b.Fixture, key)
		}
		b.Site("par") // which the filter does not choose
		next := b.deliver()
		require.Empty(t, b.to.got, "the period is not over")
		require.Equal(t, time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), next)
		b.clock.goes(next.Sub(b.clock.Now()))
		require.Equal(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), b.deliver())
		b.deliver()
		require.Len(t, b.to.got, 1)
		m := b.to.got[0]
		require.Equal(t, []string{"mailto:releases@example.org", "digest : 3 évènements", "fr"}, []string{m.URL, m.Subject, m.Language})
		for _, key := range []string{"a", "b", "c"} {
			require.Contains(t, string(m.Body), "configuration_item.created: ConfigurationItem "+key+"\n")
		}
		w := b.read(made.Webhook.ID)
		require.Equal(t, []any{webhook.Active, fmt.Sprint(b.Head()), 120}, []any{w.Status(), w.Position(), *w.Every()})
		list, err := b.Webhooks.Deliveries(b.Ctx, w, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"webhook.digest", "3 events", string(webhook.Taken)}, []string{list[0].Type, list[0].Subject, string(list[0].Outcome)})
		b.clock.goes(2 * time.Hour)
		b.deliver()
		require.Len(t, b.to.got, 1, "nothing happened")
		b.rename("a", "n1")
		b.clock.goes(2 * time.Hour)
		b.deliver()
		require.Len(t, b.to.got, 2)
		require.Equal(t, "digest : un évènement", b.to.got[1].Subject)
		require.NotEqual(t, m.ID, b.to.got[1].ID)
		d, err := b.Webhooks.TestWebhook(b.Ctx, made.Webhook.ID)
		require.NoError(t, err)
		require.Equal(t, webhook.Taken, d.Outcome)
		require.Contains(t, string(b.to.got[2].Body), happening.Tested)
		_, err = b.Webhooks.ResendEvents(b.Ctx, webhook.Resending{ID: made.Webhook.ID, From: 1, To: 1})
		apptest.Refused(t, err, domain.Invalid, "input.id")
	})
}

// A letter that is not taken is tried again, under the same id and with what has happened
// since.
func TestADigestThatIsNotTakenIsTriedAgain_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		target := webhook.Email
		made := b.targeted(webhook.NewWebhook{Name: "digest", URL: "mailto:releases@example.org", Target: &target, Filter: items()})
		apptest.CreateApplication(b.Fixture, "a")
		b.clock.goes(time.Hour)
		var tried []webhook.Message
		refused := webhook.Answer{Err: errors.New("451 try again later")}
		b.to.answers = func(m webhook.Message) webhook.Answer { tried = append(tried, m); return refused }
		next := b.deliver()
		require.True(t, next.After(b.clock.Now()) && next.Before(b.clock.Now().Add(time.Minute)), next)
		w := b.read(made.Webhook.ID)
		require.Equal(t, []any{webhook.Failing, "451 try again later"}, []any{w.Status(), *w.LastError()})
		b.deliver()
		require.Len(t, tried, 1, "the pause is not over")
		apptest.CreateApplication(b.Fixture, "b")
		refused = webhook.Answer{}
		b.clock.goes(time.Minute)
		b.deliver()
		require.Len(t, tried, 2)
		require.Equal(t, tried[0].ID, tried[1].ID)
		require.Equal(t, "digest: 2 events", tried[1].Subject)
		require.Equal(t, webhook.Active, b.read(made.Webhook.ID).Status())
	})
}

// However much happened, a letter stays a letter.
func TestADigestTellsTwoHundredEventsAndCountsTheRest_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		target := webhook.Email
		b.targeted(webhook.NewWebhook{Name: "digest", URL: "mailto:releases@example.org", Target: &target, Filter: items()})
		var lines []string
		for i := range 250 {
			lines = append(lines, fmt.Sprintf(`{"node":"ConfigurationItem","key":"i%03d","name":"i","class":"APPLICATION"}`, i))
		}
		b.Brings(lines...)
		b.clock.goes(time.Hour)
		b.deliver()
		require.Len(t, b.to.got, 1)
		require.Equal(t, "digest: 250 events", b.to.got[0].Subject)
		require.Equal(t, 200, strings.Count(string(b.to.got[0].Body), ": ConfigurationItem i"))
		require.Contains(t, string(b.to.got[0].Body), "And 50 more events")
	})
}

// fieldsOf lists the fields of the errors that somebody was told.
func fieldsOf(err error) (fields []string) {
	var errs domain.Errors
	var one *domain.Error
	switch {
	case errors.As(err, &errs):
	case errors.As(err, &one):
		errs = domain.Errors{one}
	}
	for _, e := range errs {
		fields = append(fields, e.Field)
	}
	return fields
}

func TestATargetAndItsAddressBelongTogether_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		b.to.anywhere = true
		for _, c := range []struct {
			in   webhook.NewWebhook
			want []string
		}{
			{webhook.NewWebhook{URL: "mailto:a@example.org"}, []string{"input.url"}},
			{webhook.NewWebhook{URL: "https://hooks.example.org/x", Target: apptest.Some(webhook.Email)}, []string{"input.url"}},
			{webhook.NewWebhook{URL: "mailto:nobody", Target: apptest.Some(webhook.Email)}, []string{"input.url"}},
			{webhook.NewWebhook{URL: "mailto:a@example.org%0d%0aBcc:b@example.org", Target: apptest.Some(webhook.Email)}, []string{"input.url"}},
			{webhook.NewWebhook{URL: "https://hooks.example.org/x", Every: apptest.Some(60), Language: apptest.Some("en")}, []string{"input.every", "input.language"}},
			{webhook.NewWebhook{URL: "mailto:a@example.org", Target: apptest.Some(webhook.Email), Every: apptest.Some(1), Language: apptest.Some("?")}, []string{"input.every", "input.language"}},
		} {
			c.in.Name = "deploys"
			_, err := b.Webhooks.CreateWebhook(b.Ctx, c.in)
			require.Equal(t, c.want, fieldsOf(err), "%v", err)
		}
	})
}
