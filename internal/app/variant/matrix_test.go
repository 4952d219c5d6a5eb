package variant_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
)

// A row shows the last release that was deployed there and agrees with what stands
// there; earlier ones are shown again when it is backed out.
func TestARowShowsTheLastReleaseThatAgrees_R18(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		lines := []string{
			`{"node":"ConfigurationItem","key":"calc","name":"calc","class":"PROGRAM"}`, `{"node":"ReleaseUnit","key":"pay","name":"pay"}`,
			`{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:calc"}`,
		}
		for i, version := range []string{"1.0.0", "1.1.0"} {
			r := fmt.Sprint("R", i)
			lines = append(lines,
				fmt.Sprintf(`{"node":"Release","key":%q,"name":%q,"releaseVersion":%q,"type":"MINOR","category":"DELTA","status":"CLOSED"}`, r, r, version),
				fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:calc","action":"MODIFY","toVersion":%q}`, r, version),
				fmt.Sprintf(`{"node":"Deployment","key":%q,"name":"D","status":"BACKING_OUT"}`, r), fmt.Sprintf(`{"edge":"DEPLOYS","from":"Deployment:%s","to":"Release:%s"}`, r, r),
				fmt.Sprintf(`{"node":"Wave","key":%q,"name":"W","ordinal":1,"status":"RUNNING"}`, r), fmt.Sprintf(`{"edge":"HAS_WAVE","from":"Deployment:%s","to":"Wave:%s"}`, r, r))
		}
		for site, version := range map[string]string{"lyo": "1.0.0", "nyc": "0.9.0", "par": "1.1.0"} {
			lines = append(lines,
				fmt.Sprintf(`{"node":"Site","key":%q,"name":%q}`, site, site),
				fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:calc","to":"Site:%s","version":%q}`, site, version))
			for i := range 2 {
				step := fmt.Sprint(site, i)
				lines = append(lines,
					fmt.Sprintf(`{"node":"SiteRollout","key":%q,"name":"S","status":"VERIFIED","installedAt":"2026-01-0%dT00:00:00Z"}`, step, i+1),
					fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:R%d","to":"SiteRollout:%s"}`, i, step), fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:%s","to":"Site:%s"}`, step, site))
			}
		}
		f.Brings(lines...)
		shown := func() (list []string) {
			m, err := f.Variants.VersionMatrix(f.Ctx, apptest.Key("pay"), nil)
			require.NoError(t, err)
			for _, row := range m.Rows {
				release := "none"
				if row.Release != nil {
					release = row.Release.Key
				}
				list = append(list, row.Site.Key+" "+row.Version+" "+release)
			}
			return list
		}
		require.Equal(t, []string{"lyo 1.0.0 R0", "nyc 0.9.0 none", "par 1.1.0 R1"}, shown())
		f.Brings(`{"node":"SiteRollout","key":"par1","status":"BACKED_OUT"}`)
		require.Equal(t, []string{"lyo 1.0.0 R0", "nyc 0.9.0 none", "par 1.1.0 none"}, shown())
	})
}
