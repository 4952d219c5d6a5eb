package leaks_test

import "releasegraph/internal/domain"

func init() {
	atSitesBy[domain.KindSiteRollout] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, domain.RelTargets, at) }
	atSitesBy[domain.KindWave] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, domain.RelTargets, at) }
	atSitesBy[domain.KindDeployment] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelHasWave, at) || e.linked(n, domain.RelIntendedFor, at)
	}
}
