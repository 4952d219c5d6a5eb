package audit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/audit"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/audit"
)

// installed is a release of what stands at two sites, whose policy wants both
// audited within a month.
var installed = []string{
	`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"nyc","name":"New York"}`,
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM","productVersion":"1.0.0"}`,
	`{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE","productVersion":"15"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par","version":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:nyc","version":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:par","version":"15"}`,
	`{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","auditMaxAge":"P1M"}`,
	`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
}

// What was found at a site is held against its installations, and a release is built
// when each of its sites was audited.
func TestSitesAreAuditedBeforeAnythingIsBuilt_R5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(installed...)
		lacking := func() (list []string) {
			for _, l := range f.Lacks("R", "startBuild") {
				if len(l) > 16 && l[:16] == "PRODUCTION_AUDIT" {
					list = append(list, l)
				}
			}
			return list
		}
		require.Len(t, lacking(), 2)
		audits := func(role domain.Role, in audit.Report) (*domain.ConfigurationAudit, error) {
			w, err := f.Audits.AuditSite(f.As("otto", role), in, nil)
			if err != nil {
				return nil, err
			}
			return w.Record.(*domain.ConfigurationAudit), nil
		}
		future, two, one := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), "1.0.1", "1"
		_, err := audits(domain.ConfigurationManager, audit.Report{Site: apptest.Key("par"), Moment: domain.AuditSpot, At: &future, Found: []plan.Found{{Item: "pay"}, {Item: "pay"}}})
		require.ErrorContains(t, err, "is in the future")
		require.ErrorContains(t, err, "is told twice")
		_, err = audits(domain.SiteOperator, audit.Report{Site: apptest.Key("par"), Moment: domain.AuditSpot})
		require.Error(t, err, "it is not theirs")
		_, err = audits(domain.Viewer, audit.Report{Site: apptest.Key("par"), Moment: domain.AuditSpot})
		require.Error(t, err)

		operator := acting.WithActor(f.Ctx, domain.Actor{Name: "opal", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"nyc"}})
		_, err = f.Audits.AuditSite(operator, audit.Report{Site: apptest.Key("nyc"), Moment: domain.AuditSpot}, &domain.WriteOptions{DryRun: apptest.Some(true)})
		require.NoError(t, err, "it is theirs")
		_, err = f.Audits.AuditSite(operator, audit.Report{Site: apptest.Key("par"), Moment: domain.AuditSpot}, &domain.WriteOptions{DryRun: apptest.Some(true)})
		require.Error(t, err, "it is not theirs")

		got, err := audits(domain.ConfigurationManager, audit.Report{
			Site: apptest.Key("par"), Moment: domain.AuditSpot, Found: []plan.Found{{Item: "pay", Version: &two}, {Item: "toolbar", Version: &one}},
		})
		require.NoError(t, err)
		require.Equal(t, []int{2, 2}, []int{got.Expected, got.Found})
		var kinds []string
		for _, d := range got.Discrepancies {
			kinds = append(kinds, d.Item+" "+string(d.Kind))
		}
		require.Equal(t, []string{"db MISSING", "pay OTHER_VERSION", "toolbar UNKNOWN_ITEM"}, kinds)
		require.Len(t, lacking(), 1)
		require.Contains(t, lacking()[0], "nyc")
		old := f.Read(domain.KindAudit, "par/audit-1").(*domain.ConfigurationAudit).AuditedAt.AddDate(0, -2, 0)
		_, err = audits(domain.OperationsManager, audit.Report{Site: apptest.Key("nyc"), Moment: domain.AuditSpot, At: &old, Found: []plan.Found{{Item: "pay"}}})
		require.NoError(t, err)
		require.Contains(t, lacking()[0], "younger than P1M")
		_, err = audits(domain.OperationsManager, audit.Report{Site: apptest.Key("nyc"), Moment: domain.AuditSpot, Found: []plan.Found{{Item: "pay"}}})
		require.NoError(t, err)
		require.Empty(t, lacking())
	})
}
