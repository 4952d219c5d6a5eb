package leaks_test

import "releasegraph/internal/domain"

func init() {
	draws[domain.KindSiteReport] = func(d *drawing) values {
		return values{
			"reportId": d.key, "status": string(one(d, domain.SiteInstalled, domain.SiteFailed)), "at": dawn, "attempt": 1, "reportedBy": d.person(),
			"detail": d.text(), "finding": d.text(),
		}
	}
	atSitesBy[domain.KindSiteRollout] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, domain.RelTargets, at) }
	atSitesBy[domain.KindSiteReport] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, domain.RelReports, at) }
	atSitesBy[domain.KindWave] = func(e *estate, n *node, at func(*node) bool) bool { return e.linked(n, domain.RelTargets, at) }
	atSitesBy[domain.KindDeployment] = func(e *estate, n *node, at func(*node) bool) bool {
		return e.linked(n, domain.RelHasWave, at) || e.linked(n, domain.RelIntendedFor, at)
	}
}
