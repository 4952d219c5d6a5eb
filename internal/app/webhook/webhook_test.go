package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/webhook"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// clock stands still unless it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) goes(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// instance is a server over a fixture's store.
func instance(f *apptest.Fixture, c *clock) *app.App {
	return app.New(app.Config{
		Store: f.Store, Now: c.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Shelf: apptest.ShelfOf(f.Store.Store),
	})
}

// bed is an estate with a receiver.
type bed struct {
	*apptest.Fixture
	clock *clock
	to    *receiver
}

func beds(t *testing.T, run func(*testing.T, *bed)) {
	t.Helper()
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		b := &bed{Fixture: f, clock: &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}, to: &receiver{}}
		f.App = instance(f, b.clock)
		f.Webhooks.Sender = b.to
		run(t, b)
	})
}

// receiver takes what it is sent, unless it is told not to.
type receiver struct {
	mu   sync.Mutex
	got  []webhook.Message
	deny func(*happening.Event) error
	// answers answers in its place; nil: it does so itself.
	answers func(webhook.Message) webhook.Answer
	// anywhere is where it sends: also to mailboxes.
	anywhere bool
}

func (r *receiver) CheckAddress(url string) error {
	if _, is := webhook.Mailbox(url); !strings.HasPrefix(url, "https://") && !is && !r.anywhere {
		return errors.New("must begin with https")
	}
	return nil
}

func (r *receiver) Send(_ context.Context, m webhook.Message) webhook.Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers != nil {
		return r.answers(m)
	}
	if r.deny != nil {
		if err := r.deny(eventIn(m)); err != nil {
			return webhook.Answer{Status: 500, Body: "no", Err: err}
		}
	}
	r.got = append(r.got, m)
	return webhook.Answer{Status: 204}
}

func (r *receiver) denies(deny func(*happening.Event) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deny = deny
}

func eventIn(m webhook.Message) *happening.Event {
	var c struct{ Data happening.Event }
	if err := json.Unmarshal(m.Body, &c); err != nil {
		panic(err)
	}
	return &c.Data
}

// took lists what was taken: "type key", of one subject or of all.
func (r *receiver) took(key string) (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.got {
		if e := eventIn(m); key == "" || e.Subject.Key == key {
			name := ""
			if d, ok := e.Changes["name"]; ok {
				name = fmt.Sprint(" ", d.After)
			}
			list = append(list, e.Type+" "+e.Subject.Key+name)
		}
	}
	return list
}

func (b *bed) hook(in webhook.NewWebhook) *webhook.Created {
	b.T.Helper()
	in.Name, in.URL = "deploys", "https://hooks.example.org/x"
	return b.targeted(in)
}

func (b *bed) deliver() time.Time {
	b.T.Helper()
	next, err := b.Webhooks.Deliver(b.Ctx, b.to, "one")
	require.NoError(b.T, err)
	return next
}

func (b *bed) rename(key, name string) int64 {
	b.T.Helper()
	w, err := b.Records.Update(b.Ctx, domain.KindConfigurationItem, *apptest.ByKey(key), map[string]any{"name": name}, nil, nil)
	require.NoError(b.T, err)
	return w.Revision
}

func (b *bed) read(id string) *webhook.Webhook {
	b.T.Helper()
	w, err := b.Webhooks.Webhook(b.Ctx, id)
	require.NoError(b.T, err)
	return w
}

func items() *domain.EventFilter { return &domain.EventFilter{Types: []string{"configuration_item.*"}} }

func TestAWebhookIsSentTheEventsOfItsFilterOnceAndInOrder_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		apptest.CreateApplication(b.Fixture, "before")
		made := b.hook(webhook.NewWebhook{Filter: items()})
		require.Empty(t, b.deliver())
		apptest.CreateApplication(b.Fixture, "a")
		b.Site("par")
		for i := range 5 {
			b.rename("a", fmt.Sprint("n", i))
		}
		b.deliver()
		b.deliver()
		want := []string{"configuration_item.created a The a"}
		for i := range 5 {
			want = append(want, fmt.Sprint("configuration_item.changed a n", i))
		}
		require.Equal(t, want, b.to.took(""))
		w := b.read(made.Webhook.ID)
		require.Equal(t, []any{webhook.Active, fmt.Sprint(b.Head()), 0}, []any{w.Status(), w.Position(), w.Waiting()})
		first := b.to.got[0]
		require.Equal(t, []string{made.Secret}, first.Secrets)
		var c map[string]any
		require.NoError(t, json.Unmarshal(first.Body, &c))
		require.Equal(t, []any{"1.0", first.ID, "configuration_item.created", "ConfigurationItem/a", "urn:releasegraph"},
			[]any{c["specversion"], c["id"], c["type"], c["subject"], c["source"]})
	})
}

