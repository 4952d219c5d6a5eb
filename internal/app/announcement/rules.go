package announcement

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

// Rules are the rules of announcements.
func (a *Area) Rules() []estate.Rule {
	return []estate.Rule{{
		Name: "R14 what was sent stays", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: []string{domain.KindAnnouncement}}, Check: sentStays,
	}}
}

// sentStays refuses to change or to remove what is no draft any more, by whatever means
// (R14).
func sentStays(_ context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Announcement)
		switch {
		case !ok:
		case c.Gone() && was.Status == domain.AnnouncementSent:
			p.Refuse(c, domain.Breaks("R14", "", "%s was sent, and stays", was.Key))
		case !c.Gone():
			p.Refuse(c, was.CheckStays(c.After.(*domain.Announcement))...)
		}
	}
	return nil
}
