package rollout_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/export"
	"releasegraph/internal/domain"
)

// estate is a release that was rolled out to two sites, one in each wave.
func estate() []string {
	return []string{
		`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
		`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM"}`,
		`{"node":"Release","key":"R","name":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-10T00:00:00Z"}`,
		`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
		`{"node":"Deployment","key":"D","name":"D","status":"CLOSED","startedAt":"2026-01-03T00:00:00Z","endedAt":"2026-01-24T00:00:00Z","soak":"PT24H"}`,
		`{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
		`{"node":"Wave","key":"D-1","name":"Pilot","ordinal":1,"status":"SUCCEEDED","windowFrom":"2026-01-03T20:00:00Z","windowTo":"2026-01-03T22:00:00Z"}`,
		`{"node":"Wave","key":"D-2","name":"Rest","ordinal":2,"status":"SUCCEEDED"}`,
		`{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-2"}`,
		`{"edge":"AFTER","from":"Wave:D-2","to":"Wave:D-1"}`,
		`{"node":"SiteRollout","key":"D-par","name":"Paris","status":"VERIFIED","installedAt":"2026-01-03T21:00:00Z","verifiedAt":"2026-01-03T22:00:00Z"}`,
		`{"node":"SiteRollout","key":"D-lyo","name":"Lyon","status":"SKIPPED"}`,
		`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-par"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par","to":"Site:par"}`,
		`{"edge":"TARGETS","from":"Wave:D-2","to":"SiteRollout:D-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:D-lyo","to":"Site:lyo"}`,
		`{"edge":"RECEIVES","from":"SiteRollout:D-par","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
	}
}

// wrong tells what is wrong with lines: "LINE field RULE: message".
func wrong(t *testing.T, f *apptest.Fixture, lines ...string) (list []string) {
	t.Helper()
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
	require.NoError(t, err)
	for _, w := range got.Wrong {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%d %s %s: %s", w.Line, w.Field, w.Rule, w.Message)))
	}
	return list
}

// An estate brings the history of its roll-outs with it, and it comes out as it came.
func TestRollOutsAreImportedAsTheyWere_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		require.Empty(t, wrong(t, f, estate()...))
		head := f.Head()
		require.Empty(t, wrong(t, f, estate()...))
		require.Equal(t, head, f.Head(), "the same again changes nothing")

		out := exported(t, f)
		other := apptest.NewFixture(t, apptest.OpenSQLite(t))
		other.Brings(strings.Split(strings.TrimSpace(out), "\n")...)
		require.Equal(t, out, exported(t, other))
	})
}

func exported(t *testing.T, f *apptest.Fixture) string {
	t.Helper()
	var out bytes.Buffer
	_, err := f.Export.Export(f.Ctx, &out, export.ExportOptions{})
	require.NoError(t, err)
	return out.String()
}

// A roll-out is read as it was, too.
func TestARollOutIsReadAsOfEarlier_C4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(`{"node":"Deployment","key":"D","name":"D","status":"RUNNING"}`)
		revision := f.Head()
		f.Brings(`{"node":"Deployment","key":"D","status":"PAUSED","statusReason":"too many failed"}`)
		then, err := f.Records.Record(f.Ctx, domain.KindDeployment, apptest.Key("D"), &domain.AsOf{Revision: &revision})
		require.NoError(t, err)
		require.Equal(t, domain.DeploymentRunning, then.(*domain.Deployment).Status)
		require.Equal(t, domain.DeploymentPaused, f.Read(domain.KindDeployment, "D").(*domain.Deployment).Status)
	})
}

// What a roll-out tells must fit together; all that does not is told, with its line
// and rule.
func TestWhatDoesNotFitTogetherInARollOutIsToldByLine_D1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		require.Empty(t, wrong(t, f, estate()...))
		for _, c := range []struct {
			about string
			lines []string
			want  []string
		}{
			{"times of what has not come", []string{`{"node":"SiteRollout","key":"x","name":"x","status":"PENDING","installedAt":"2026-01-03T21:00:00Z"}`},
				[]string{"1 installedAt D1: belongs to a status that one that is PENDING has not come to"}},
			{"times of another attempt", []string{`{"node":"SiteRollout","key":"x","name":"x","status":"PENDING","attempt":2,"installedAt":"2026-01-03T21:00:00Z"}`}, nil},
			{"times out of order", []string{`{"node":"SiteRollout","key":"y","name":"y","status":"VERIFIED","installedAt":"2026-01-03T21:00:00Z","verifiedAt":"2026-01-03T20:00:00Z"}`},
				[]string{"1 verifiedAt : must not be before installedAt, which is 2026-01-03T21:00:00Z"}},
			{"thresholds", []string{`{"node":"Deployment","key":"y","name":"y","errorThreshold":101,"successThreshold":0}`},
				[]string{"1 errorThreshold : must be from 0 to 100, not 101", "1 successThreshold : must be from 1 to 100, not 0"}},
			{"an instant", []string{`{"node":"Deployment","key":"y","name":"y","activation":"SCHEDULED"}`}, []string{"1 activateAt P8: is missing: a SCHEDULED activation is at an instant"}},
			{"a gate that nobody opens", []string{`{"node":"Wave","key":"y","name":"y","ordinal":1,"gatekeeper":"ann"}`}, []string{"1 gate D2: is NONE: nobody opens it, and nothing is decided there"}},
			{"ends of other kinds", []string{`{"edge":"TARGETS","from":"Wave:D-1","to":"Site:par"}`},
				[]string{"1 to : TARGETS leads from Wave to SiteRollout or from SiteRollout to Site"}},
			{"a wave in a deployment that is over", []string{`{"node":"Wave","key":"D-2","status":"RUNNING"}`},
				[]string{"1 status D1: of the wave D-2 is RUNNING, and the deployment D is CLOSED: its waves are then SUCCEEDED, SKIPPED"}},
			{"a deployment over waves that are not", []string{`{"node":"Deployment","key":"D","status":"PLANNED","startedAt":null,"endedAt":null}`},
				[]string{
					"1 status D1: of the wave D-1 is SUCCEEDED, and the deployment D is PLANNED: its waves are then PENDING, READY, SKIPPED",
					"1 status D1: of the wave D-2 is SUCCEEDED, and the deployment D is PLANNED: its waves are then PENDING, READY, SKIPPED",
				}},
			{"a site in a deployment that is over", []string{`{"node":"SiteRollout","key":"D-lyo","status":"DISTRIBUTED"}`},
				[]string{"1 status D1: of D-lyo is DISTRIBUTED, and the deployment D is CLOSED"}},
			{"a site in a wave that has not begun", []string{
				`{"node":"Wave","key":"z","name":"z","ordinal":1}`, `{"node":"SiteRollout","key":"z","name":"z","status":"INSTALLED"}`, `{"edge":"TARGETS","from":"Wave:z","to":"SiteRollout:z"}`,
			}, []string{"2 status D1: of z is INSTALLED, and the wave z is PENDING"}},
			{"a site in two waves", []string{`{"edge":"TARGETS","from":"Wave:D-2","to":"SiteRollout:D-par"}`}, []string{"1 to D1: belongs to the Wave D-1 already"}},
			{"a wave in two deployments", []string{`{"node":"Deployment","key":"E","name":"E"}`, `{"node":"Wave","key":"e","name":"e","ordinal":1}`,
				`{"node":"Deployment","key":"F","name":"F"}`, `{"edge":"HAS_WAVE","from":"Deployment:E","to":"Wave:e"}`, `{"edge":"HAS_WAVE","from":"Deployment:F","to":"Wave:e"}`},
				[]string{"5 to D1: is given to two records of kind Deployment"}},
			{"a site twice in a wave", []string{
				`{"node":"SiteRollout","key":"z","name":"z","status":"VERIFIED"}`,
				`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:z"}`, `{"edge":"TARGETS","from":"SiteRollout:z","to":"Site:par"}`,
			}, []string{"3 to P6: would be the second roll-out of its site in one wave: the other is D-par"}},
			{"a wave after a later one", []string{`{"node":"Wave","key":"D-3","name":"3","ordinal":3,"status":"SKIPPED"}`, `{"edge":"AFTER","from":"Wave:D-2","to":"Wave:D-3"}`},
				[]string{"2 to D2: D-3 is wave 3, and D-2 is wave 2: a wave comes after one with a lower number"}},
		} {
			require.Equal(t, c.want, wrong(t, f, c.lines...), c.about)
		}
	})
}

// A site is in several waves where it receives several releases (P9).
func TestASiteIsInSeveralWavesOfADeployment_P9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		require.Empty(t, wrong(t, f, append(estate(),
			`{"node":"SiteRollout","key":"D-par-2","name":"Paris","status":"VERIFIED"}`,
			`{"edge":"TARGETS","from":"Wave:D-2","to":"SiteRollout:D-par-2"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par-2","to":"Site:par"}`,
			`{"edge":"DEPLOYS","from":"SiteRollout:D-par-2","to":"Release:R"}`,
		)...))
	})
}

func TestADeploymentListsItsWavesByNumber_P6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(estate(), `{"node":"Wave","key":"A","name":"Late","ordinal":3,"status":"SKIPPED"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:A"}`)...)
		waves, err := f.Rollouts.Waves(f.Ctx, f.Read(domain.KindDeployment, "D").(*domain.Deployment))
		require.NoError(t, err)
		require.Len(t, waves, 3)
		for i, k := range []string{"D-1", "D-2", "A"} {
			require.Equal(t, k, waves[i].Key)
		}
		require.Equal(t, 2*time.Hour, waves[0].Window().Length())
		require.Nil(t, waves[1].Window())
	})
}