// What fails holds up its own subject only, and is tried again behind a pause, in order.
func TestWhatFailsHoldsUpItsSubjectAlone_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		made := b.hook(webhook.NewWebhook{Filter: items()})
		b.to.denies(func(e *happening.Event) error {
			if e.Subject.Key == "a" {
				return errors.New("answered 500")
			}
			return nil
		})
		for _, key := range []string{"a", "b"} {
			apptest.CreateApplication(b.Fixture, key)
		}
		b.rename("a", "n1")
		b.rename("b", "n1")
		next := b.deliver()
		require.Empty(t, b.to.took("a"))
		require.Equal(t, []string{"configuration_item.created b The b", "configuration_item.changed b n1"}, b.to.took("b"))
		require.True(t, next.After(b.clock.Now()), next)
		w := b.read(made.Webhook.ID)
		require.Equal(t, []any{webhook.Failing, 2, "answered 500"}, []any{w.Status(), w.Waiting(), *w.LastError()})
		b.rename("a", "n2")
		b.deliver()
		require.Equal(t, 3, b.read(made.Webhook.ID).Waiting(), "it waits behind those of its subject")
		b.to.denies(nil)
		b.deliver()
		require.Empty(t, b.to.took("a"), "the pause is not over")
		b.clock.goes(next.Sub(b.clock.Now()))
		b.deliver()
		require.Equal(t, []string{"configuration_item.created a The a", "configuration_item.changed a n1", "configuration_item.changed a n2"}, b.to.took("a"))
		w = b.read(made.Webhook.ID)
		require.Equal(t, []any{webhook.Active, 0}, []any{w.Status(), w.Waiting()})
		require.Nil(t, w.LastError())
		list, err := b.Webhooks.Deliveries(b.Ctx, w, nil, apptest.Some(webhook.Failed))
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, []any{1, 500, "answered 500", "no"}, []any{list[0].Attempt, *list[0].Status, *list[0].Error, *list[0].Answer})
		require.Contains(t, list[0].Body, `"specversion":"1.0"`)
	})
}

// What all webhooks hold of events at the same time is bounded together: each has its part of
// it, and what is large goes out in rounds of few.
func TestWhatIsSentAtTheSameTimeIsBoundedTogether_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		b.Webhooks.Held = 16 * 10_000
		made := b.hook(webhook.NewWebhook{Filter: items()})
		var want []string
		for i := range 6 {
			key := fmt.Sprint("a", i)
			apptest.CreateApplication(b.Fixture, key)
			_, err := b.Records.Update(b.Ctx, domain.KindConfigurationItem, *apptest.ByKey(key), map[string]any{"description": strings.Repeat("x", 8_000)}, nil, nil)
			require.NoError(t, err)
			want = append(want, "configuration_item.created "+key+" The "+key, "configuration_item.changed "+key)
		}
		b.to.denies(func(e *happening.Event) error {
			if e.Subject.Key == "a1" {
				return errors.New("no")
			}
			return nil
		})
		next := b.deliver()
		b.to.denies(nil)
		b.clock.goes(next.Sub(b.clock.Now()))
		b.deliver()
		require.ElementsMatch(t, want, b.to.took(""))
		for i := range 6 {
			require.Equal(t, want[2*i:2*i+2], b.to.took(fmt.Sprint("a", i)))
		}
		rounds, err := apptest.ShelfOf(b.Store.Store).Shelved(b.Ctx, "webhook-log/"+made.Webhook.ID)
		require.NoError(t, err)
		for _, round := range rounds {
			require.LessOrEqual(t, len(round), 4*8_400, "a round has up to 10,000 bytes of events, and one more event")
		}
	})
}

