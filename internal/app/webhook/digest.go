package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"releasegraph/internal/app/event"
	"releasegraph/internal/happening"
	"releasegraph/internal/notice"
	"releasegraph/internal/optional"
)

const (
	// digested is the type under which a digest stands in the log of deliveries.
	digested = "webhook.digest"
	// toldEach is how many events of a digest are told each by itself.
	toldEach = 200
)

// digestDue is when the next digest is to be sent: as each period ends, which begins at a
// multiple of its length, or when one that failed is tried again.
func digestDue(s *state, period time.Duration) time.Time {
	if s.Failures > 0 {
		return s.RetryAt
	}
	return s.DigestedAt.Truncate(period).Add(period)
}

// digestTo sends the digest of a period to a mailbox when that is over, and returns when
// the next one is due. Nothing is sent where nothing happened.
func (a *Area) digestTo(ctx context.Context, w *Webhook, by Sender, holder string) (next time.Time, err error) {
	due := digestDue(w.state, w.period())
	if due.After(a.estate.Clock()) {
		return due, nil
	}
	s, err := a.take(ctx, w.ID, holder)
	if err != nil {
		return next, err
	}
	d, err := a.collect(ctx, w, s)
	if err != nil {
		return next, err
	}
	var tries []Delivery
	if d.Total() > 0 {
		tries = append(tries, a.send(ctx, by, w, d))
	}
	kept, dropped, err := a.logged(ctx, w.ID, s.Log, tries)
	if err != nil {
		return next, err
	}
	s, err = a.settle(ctx, w.ID, holder, func(s *state) {
		now := a.estate.Clock()
		s.Log = kept
		s.went(tries, now, rand.Float64()) //nolint:gosec // it spreads tries
		if len(tries) > 0 && tries[0].Outcome != Taken {
			s.RetryAt = now.Add(pause(s.Failures, rand.Float64())) //nolint:gosec // it spreads tries
			return
		}
		s.At, s.DigestedAt = d.end, d.To
		if d.missed != nil {
			s.Missed = d.missed
		}
	})
	if err != nil {
		return next, err
	}
	return digestDue(s, w.period()), a.forget(ctx, w.ID, dropped)
}

// collected is a digest with what is noted of it.
type collected struct {
	notice.Digest
	id     string // the same however often it is sent
	end    string // a cursor: the next digest begins behind it
	missed *Range // revisions that the log has no more
}

// collect reads what happened since the last digest.
func (a *Area) collect(ctx context.Context, w *Webhook, s *state) (*collected, error) {
	d := &collected{end: s.At, id: "digest-" + w.ID + "-" + s.At}
	d.Digest = notice.Digest{Name: w.Name, Language: optional.Or(w.Language, ""), From: s.DigestedAt, To: a.estate.Clock(), Counts: map[string]int{}}
	ctx = a.as(ctx, w)
	room := a.Held / (hooksAtOnce + slowAtOnce)
	for ends := d.To.Add(roundTime); ; {
		told, err := a.reads(ctx, w, atOnce, a.Held/(hooksAtOnce+slowAtOnce), d.end)
		if oldest, compacted := event.Compacted(err); compacted {
			d.missed, d.end = missedOf(d.end, oldest), oldest
			continue
		}
		if err != nil {
			return nil, err
		}
		for i := range told.Events {
			d.Counts[told.Events[i].Type]++
			if len(d.Events) < toldEach && room > 0 {
				d.Events = append(d.Events, told.Events[i])
			}
		}
		room -= told.Bytes
		d.end = told.End
		if !told.More || a.estate.Clock().After(ends) { // the next digest tells the rest
			return d, nil
		}
	}
}

// send sends a digest, and says what came of it.
func (a *Area) send(ctx context.Context, by Sender, w *Webhook, d *collected) Delivery {
	now := a.estate.Clock()
	subject, text, err := a.notices.Digest(&d.Digest)
	answer := Answer{Err: err}
	if err == nil {
		answer = by.Send(ctx, Message{URL: w.URL, ID: d.id, At: now, Body: []byte(text), Subject: subject, Language: a.notices.Nearest(d.Language)})
	}
	of := happening.Event{Type: digested, Subject: happening.Named{Kind: "Webhook", Key: w.Name}}
	tried := deliveryOf(&of, w.state.Failures+1, now, []byte(text), answer)
	tried.EventID, tried.Subject = d.id, strconv.Itoa(d.Total())+" events"
	return tried
}

// errNoDigestAgain says that digests are not sent once more.
var errNoDigestAgain = errors.New("is that of a webhook that sends digests: they are not sent once more; ask events for what happened")

// tested is the digest of an event by which a webhook is tried.
func tested(w *Webhook, e *happening.Event, id string) *collected {
	return &collected{id: id, Digest: notice.Digest{
		Name: w.Name, Language: optional.Or(w.Language, ""), From: e.At, To: e.At, Events: []happening.Event{*e}, Counts: map[string]int{e.Type: 1},
	}}
}
