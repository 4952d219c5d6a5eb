package leaks_test

import "releasegraph/internal/domain"

func init() {
	for kind, rel := range map[string]string{
		domain.KindAcceptanceTest: domain.RelTests, domain.KindTestRun: domain.RelRunOf, domain.KindSignOff: domain.RelSigns,
	} {
		atSitesBy[kind] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, rel, at) }
	}
	atSitesBy[domain.KindDeliverable] = func(e *estate, n *node, at func(*node) bool) bool { return e.reached(n, domain.RelBrings, at) }
}