// A receiver that is down for a day costs its backlog and a try now and then, and misses
// nothing when it is back.
func TestAReceiverThatIsDownForADayMissesNothing_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		made := b.hook(webhook.NewWebhook{Filter: items()})
		tries := 0
		b.to.denies(func(*happening.Event) error { tries++; return errors.New("answered 500") })
		for i := range 12 {
			apptest.CreateApplication(b.Fixture, fmt.Sprintf("i%02d", i))
		}
		for ends := b.clock.Now().Add(24 * time.Hour); b.clock.Now().Before(ends); {
			b.deliver()
			b.clock.goes(5 * time.Minute)
		}
		require.Less(t, tries, 80)
		require.Equal(t, webhook.Failing, b.read(made.Webhook.ID).Status())
		b.to.denies(nil)
		for range 10 {
			b.clock.goes(2 * time.Hour)
			b.deliver()
		}
		got := b.to.took("")
		slices.Sort(got)
		var want []string
		for i := range 12 {
			want = append(want, fmt.Sprintf("configuration_item.created i%02d The i%02d", i, i))
		}
		require.Equal(t, want, got)
	})
}

func TestAnEventThatIsRefusedForADayIsDeadAndCanBeResent_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		made := b.hook(webhook.NewWebhook{Filter: items()})
		b.to.denies(func(e *happening.Event) error {
			if e.Type == "configuration_item.created" && e.Subject.Key == "a" {
				return errors.New("answered 422")
			}
			return nil
		})
		refused := apptest.CreateApplication(b.Fixture, "a")
		b.rename("a", "n1")
		for i := range 40 {
			b.deliver()
			b.clock.goes(time.Hour)
			apptest.CreateApplication(b.Fixture, fmt.Sprint("other", i))
		}
		b.deliver()
		require.Equal(t, []string{"configuration_item.changed a n1"}, b.to.took("a"))
		dead, err := b.Webhooks.Deliveries(b.Ctx, b.read(made.Webhook.ID), nil, apptest.Some(webhook.Dead))
		require.NoError(t, err)
		require.Len(t, dead, 1)
		require.Equal(t, fmt.Sprintf("%d.1", refused), dead[0].EventID)
		b.to.denies(nil)
		_, err = b.Webhooks.ResendEvents(b.Ctx, webhook.Resending{ID: made.Webhook.ID, From: refused, To: refused})
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, []string{"configuration_item.changed a n1", "configuration_item.created a The a"}, b.to.took("a"))
		require.Contains(t, string(b.to.got[len(b.to.got)-1].Body), `"resent":true`)
		_, err = b.Webhooks.ResendEvents(b.Ctx, webhook.Resending{ID: made.Webhook.ID, From: 1, To: 0})
		apptest.Refused(t, err, domain.Invalid, "input.to")
	})
}

// hanging takes what it is sent, but by one address nothing before it is let go.
type hanging struct {
	*receiver
	let chan struct{}
}

func (h hanging) Send(ctx context.Context, m webhook.Message) webhook.Answer {
	if strings.HasSuffix(m.URL, "/hangs") {
		<-h.let
	}
	return h.receiver.Send(ctx, m)
}

// A receiver that hangs holds up no other one, and is sent what came meanwhile.
func TestAReceiverThatHangsHoldsUpNoOtherAtOnce_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		for _, name := range []string{"hangs", "takes"} {
			b.targeted(webhook.NewWebhook{Name: name, URL: "https://hooks.example.org/" + name, Filter: items()})
		}
		to := hanging{b.to, make(chan struct{})}
		d := b.Webhooks.Deliverer(to, "one")
		for i, key := range []string{"a", "b", "c"} {
			apptest.CreateApplication(b.Fixture, key)
			_, err := d.Pass(b.Ctx)
			require.NoError(t, err)
			require.Eventually(t, func() bool { return len(b.to.took("")) == i+1 }, 30*time.Second, time.Millisecond)
		}
		close(to.let)
		d.Wait()
		for _, key := range []string{"a", "b", "c"} {
			require.Len(t, b.to.took(key), 2, key)
		}
	})
}

// crowd hangs at some addresses until it is let go, and counts how many do.
type crowd struct {
	*receiver
	let     chan struct{}
	hanging atomic.Int64
	most    atomic.Int64
}

