package demo

import (
	"context"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/announcement"
	"releasegraph/internal/domain"
)

// announce drafts what is told of the release of the shop that is in acceptance, and has
// those told who support it.
func announce(ctx context.Context, a *app.App) error {
	marta := acting.WithActor(ctx, domain.Actor{Name: "marta", Roles: []domain.Role{domain.ReleaseManager}})
	if _, err := a.Announcements.DraftAnnouncements(marta, announcement.Draft{Release: ref("SHOP-5.15.0")}, nil); err != nil {
		return err
	}
	early := "Support asked to know early."
	_, err := a.Announcements.SendAnnouncement(marta, domain.Verb{Ref: ref("SHOP-5.15.0/announcement-1"), Reason: &early}, nil)
	return err
}
