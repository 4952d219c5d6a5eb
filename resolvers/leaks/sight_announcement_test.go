package leaks_test

import "releasegraph/internal/domain"

func init() {
	atSitesBy[domain.KindAnnouncement] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelAnnouncedAt, at)
	}
	// What was not sent is for those who write it.
	unsent := []any{string(domain.AnnouncementDraft), string(domain.AnnouncementDropped)}
	drafts[domain.KindAnnouncement] = draftOf{unsent, []domain.Role{domain.ReleaseManager, domain.Admin}}
}