func (c *crowd) Send(ctx context.Context, m webhook.Message) webhook.Answer {
	if !strings.Contains(m.URL, "hangs") {
		return c.receiver.Send(ctx, m)
	}
	c.most.Store(max(c.most.Load(), c.hanging.Add(1)))
	defer c.hanging.Add(-1)
	<-c.let
	return webhook.Answer{Err: errors.New("no answer"), Took: 15 * time.Second}
}

// However many receivers hang at once, those that are well are sent to; and those that hung
// before have a few places of their own.
func TestReceiversThatHangHoldUpNobodyElse_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		for i := range 20 {
			b.targeted(webhook.NewWebhook{Name: fmt.Sprint("hangs-", i), URL: fmt.Sprint("https://hooks.example.org/hangs-", i), Filter: items()})
		}
		to := &crowd{receiver: b.to, let: make(chan struct{})}
		d := b.Webhooks.Deliverer(to, "one")
		pass := func() {
			_, err := d.Pass(b.Ctx)
			require.NoError(t, err)
		}
		apptest.CreateApplication(b.Fixture, "a")
		pass()
		require.Eventually(t, func() bool { return to.hanging.Load() == 20 }, time.Minute, time.Millisecond, "some of them move to the places of the slow ones")
		b.targeted(webhook.NewWebhook{Name: "takes", URL: "https://hooks.example.org/takes", Filter: items()})
		apptest.CreateApplication(b.Fixture, "b")
		pass()
		require.Eventually(t, func() bool { return len(b.to.took("")) == 1 }, time.Minute, time.Millisecond)
		close(to.let)
		d.Wait()

		to.let = make(chan struct{})
		to.most.Store(0)
		b.clock.goes(24 * time.Hour)
		for i, key := range []string{"c", "d", "e"} {
			apptest.CreateApplication(b.Fixture, key)
			pass()
			require.Eventually(t, func() bool { return len(b.to.took("")) == i+2 }, time.Minute, time.Millisecond)
		}
		require.Eventually(t, func() bool { return to.hanging.Load() > 0 }, time.Minute, time.Millisecond)
		close(to.let)
		d.Wait()
		require.LessOrEqual(t, to.most.Load(), int64(8), "subjects of as many receivers as there are places, one try of each")
	})
}

// Several servers over one store send each event once: one of them at a time is at a
// webhook, until its lease is over.
func TestServersAtOnceSendEachEventToAWebhookOnce_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		b.hook(webhook.NewWebhook{Filter: items()})
		other := instance(b.Fixture, b.clock)
		const n = 30
		var wg sync.WaitGroup
		for holder, a := range map[string]*app.App{"one": b.App, "two": other} {
			wg.Go(func() {
				for range 200 {
					if _, err := a.Webhooks.Deliver(b.Ctx, b.to, holder); err != nil {
						t.Errorf("%s: %v", holder, err)
						return
					}
				}
			})
		}
		for i := range n {
			apptest.CreateApplication(b.Fixture, fmt.Sprint("i", i))
		}
		wg.Wait()
		b.clock.goes(time.Hour)
		apptest.CreateApplication(b.Fixture, "more")
		_, err := other.Webhooks.Deliver(b.Ctx, b.to, "two")
		require.NoError(t, err)
		require.Len(t, b.to.took(""), n+1)
		apptest.CreateApplication(b.Fixture, "last")
		b.deliver()
		require.Len(t, b.to.took(""), n+1, "another one is at it")
		b.clock.goes(time.Hour)
		b.deliver()
		require.Len(t, b.to.took(""), n+2, "its lease is over")
	})
}

