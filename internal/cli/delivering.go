package cli

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	hook "releasegraph/internal/app/webhook"
	"releasegraph/internal/mail"
	"releasegraph/internal/telemetry"
	"releasegraph/internal/webhook"
)

// webhookFlags say where webhooks may lead.
type webhookFlags struct {
	WebhookAllow []string `placeholder:"NETWORK" help:"A network that is not public and that webhooks may lead to all the same, such as 10.20.0.0/16 or 127.0.0.0/8; to these alone plain http is spoken. Several with commas. Default: none."`
	EventSource  string   `default:"urn:releasegraph" placeholder:"URI" help:"What names this estate in the events that are sent. Default: ${default}."`
}

// sender sends to webhooks.
func (f webhookFlags) sender() (*webhook.Sender, error) {
	var allowed []netip.Prefix
	for _, text := range f.WebhookAllow {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usagef("--webhook-allow %s: write a network such as 10.20.0.0/16", text)
		}
		allowed = append(allowed, p.Masked())
	}
	return webhook.New(webhook.Options{Allowed: allowed}), nil
}

// mailingSender sends to mailboxes, too, where there is a mail server.
type mailingSender struct {
	hook.Sender
	by *mail.Server // nil: there is none
}

// CheckAddress implements webhook.Sender.
func (s mailingSender) CheckAddress(address string) error {
	switch _, is := hook.Mailbox(address); {
	case !is:
		return s.Sender.CheckAddress(address)
	case s.by == nil:
		return errors.New("is a mailbox, and no mail server was named to this server (--smtp)")
	}
	return nil
}

// Send implements webhook.Sender.
func (s mailingSender) Send(ctx context.Context, m hook.Message) hook.Answer {
	mailbox, is := hook.Mailbox(m.URL)
	switch {
	case !is:
		return s.Sender.Send(ctx, m)
	case s.by == nil:
		return hook.Answer{Err: errors.New("no mail server was named to this server (--smtp)")}
	}
	begun := time.Now()
	outcomes, err := s.by.Deliver(ctx, []mail.Letter{{ID: m.ID, To: mailbox, Language: m.Language, Subject: m.Subject, Text: string(m.Body), At: m.At}})
	a := hook.Answer{Took: time.Since(begun), Body: outcomes[0].Words, Err: err}
	if err == nil && outcomes[0].Result != mail.Taken {
		a.Err = errors.New(outcomes[0].Words)
	}
	return a
}

// countedSender counts and times what is sent.
type countedSender struct {
	hook.Sender
	sent    *prometheus.CounterVec
	seconds prometheus.Histogram
}

func newCountedSender(s hook.Sender, t *telemetry.Telemetry) *countedSender {
	c := &countedSender{
		Sender: s,
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "releasegraph_webhook_deliveries_total", Help: "Events sent to webhooks, by outcome: taken or failed.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "releasegraph_webhook_seconds", Help: "How long receivers of webhooks took.", Buckets: prometheus.ExponentialBuckets(0.005, 3, 8),
		}),
	}
	t.Registry.MustRegister(c.sent, c.seconds)
	return c
}

// Send implements webhook.Sender.
func (c *countedSender) Send(ctx context.Context, m hook.Message) hook.Answer {
	a := c.Sender.Send(ctx, m)
	outcome := "taken"
	if a.Err != nil {
		outcome = "failed"
	}
	c.sent.WithLabelValues(outcome).Inc()
	c.seconds.Observe(a.Took.Seconds())
	return a
}

// delivering sends events to webhooks as they are committed. A receiver that hangs holds up
// no other.
type delivering struct {
	pursuing
	to *hook.Deliverer
}

func newDelivering(e *estate, by hook.Sender, log zerolog.Logger) delivering {
	to := e.app.Webhooks.Deliverer(by, newID())
	return delivering{pursuing{app: e.app, store: e.store, log: log, work: to.Pass, what: "events could not be sent to webhooks; they are tried again"}, to}
}

// Run sends until the context ends.
func (d delivering) Run(ctx context.Context) {
	d.pursuing.Run(ctx)
	d.to.Wait()
}
