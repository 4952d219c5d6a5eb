package webhook

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/happening"
)

const (
	// keptFor is how long it is known what was sent, keptChunks of how many rounds.
	keptFor, keptChunks = 7 * 24 * time.Hour, 200
	// keptBody and keptAnswer are how much of what was sent and answered is kept.
	keptBody, keptAnswer = 8 << 10, 1 << 10
)

// deliveryOf is what is known of a try.
func deliveryOf(e *happening.Event, attempt int, at time.Time, body []byte, a Answer) Delivery {
	d := Delivery{
		EventID: cloudevent.ID(e), Type: e.Type, Subject: e.Subject.Kind + "/" + e.Subject.Key, At: at, Attempt: attempt, Outcome: Taken,
		Milliseconds: int(a.Took.Milliseconds()), Body: begin(string(body), keptBody),
	}
	if a.Status > 0 {
		d.Status = &a.Status
	}
	if a.Body != "" {
		answer := begin(a.Body, keptAnswer)
		d.Answer = &answer
	}
	if a.Err != nil {
		d.Outcome = Failed
		words := begin(a.Err.Error(), keptAnswer)
		d.Error = &words
	}
	return d
}

// begin is how a text begins, valid as it is cut. It does not hold the rest.
func begin(text string, most int) string {
	if len(text) <= most {
		return strings.ToValidUTF8(text, "")
	}
	return strings.Clone(strings.ToValidUTF8(text[:most], ""))
}

// logged writes down what was tried, and returns what of the log is kept and what not.
func (a *Area) logged(ctx context.Context, hook string, log []chunk, tries []Delivery) (kept []chunk, dropped []string, err error) {
	now := a.estate.Clock()
	kept = slices.Clone(log)
	if len(tries) > 0 {
		c := chunk{ID: a.estate.NewID(), At: now}
		value, err := json.Marshal(tries)
		if err != nil {
			return nil, nil, err
		}
		if err := a.estate.Shelf.Shelve(ctx, logShelf+hook, c.ID, value); err != nil {
			return nil, nil, refusal.OfStore(err)
		}
		kept = append(kept, c)
	}
	for len(kept) > 0 && (len(kept) > keptChunks || now.Sub(kept[0].At) > keptFor) {
		dropped = append(dropped, kept[0].ID)
		kept = kept[1:]
	}
	return kept, dropped, nil
}

// forget removes what of the log of a webhook is not kept.
func (a *Area) forget(ctx context.Context, hook string, chunks []string) error {
	for _, id := range chunks {
		if err := a.estate.Shelf.Shelve(ctx, logShelf+hook, id, nil); err != nil {
			return refusal.OfStore(err)
		}
	}
	return nil
}

// Deliveries lists what was tried last, the newest first.
func (a *Area) Deliveries(ctx context.Context, w *Webhook, first *int, outcome *Outcome) ([]*Delivery, error) {
	limit, err := listing.PageLength(first)
	if err != nil {
		return nil, err
	}
	var list []*Delivery
	for part := range slices.Chunk(reversed(w.state.Log), 8) {
		found, err := a.estate.Shelf.Shelved(ctx, logShelf+w.ID, part...)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, id := range part {
			var tries []*Delivery
			if value, ok := found[id]; ok {
				if err := json.Unmarshal(value, &tries); err != nil {
					return nil, err
				}
			}
			for _, d := range slices.Backward(tries) {
				if outcome == nil || d.Outcome == *outcome {
					list = append(list, d)
				}
				if len(list) == limit {
					return list, nil
				}
			}
		}
	}
	return list, nil
}

func reversed(log []chunk) (ids []string) {
	for _, c := range slices.Backward(log) {
		ids = append(ids, c.ID)
	}
	return ids
}
