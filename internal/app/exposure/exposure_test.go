package exposure_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/exposure"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
)

// service is a release of what is at no site, and one of what is at one.
var service = []string{
	`{"node":"ConfigurationItem","key":"shop","name":"shop","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
	`{"node":"Release","key":"S","name":"S","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
	`{"edge":"CHANGES","from":"Release:S","to":"ConfigurationItem:shop","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
	`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"ConfigurationItem","key":"till","name":"till","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:till","to":"Site:par","version":"1.0.0"}`,
	`{"node":"Release","key":"T","name":"T","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
	`{"edge":"CHANGES","from":"Release:T","to":"ConfigurationItem:till","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
}

// A release without sites is shown to a share that grows by the engine of all roll-outs: who
// has it keeps it, and it is taken from all at once.
func TestAReleaseIsShownToAShareThatGrows_P6_D2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(service...)
		plans := func(release string, shares ...int) error {
			_, err := f.Exposures.PlanExposure(f.As("rita", domain.ReleaseManager), exposure.Plan{
				Release: apptest.Key(release), Key: apptest.Some("of-" + release), Shares: shares, Soak: apptest.Some("PT1H"),
			}, nil)
			return err
		}
		require.ErrorContains(t, plans("S", 50, 10), "shares are percentages that rise")
		require.ErrorContains(t, plans("T", 100), "is installed at sites")
		require.NoError(t, plans("S", 10, 50, 100))
		has := func() map[string]bool {
			s, err := f.Progress.Switch(f.WithLoads(f.Ctx), "S")
			require.NoError(t, err)
			on := map[string]bool{}
			for i := range 200 {
				if key := fmt.Sprintf("user-%d", i); s.For(key) {
					on[key] = true
				}
			}
			return on
		}
		require.Empty(t, has(), "it has not begun")
		of := running.DeploymentVerb{Deployment: apptest.Key("of-S")}
		_, err := f.Running.StartDeployment(f.As("rita", domain.ReleaseManager), of, nil)
		require.NoError(t, err)
		last := has()
		require.InDelta(t, 20, len(last), 15)
		for range 2 {
			f.Pass(2 * time.Hour)
			_, err := f.Running.Advance(f.WithLoads(f.Ctx))
			require.NoError(t, err)
			now := has()
			require.Greater(t, len(now), len(last))
			for key := range last {
				require.True(t, now[key], "%s keeps it", key)
			}
			last = now
		}
		require.Len(t, last, 200)
		require.Equal(t, domain.ReleaseVerifying, f.Release("S").Status)
		_, err = f.Running.BackOut(f.WithLoads(f.Ctx), running.BackOut{Deployment: apptest.Key("of-S"), Reason: apptest.Some("it is slow")}, nil)
		require.NoError(t, err)
		_, err = f.Running.Advance(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		require.Empty(t, has())
		require.Equal(t, domain.ReleaseBackedOut, f.Release("S").Status)
	})
}
