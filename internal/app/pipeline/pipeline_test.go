package pipeline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/pipeline"
	"releasegraph/internal/domain"
)

// shop is a release of a unit, at two sites.
var shop = []string{
	`{"node":"Site","key":"par-1","name":"Paris","users":100}`, `{"node":"Site","key":"ber-1","name":"Berlin","users":100}`,
	`{"node":"ReleaseUnit","key":"shop","name":"Shop"}`,
	`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
	`{"edge":"GROUPS","from":"ReleaseUnit:shop","to":"ConfigurationItem:app"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:par-1","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:ber-1","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"node":"Release","key":"SHOP-2.0.0","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
	`{"edge":"CHANGES","from":"Release:SHOP-2.0.0","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0"}`,
}

// now is what the clock of a fixture shows, about.
var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// A pipeline tells how its roll-out comes along: it is one deployment, and its end moves what
// is installed and the release.
func TestAPipelineTellsHowItsRollOutComesAlong_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		tell := func(state pipeline.State, at time.Time) *domain.Deployment {
			t.Helper()
			out, err := f.Pipelines.Tell(f.WithLoads(f.Ctx), pipeline.Notice{ID: "42", Party: "Shop CI", Unit: "shop", Version: "2.0.0", State: state, At: at, Description: "https://ci/42"})
			require.NoError(t, err)
			return f.Read(domain.KindDeployment, out.Deployment.Key).(*domain.Deployment)
		}
		d := tell(pipeline.Planned, now.Add(time.Hour))
		require.Equal(t, "Shop CI/42", d.Key)
		require.Equal(t, domain.DeploymentPlanned, d.Status)
		require.Equal(t, "https://ci/42", *d.Description)
		head := f.Head()
		tell(pipeline.Planned, now.Add(time.Hour))
		require.Equal(t, head, f.Head(), "the same notice again")
		d = tell(pipeline.Started, now.Add(2*time.Hour))
		require.Equal(t, domain.DeploymentPlanned, d.Status)
		require.Equal(t, now.Add(2*time.Hour), d.NotBefore.UTC())

		f.Pass(3 * time.Hour)
		d = tell(pipeline.Succeeded, now.Add(150*time.Minute))
		require.Equal(t, domain.DeploymentClosed, d.Status)
		require.Equal(t, now.Add(2*time.Hour), d.StartedAt.UTC(), "it began when it said so")
		require.Equal(t, now.Add(150*time.Minute), d.EndedAt.UTC())
		require.Contains(t, *d.Finding, "without a request")
		require.Equal(t, domain.ReleaseClosed, f.Release("SHOP-2.0.0").Status)
		head = f.Head()
		tell(pipeline.Succeeded, now.Add(150*time.Minute))
		tell(pipeline.Started, now.Add(2*time.Hour))
		require.Equal(t, head, f.Head(), "what is over stays over")
	})
}

// What is over may be told of without a time: it is over now. A clock that is a little ahead
// is forgiven.
func TestWhatIsOverMayBeToldOfWithoutATime_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		tell := func(id, site string, at time.Time) error {
			_, err := f.Pipelines.Tell(f.WithLoads(f.Ctx), pipeline.Notice{ID: id, Party: "Acme", Release: "SHOP-2.0.0", Sites: []string{site}, State: pipeline.Succeeded, At: at})
			return err
		}
		require.NoError(t, tell("1", "par-1", time.Time{}))
		require.Equal(t, domain.ReleaseDeploying, f.Release("SHOP-2.0.0").Status, "Berlin lacks it")
		require.NoError(t, tell("2", "ber-1", now.Add(2*time.Minute)))
		require.Equal(t, domain.ReleaseClosed, f.Release("SHOP-2.0.0").Status)
		apptest.Refused(t, tell("3", "par-1", now.Add(time.Hour)), domain.RuleViolation, "at")
	})
}

// What a notice lacks, or names that is not there, is told at once and in words.
func TestANoticeIsRefusedWithAllThatItLacks_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		tell := func(n pipeline.Notice) error {
			_, err := f.Pipelines.Tell(f.WithLoads(f.Ctx), n)
			return err
		}
		err := tell(pipeline.Notice{State: "done"})
		for _, want := range []string{"id: is missing", "party: is missing", `state: is "done"`, "at: is missing", "release: is missing"} {
			require.ErrorContains(t, err, want)
		}
		good := pipeline.Notice{ID: "1", Party: "Acme", State: pipeline.Succeeded}
		both, other, unknown, nowhere := good, good, good, good
		both.Release, both.Unit = "SHOP-2.0.0", "shop"
		require.ErrorContains(t, tell(both), "give the key of the release, or the unit and the version")
		other.Unit, other.Version = "shop", "3.0.0"
		require.ErrorContains(t, tell(other), "no release 3.0.0 of shop is known; known are 2.0.0")
		unknown.Release = "SHOP-9"
		apptest.Refused(t, tell(unknown), domain.NotFound, "release")
		nowhere.Release, nowhere.Sites = "SHOP-2.0.0", []string{"moon"}
		apptest.Refused(t, tell(nowhere), domain.NotFound, "sites.0")
		f.Brings(`{"node":"Release","key":"TWIN","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
			`{"edge":"CHANGES","from":"Release:TWIN","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0"}`)
		other.Version = "2.0.0"
		require.ErrorContains(t, tell(other), "is that of several releases (SHOP-2.0.0, TWIN)")
		good.Release = "SHOP-2.0.0"
		_, err = f.Pipelines.Tell(f.As("vera", domain.Viewer), good)
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}
