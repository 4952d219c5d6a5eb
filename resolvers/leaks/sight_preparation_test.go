package leaks_test

import "releasegraph/internal/domain"

func init() {
	atSitesBy[domain.KindCalendarAnswer] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelAnswers, at) || e.linked(n, domain.RelAnsweredFor, func(m *node) bool { return m.kind == site && at(m) })
	}
}
