package leaks_test

import "releasegraph/internal/domain"

func init() {
	atSitesBy[domain.KindAnnouncement] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelAnnouncedAt, at)
	}
}
