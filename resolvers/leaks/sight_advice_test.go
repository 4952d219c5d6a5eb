package leaks_test

import "releasegraph/internal/domain"

func init() {
	atSitesBy[domain.KindRecommendation] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, domain.RelRecommends, at) }
	atSitesBy[domain.KindReleaseReview] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelReviews, at) || e.linked(n, domain.RelReviewedFor, at)
	}
	atSitesBy[domain.KindOutage] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelLostBy, at) || e.linked(n, domain.RelLostAt, at)
	}
	atSitesBy[domain.KindAudit] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelAudits, func(m *node) bool { return m.kind == site && at(m) })
	}
}
