package running

import (
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Audit is that somebody looked what is at a site, and when (D3).
type Audit struct {
	Moment domain.AuditMoment
	At     time.Time
}

// Unaudited lists the audits that a step lacks before it comes to a status, of those that
// its deployment asks for (D3): BEFORE counts since the deployment began, AFTER since
// something was installed.
func (r *Rollout) Unaudited(s *Step, to domain.SiteRolloutStatus, made []Audit) []string {
	moment, since := domain.AuditBefore, r.Deployment.StartedAt
	switch to {
	case domain.SiteInstalled:
	case domain.SiteVerified:
		if moment = domain.AuditAfter; s.InstalledAt != nil {
			since = s.InstalledAt
		}
	default:
		return nil
	}
	if !slices.Contains(r.Deployment.SiteAudits, moment) {
		return nil
	}
	counts := func(a Audit) bool { return a.Moment == moment && (since == nil || !a.At.Before(*since)) }
	if slices.ContainsFunc(made, counts) {
		return nil
	}
	text := fmt.Sprintf("an audit %s of the site", moment)
	if since != nil {
		text += ", made since " + since.UTC().Format(time.RFC3339)
	}
	return []string{text + ": bring what was found with the report (audits), or by auditSite"}
}
