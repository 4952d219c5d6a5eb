package announcement

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Message is what one recipient of an announcement is sent.
type Message struct {
	// ID is the same however often it is handed over.
	ID                          string
	To, Language, Subject, Text string
	At                          time.Time
}

// Delivered is what came of a message: WAITING of one that was not handed over.
type Delivered struct {
	Outcome domain.RecipientOutcome
	Words   string
}

// Courier hands messages to a mail server.
type Courier interface {
	// Deliver says what came of each message, in their order. An error says why the
	// server could not take those that are left WAITING.
	Deliver(context.Context, []Message) ([]Delivered, error)
}

const (
	// batch is how many messages are claimed at once: of so many it is not known, at
	// most, whether they arrived, when a server dies while it hands them over.
	batch = 50
	// handing is how long it may take to hand over a batch, abandoned when it is
	// certain that nobody is at it any more.
	handing, abandoned = 10 * time.Minute, 15 * time.Minute
	// patience is how long a message is tried that the mail server puts off.
	patience = 48 * time.Hour
)

// Deliver hands over the messages that wait, as the clock, and returns how many were
// taken (R14). A recipient is claimed before the message goes: a message is handed over
// once at most, whatever happens meanwhile.
func (a *Area) Deliver(ctx context.Context, by Courier) (taken int, err error) {
	ctx = acting.WithIdentity(ctx, acting.Clock)
	now := a.estate.Clock()
	waiting := store.And{
		store.Compare{Property: "waiting", Op: store.Gt, Value: int64(0)}, store.Compare{Property: "status", Op: store.Eq, Value: string(domain.AnnouncementSent)},
		store.Or{store.Compare{Property: "retryAt", Op: store.IsNull}, store.Compare{Property: "retryAt", Op: store.Lte, Value: now}},
	}
	err = a.each(ctx, waiting, func(one *domain.Announcement) error {
		n, err := a.deliver(ctx, by, one)
		taken += n
		return err
	})
	return taken, err
}

// deliver hands over the messages of an announcement, a batch at a time, until none waits
// or the mail server puts one off.
func (a *Area) deliver(ctx context.Context, by Courier, one *domain.Announcement) (taken int, err error) {
	for ctx.Err() == nil {
		claimed, letter, err := a.claim(ctx, one)
		if err != nil || len(claimed) == 0 {
			return taken, err
		}
		within, cancel := context.WithTimeout(ctx, handing)
		came, away := by.Deliver(within, messages(letter, claimed))
		cancel()
		left, err := a.settle(context.WithoutCancel(ctx), letter, claimed, came, away)
		for _, d := range came {
			if d.Outcome == domain.RecipientTold {
				taken++
			}
		}
		if err != nil || left {
			return taken, err
		}
	}
	return taken, ctx.Err()
}

// claim takes a batch of those who wait. What was claimed by somebody who is gone is
// given up: it may have arrived.
func (a *Area) claim(ctx context.Context, one *domain.Announcement) (claimed []domain.AnnouncementRecipient, letter *domain.Announcement, err error) {
	letter, err = a.note(ctx, one, "claim", func(after *domain.Announcement) {
		now := a.estate.Clock()
		after.Abandon(now.Add(-abandoned))
		claimed = after.Claim(batch, now)
	})
	return claimed, letter, err
}

func messages(a *domain.Announcement, claimed []domain.AnnouncementRecipient) []Message {
	list := make([]Message, len(claimed))
	for i, r := range claimed {
		list[i] = Message{ID: messageID(a, r), To: *r.Address, Language: a.Language, Subject: a.Subject, Text: a.Text, At: *a.SentAt}
	}
	return list
}

// messageID is the same for a recipient however often a message is handed over.
func messageID(a *domain.Announcement, r domain.AnnouncementRecipient) string {
	sum := sha256.Sum256([]byte(r.Kind + ":" + r.Key))
	return a.ID + "." + hex.EncodeToString(sum[:8])
}

// settle notes what came of the messages of a batch, and reports whether some are left for
// later: the pauses grow with the age of the announcement.
func (a *Area) settle(ctx context.Context, letter *domain.Announcement, claimed []domain.AnnouncementRecipient, came []Delivered, away error) (left bool, err error) {
	now := a.estate.Clock()
	age := now.Sub(*letter.SentAt)
	list := make([]domain.Delivery, len(claimed))
	var failure *string
	for i, r := range claimed {
		d := domain.Delivery{Kind: r.Kind, Key: r.Key, Outcome: came[i].Outcome}
		if words := came[i].Words; words != "" {
			d.Words = &words
		}
		if d.Outcome == domain.RecipientWaiting {
			left = true
			if away == nil && age > patience {
				d.Outcome = domain.RecipientRefused
			} else if failure == nil {
				failure = d.Words
			}
		}
		list[i] = d
	}
	var retryAt *time.Time
	if away != nil {
		words := away.Error()
		failure, left = &words, true
	}
	if left {
		at := now.Add(min(max(age/4, time.Minute), time.Hour))
		retryAt = &at
	}
	_, err = a.note(ctx, letter, "settle", func(after *domain.Announcement) { after.Settle(list, now, failure, retryAt) })
	return left, err
}

// note changes what is known of the recipients of an announcement, as it is by now.
func (a *Area) note(ctx context.Context, one *domain.Announcement, what string, change func(*domain.Announcement)) (*domain.Announcement, error) {
	m := estate.Mutation{Action: announces, Kind: domain.KindAnnouncement, Input: []any{what, one.ID}}
	w, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Target(ctx, announces, k, domain.Ref{ID: &one.ID}, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(found).(*domain.Announcement)
		change(after)
		d := &estate.Draft{}
		d.Update(found, after)
		return d, after, nil
	})
	if err != nil {
		return nil, err
	}
	return w.Record.(*domain.Announcement), nil
}
