package announcement

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

// SupportTold tells when announcements of a release were sent to those who support it,
// but for those that nobody received (R23): those that a view sees.
func (a *Area) SupportTold(ctx context.Context, v estate.View, r *domain.Release) (sent []time.Time, err error) {
	list, err := announcementsOf(ctx, v, r)
	for _, one := range list {
		reached := slices.ContainsFunc(one.Recipients, func(r domain.AnnouncementRecipient) bool { return r.Outcome != domain.RecipientRefused })
		if one.Audience == domain.ToSupport && one.Status == domain.AnnouncementSent && reached {
			sent = append(sent, *one.SentAt)
		}
	}
	return sent, err
}