func TestAWebhookIsPausedResumedRotatedTriedAndRemoved_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		made := b.hook(webhook.NewWebhook{Filter: items()})
		id := made.Webhook.ID
		w, err := b.Webhooks.PauseWebhook(b.Ctx, webhook.Pausing{ID: id, Reason: "it is moved"})
		require.NoError(t, err)
		require.Equal(t, []any{webhook.Paused, "it is moved"}, []any{w.Status(), *w.PausedBecause()})
		apptest.CreateApplication(b.Fixture, "a")
		b.deliver()
		require.Empty(t, b.to.took(""))
		rotated, err := b.Webhooks.RotateSecret(b.Ctx, id)
		require.NoError(t, err)
		require.NotEqual(t, made.Secret, rotated.Secret)
		w, err = b.Webhooks.ResumeWebhook(b.Ctx, id)
		require.NoError(t, err)
		require.Equal(t, webhook.Active, w.Status())
		b.deliver()
		require.Len(t, b.to.took(""), 1)
		require.Equal(t, []string{rotated.Secret, made.Secret}, b.to.got[0].Secrets)
		b.clock.goes(25 * time.Hour)
		d, err := b.Webhooks.TestWebhook(b.Ctx, id)
		require.NoError(t, err)
		require.Equal(t, []any{happening.Tested, webhook.Taken, 204}, []any{d.Type, d.Outcome, *d.Status})
		require.Equal(t, []string{rotated.Secret}, b.to.got[1].Secrets)
		_, err = b.Webhooks.RemoveWebhook(b.Ctx, id)
		require.NoError(t, err)
		require.Nil(t, b.read(id))
		for _, shelf := range []string{"webhooks", "webhook-states", "webhook-log/" + id} {
			left, err := apptest.ShelfOf(b.Store.Store).Shelved(b.Ctx, shelf)
			require.NoError(t, err)
			require.Empty(t, left, shelf)
		}
		_, err = b.Webhooks.ResumeWebhook(b.Ctx, id)
		apptest.Refused(t, err, domain.NotFound, "input.id")
	})
}

// A webhook sees what its roles and sites see.
func TestAWebhookIsSentWhatItSees_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		b.Site("par")
		b.hook(webhook.NewWebhook{Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}, Filter: items()})
		for _, key := range []string{"mine", "hidden"} {
			apptest.CreateApplication(b.Fixture, key)
		}
		b.Connect(domain.RelInstalledAt, "mine", "par", nil)
		b.rename("mine", "n1")
		b.rename("hidden", "n1")
		b.deliver()
		for _, told := range b.to.took("") {
			require.NotContains(t, told, "hidden")
		}
		require.Contains(t, b.to.took(""), "configuration_item.changed mine n1")
	})
}

func TestAReceiverThatWantsNoMoreIsPaused_E3(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		made := b.hook(webhook.NewWebhook{Filter: items()})
		apptest.CreateApplication(b.Fixture, "a")
		_, err := b.Webhooks.Deliver(b.Ctx, gone{b.to}, "one")
		require.NoError(t, err)
		w := b.read(made.Webhook.ID)
		require.Equal(t, []any{webhook.Paused, "the receiver answered 410 Gone"}, []any{w.Status(), *w.PausedBecause()})
	})
}

type gone struct{ *receiver }

func (gone) Send(context.Context, webhook.Message) webhook.Answer {
	return webhook.Answer{Status: 410, Err: errors.New("answered 410 Gone")}
}

// What the log has no more is told as missed, and the webhook goes on behind it.
func TestWhatWasCompactedBeforeItWasSentIsToldAsMissed_C4(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		made := b.hook(webhook.NewWebhook{Filter: items()})
		begin := b.Head()
		for _, key := range []string{"a", "b"} {
			apptest.CreateApplication(b.Fixture, key)
		}
		require.NoError(t, b.Store.Compact(b.Ctx, store.Revision(b.Head())))
		oldest, err := b.Store.Oldest(b.Ctx)
		require.NoError(t, err)
		apptest.CreateApplication(b.Fixture, "c")
		b.deliver()
		require.Contains(t, b.to.took(""), "configuration_item.created c The c")
		require.Equal(t, &webhook.Range{From: begin + 1, To: int64(oldest)}, b.read(made.Webhook.ID).Missed())
	})
}

func TestAllThatIsWrongWithAWebhookIsTold(t *testing.T) {
	beds(t, func(t *testing.T, b *bed) {
		b.hook(webhook.NewWebhook{})
		after := int64(99)
		_, err := b.Webhooks.CreateWebhook(b.Ctx, webhook.NewWebhook{
			Name: "deploys", URL: "ftp://x", Roles: []domain.Role{"KING"}, After: &after, Filter: &domain.EventFilter{Types: []string{"none.such"}},
		})
		var errs domain.Errors
		require.ErrorAs(t, err, &errs)
		var fields []string
		for _, e := range errs {
			fields = append(fields, e.Field)
		}
		require.ElementsMatch(t, []string{"input.name", "input.url", "input.roles.0", "input.after", "input.filter.types.0"}, fields)
		_, err = b.Webhooks.Webhooks(b.As("vic", domain.Viewer))
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}
