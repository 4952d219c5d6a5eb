// Package webhook sends events to where somebody wants them (E3): signed, in order per
// subject, and again and again until they are taken. Webhooks lie on the shelf, beside the
// graph: secrets have no history.
package webhook

import (
	"context"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/event"
	"releasegraph/internal/domain"
	"releasegraph/internal/notice"
)

// Area is what can be done with webhooks.
type Area struct {
	// Sender sends what TestWebhook tries; nil: this program sends nothing.
	Sender Sender
	// Source names the estate in what is sent.
	Source string
	// Held is about how many bytes the events have together that are sent to all webhooks at
	// the same time.
	Held int

	estate  *estate.Estate
	events  *event.Area
	notices *notice.Writer
	reading chan struct{} // see reads
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, events *event.Area) *Area {
	return &Area{estate: e, events: events, notices: notice.NewWriter(), Source: "urn:releasegraph", Held: held, reading: make(chan struct{}, readers)}
}

// Sender sends events.
type Sender interface {
	// CheckAddress says why nothing can be sent to an address.
	CheckAddress(url string) error
	// Send sends one event, and says what came of it.
	Send(context.Context, Message) Answer
}

// Message is what is sent.
type Message struct {
	URL     string
	ID      string // the same however often it is sent
	At      time.Time
	Media   string // the media type of the body
	Body    []byte
	Secrets []string
	// Subject and Language are those of a letter to a mailbox, whose text is the body.
	Subject, Language string
}

// Answer is what came of sending.
type Answer struct {
	Status int // 0: there was no answer
	Body   string
	Took   time.Duration
	// RetryAfter is how long the receiver wants to be left alone.
	RetryAfter time.Duration
	Err        error // nil: it was taken
}

// gone is the status by which a receiver says that it wants no more.
const gone = 410

// as returns a context in which a webhook asks.
func (a *Area) as(ctx context.Context, w *Webhook) context.Context {
	return acting.WithIdentity(a.estate.WithLoads(ctx), acting.Identity{
		Actor:  domain.Actor{Name: "webhook:" + w.Name, Roles: w.Roles, Sites: w.Sites, Suppliers: w.Suppliers, Bound: len(w.Sites) > 0},
		Method: domain.ByToken,
	})
}
