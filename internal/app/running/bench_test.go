package running_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
)

// sitesOf are so many sites that have an application, and a release of it.
func sitesOf(n int) []string {
	lines := []string{
		`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
		`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
	}
	for i := range n {
		lines = append(lines,
			fmt.Sprintf(`{"node":"Site","key":"s%d","name":"S","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":10}`, i),
			fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:s%d","version":"1.0.0","activeVersion":"1.0.0"}`, i),
		)
	}
	return lines
}

// A thousand sites report in batches of a hundred.
func BenchmarkReportsOfSites(b *testing.B) {
	const sites, batch = 1000, 100
	for range b.N {
		b.StopTimer()
		f := apptest.NewFixture(b, apptest.OpenSQLite(b))
		lines := sitesOf(sites)
		for len(lines) > 0 {
			n := min(len(lines), 900)
			f.Brings(lines[:n]...)
			lines = lines[n:]
		}
		made, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("R")}, nil)
		require.NoError(b, err)
		p := &play{f, made.Deployment.Key}
		_, err = f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(p.key)}, nil)
		require.NoError(b, err)
		_, err = f.Running.StartDeployment(f.WithLoads(f.Ctx), p.verb(""), nil)
		require.NoError(b, err)
		b.StartTimer()
		for _, status := range []domain.SiteRolloutStatus{domain.SiteDistributed, domain.SiteInstalled, domain.SiteVerified} {
			for from := 0; from < sites; from += batch {
				var in running.Reports
				for i := from; i < from+batch; i++ {
					one := p.reportOf(fmt.Sprintf("s%d", i), status)
					one.ReportID = fmt.Sprintf("%s-%d", status, i)
					in.Reports = append(in.Reports, one)
				}
				out, err := f.Running.ReportSiteRollouts(f.WithLoads(f.Ctx), in, nil)
				require.NoError(b, err)
				require.Empty(b, out.Refused)
			}
		}
		b.ReportMetric(float64(3*sites)/b.Elapsed().Seconds()*float64(b.N), "reports/s")
		b.StopTimer()
		require.Equal(b, domain.DeploymentVerifying, p.deployment().Status)
	}
}
