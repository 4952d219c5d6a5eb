package running_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/audit"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/audit"
)

// Where the policy asks for it nothing is installed at a site that was not audited before,
// and nothing verified that was not after: by the report itself, or by an audit apart. Each
// discrepancy says what to do.
func TestSitesAreAuditedBeforeAndAfter_D3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(`{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","siteAudits":["BEFORE","AFTER"]}`)
		p := started(f)
		require.Equal(t, []domain.AuditMoment{domain.AuditBefore, domain.AuditAfter}, p.deployment().SiteAudits)
		reports := func(status domain.SiteRolloutStatus, audits ...readiness.SiteAudit) (*domain.SiteReport, error) {
			in := p.reportOf("c", status)
			in.Audits = audits
			out, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
			if err != nil {
				return nil, err
			}
			return out.Report, nil
		}
		lacks := func() (list []string) {
			moves, err := f.Running.SiteMoves(f.WithLoads(f.Ctx), f.Read(domain.KindSiteRollout, p.key+"/c").(*domain.SiteRollout))
			require.NoError(t, err)
			for _, m := range moves {
				for _, l := range m.Lacks {
					list = append(list, string(l.Need))
				}
			}
			return list
		}
		p.reports("c", domain.SiteDistributed)
		require.Contains(t, lacks(), "AUDIT_BEFORE")
		_, err := reports(domain.SiteInstalled)
		apptest.Refused(t, err, "UNPROVED", "input")
		require.ErrorContains(t, err, "an audit BEFORE of the site")

		two, one, old := "2.0.0", "1.0.0", p.deployment().StartedAt.AddDate(0, 0, -1)
		stale := readiness.SiteAudit{Moment: domain.AuditBefore, At: &old, Found: []plan.Found{{Item: "db", Version: &one}}}
		_, err = reports(domain.SiteInstalled, stale)
		apptest.Refused(t, err, "UNPROVED", "input")
		_, err = reports(domain.SiteInstalled, readiness.SiteAudit{Moment: domain.AuditSpot}, stale, stale)
		require.ErrorContains(t, err, "input.audits.0.moment")
		require.ErrorContains(t, err, "input.audits.2.moment")

		_, err = f.Audits.AuditSite(f.WithLoads(f.Ctx), audit.Report{Site: apptest.Key("c"), Moment: domain.AuditBefore, Found: []plan.Found{{Item: "db", Version: &one}}}, nil)
		require.NoError(t, err)
		require.NotContains(t, lacks(), "AUDIT_BEFORE", "it was made apart")
		_, err = reports(domain.SiteVerified)
		require.ErrorContains(t, err, "an audit AFTER of the site")
		p.reports("c", domain.SiteInstalled)
		require.Contains(t, lacks(), "AUDIT_AFTER")

		f.Pass(time.Hour)
		report, err := reports(domain.SiteVerified, readiness.SiteAudit{Moment: domain.AuditAfter, Found: []plan.Found{{Item: "db", Version: &one}, {Item: "toolbar"}}})
		require.NoError(t, err)
		require.Contains(t, *report.Finding, "the audit AFTER differs from what is on record in 2 items")
		made := f.Read(domain.KindAudit, report.Key+"/AFTER").(*domain.ConfigurationAudit)
		require.Len(t, made.Discrepancies, 2)
		require.Equal(t, domain.OtherItemVersion, made.Discrepancies[0].Kind)
		require.Equal(t, two, *made.Discrepancies[0].Expected, "as it stands once it was installed")
		require.NotEmpty(t, made.Discrepancies[0].Advice)
		require.Equal(t, domain.SiteVerified, f.Read(domain.KindSiteRollout, p.key+"/c").(*domain.SiteRollout).Status)

		p.passes(24 * time.Hour)
		in := p.reportOf("a", domain.SiteVerified)
		in.Audits = []readiness.SiteAudit{
			{Moment: domain.AuditBefore, Found: []plan.Found{{Item: "app", Version: &one}, {Item: "old"}}},
			{Moment: domain.AuditAfter, Found: []plan.Found{{Item: "app", Version: &two}, {Item: "new"}}},
		}
		out, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err)
		require.Nil(t, out.Report.Finding, "each is held against its time")
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err, "sent again it makes no other audits")
	})
}
