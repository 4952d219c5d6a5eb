package announcement

import (
	"context"
	"errors"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/announcement"
	"releasegraph/internal/store"
)

// SendDue sends the drafts for some channels whose time has come, as the clock, and
// returns how many (R14). The idempotency key of each is that of its version: of two
// servers that look at once, one sends it.
func (a *Area) SendDue(ctx context.Context, channels ...domain.AnnouncementChannel) (sent int, err error) {
	ctx = acting.WithIdentity(ctx, acting.Clock)
	due := store.And{
		store.Compare{Property: "status", Op: store.Eq, Value: string(domain.AnnouncementDraft)}, store.Compare{Property: "plannedAt", Op: store.Lte, Value: a.estate.Clock()},
		store.Compare{Property: "channel", Op: store.OneOf, Value: texts(channels)}, store.Compare{Property: "outdated", Op: store.Eq, Value: false},
	}
	var failed []error
	err = a.each(ctx, due, func(one *domain.Announcement) error {
		gone, err := a.sendIfDue(ctx, one)
		if gone {
			sent++
		}
		var refused *domain.Error
		if errors.As(err, &refused) { // it stands against this one alone
			failed = append(failed, err)
			return nil
		}
		return err
	})
	return sent, errors.Join(append(failed, err)...)
}

func texts(channels []domain.AnnouncementChannel) []any {
	list := make([]any, len(channels))
	for i, c := range channels {
		list[i] = string(c)
	}
	return list
}

// sendIfDue sends a draft when its release lets the clock do it, and reports whether it
// was sent.
func (a *Area) sendIfDue(ctx context.Context, one *domain.Announcement) (bool, error) {
	due := func(now *domain.Announcement, r *domain.Release) bool {
		return r != nil && announcement.Due(now, r, a.estate.Clock())
	}
	r, err := a.releaseOf(ctx, one)
	if err != nil || !due(one, r) {
		return false, err
	}
	key := fmt.Sprintf("%s.%d", one.ID, one.Version)
	reason := "its time has come"
	in := domain.Verb{Ref: domain.Ref{ID: &one.ID}, Reason: &reason, IfVersion: &one.Version}
	w, err := a.send(ctx, in, &domain.WriteOptions{IdempotencyKey: &key}, due)
	if err != nil {
		return false, err
	}
	now, ok := w.Record.(*domain.Announcement)
	return ok && now.Status == domain.AnnouncementSent, nil
}

// releaseOf reads the release that an announcement is of, nil when it is gone.
func (a *Area) releaseOf(ctx context.Context, one *domain.Announcement) (*domain.Release, error) {
	id := store.ID(one.ID)
	far, err := estate.Linked[*domain.Release](ctx, a.estate.Everything(), []store.ID{id}, domain.RelAnnounces, store.Out)
	return optional.First(far[id]), err
}

// each hands over the announcements that a filter selects, by key.
func (a *Area) each(ctx context.Context, f store.Filter, yield func(*domain.Announcement) error) error {
	q := store.Query{Kind: domain.KindAnnouncement, Filter: f, First: listing.MaxPage, Order: []store.Order{{Property: "key"}}}
	for {
		page, err := a.estate.Entire.Find(ctx, q)
		if err != nil {
			return refusal.OfStore(err)
		}
		for _, one := range estate.Decoded[*domain.Announcement](ctx, a.estate.Everything(), page.Nodes) {
			if err := yield(one); err != nil {
				return err
			}
		}
		if !page.HasNext {
			return nil
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}
