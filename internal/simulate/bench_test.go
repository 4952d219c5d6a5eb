package simulate_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

// world is an estate of many sites, as a server holds it.
type world struct {
	*app.App
	b     *testing.B
	ctx   context.Context
	store store.Store
	sites int
}

// newWorld makes an estate of so many sites that get a release.
func newWorld(b *testing.B, beneath store.Store, sites int) *world {
	b.Helper()
	s := mirror.Open(b.Context(), beneath, mirror.Options{})
	require.NoError(b, s.Loaded(b.Context()))
	a := app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	w := &world{App: a, b: b, ctx: b.Context(), store: s, sites: sites}
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	w.brings(
		`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
		`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
	)
	var lines []string
	for i := range sites {
		lines = append(lines,
			fmt.Sprintf(`{"node":"Site","key":"s%d","name":"S","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":10}`, i),
			fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:s%d","version":"1.0.0","activeVersion":"1.0.0"}`, i),
		)
	}
	w.brings(lines...)
	return w
}

func (w *world) brings(lines ...string) {
	w.b.Helper()
	for len(lines) > 0 {
		n := min(len(lines), 900)
		got, err := w.Bulk.ImportLines(w.WithLoads(w.ctx), bulk.ImportLinesInput{Lines: lines[:n], Overwrite: true}, nil)
		require.NoError(w.b, err)
		require.Empty(w.b, got.Wrong)
		lines = lines[n:]
	}
}

// starts plans the roll-out, accepts the plan and starts it.
func (w *world) starts(more ...func(*planning.Plan)) (key string, planned, started time.Duration) {
	w.b.Helper()
	in := planning.Plan{Release: apptest.Key("R")}
	for _, m := range more {
		m(&in)
	}
	begun := time.Now()
	made, err := w.Planning.PlanDeployment(w.WithLoads(w.ctx), in, nil)
	require.NoError(w.b, err)
	require.NotNil(w.b, made.Deployment, "%v", made.Violations)
	planned = time.Since(begun)
	key = made.Deployment.Key
	_, err = w.Planning.AcceptDeploymentPlan(w.WithLoads(w.ctx), planning.Accept{Deployment: apptest.Key(key)}, nil)
	require.NoError(w.b, err)
	begun = time.Now()
	_, err = w.Running.StartDeployment(w.WithLoads(w.ctx), running.DeploymentVerb{Deployment: apptest.Key(key)}, nil)
	require.NoError(w.b, err)
	return key, planned, time.Since(begun)
}

const batch, clients = 100, 64

// said5 are the reports that each site sends.
var said5 = []domain.SiteRolloutStatus{domain.SiteDistributed, domain.SiteInstalled, domain.SiteActivated, domain.SiteVerified, domain.SiteVerified}

// reports has all sites report all that they have to say, by many clients at once, and
// returns how many reports were taken in a second.
func (w *world) reports(key string) float64 {
	begun := time.Now()
	for turn, status := range said5 {
		var next atomic.Int64
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				for {
					from := int(next.Add(batch)) - batch
					if from >= w.sites {
						return
					}
					var in running.Reports
					for i := from; i < min(from+batch, w.sites); i++ {
						in.Reports = append(in.Reports, running.Report{
							Deployment: apptest.Key(key), Site: apptest.Key(fmt.Sprintf("s%d", i)), Status: status, ReportID: fmt.Sprintf("%d-%d", turn, i),
						})
					}
					out, err := w.Running.ReportSiteRollouts(w.WithLoads(w.ctx), in, nil)
					if err != nil || len(out.Refused) > 0 {
						w.b.Errorf("%v, %v", err, out)
						return
					}
				}
			})
		}
		all.Wait()
	}
	return float64(len(said5)*w.sites) / time.Since(begun).Seconds()
}

// bare writes what reports leave, straight into the store: the least that they can cost.
func (w *world) bare(key string) float64 {
	d, err := w.Records.Record(w.WithLoads(w.ctx), domain.KindDeployment, apptest.Key(key), nil)
	require.NoError(w.b, err)
	steps, err := w.store.Find(w.ctx, store.Query{Kind: domain.KindSiteRollout, First: w.sites})
	require.NoError(w.b, err)
	require.NotNil(w.b, d)
	begun := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for {
				from := int(next.Add(batch)) - batch
				if from >= len(steps.Nodes) {
					return
				}
				var ops []store.Op
				for _, n := range steps.Nodes[from:min(from+batch, len(steps.Nodes))] {
					id := store.ID(uuid.Must(uuid.NewV7()).String())
					ops = append(ops,
						store.CreateNode{ID: id, Kind: domain.KindSiteReport, Props: store.Props{"key": string(id), "name": "r", "reportId": string(id), "status": "VERIFIED", "at": time.Now().UTC().Truncate(time.Microsecond), "attempt": int64(1), "reportedBy": "x", "moved": true}},
						store.PutEdge{EdgeKey: store.EdgeKey{Rel: domain.RelReports, From: id, To: n.ID}},
						store.UpdateNode{ID: n.ID, Set: store.Props{"statusReason": string(id)}},
					)
				}
				if _, err := w.store.Commit(w.ctx, store.Changeset{Actor: "x", At: time.Now().UTC().Truncate(time.Microsecond), Ops: ops}); err != nil {
					w.b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(len(steps.Nodes)) / time.Since(begun).Seconds()
}

// onBoth runs a benchmark on both kinds of store.
func onBoth(b *testing.B, run func(*testing.B, store.Store)) {
	b.Run("sqlite", func(b *testing.B) {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "estate.db"), entity.Schema(), sqlite.Options{})
		require.NoError(b, err)
		run(b, s)
	})
	b.Run("neo4j", func(b *testing.B) {
		uri, user, password := neo4jtest.EmptiedOf(b, entity.Schema())
		s, err := neo4j.Open(b.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
		require.NoError(b, err)
		run(b, s)
	})
}

// once runs what takes long once.
func once(b *testing.B, run func()) {
	for ran := false; b.Loop(); ran = true {
		if !ran {
			run()
		}
	}
}

// Ten thousand sites send five reports each, by 64 clients in batches of a hundred. Goals:
// 5,000 reports a second on SQLite, 1,500 on Neo4j.
func BenchmarkReportsOfSites(b *testing.B) {
	onBoth(b, func(b *testing.B, s store.Store) {
		w := newWorld(b, s, benchtest.Items(b))
		once(b, func() {
			key, _, _ := w.starts()
			before := benchtest.CPU()
			figure := w.reports(key)
			b.ReportMetric(float64((benchtest.CPU()-before).Microseconds())/1000/float64(len(said5)*w.sites), "cpu-ms/report")
			benchtest.Beside(b, "reports/s", figure, w.bare(key))
			goal := 5000.0
			if strings.Contains(b.Name(), "neo4j") {
				goal = 1500
			}
			b.ReportMetric(goal, "min-reports/s")
		})
	})
}

// A roll-out to five thousand sites is planned within a second, and started within 0.2 s.
func BenchmarkStartOfARollOut(b *testing.B) {
	onBoth(b, func(b *testing.B, s store.Store) {
		w := newWorld(b, s, 5000)
		once(b, func() {
			before := benchtest.CPU()
			_, planned, started := w.starts()
			b.ReportMetric((benchtest.CPU() - before).Seconds(), "cpu-s")
			benchtest.AtMost(b, "plan-s", planned.Seconds(), 1)
			benchtest.AtMost(b, "start-s", started.Seconds(), 0.2)
		})
	})
}

// From the last report of a wave until the next one runs no more than 50 ms pass, and five
// hundred roll-outs that rest cost next to nothing.
func BenchmarkWatch(b *testing.B) {
	onBoth(b, func(b *testing.B, s store.Store) {
		w := newWorld(b, s, 20)
		once(b, func() {
			key, _, _ := w.starts(func(in *planning.Plan) {
				in.Limits = &domain.RolloutLimits{SitesPerWave: apptest.Some(10)}
				in.NotBefore, in.WorkDuration = apptest.Some(time.Now().Add(10*time.Second).Truncate(time.Second)), apptest.Some("PT1S")
			})
			time.Sleep(12 * time.Second) // until the first window of the second wave
			_, err := w.Running.Advance(w.WithLoads(w.ctx))
			require.NoError(b, err)
			last := w.lastReport(key)
			benchtest.AtMost(b, "next-wave-ms", float64(last.Microseconds())/1000, 50)
			benchtest.AtMost(b, "idle-share-of-a-core", w.idle(500), 0.01)
		})
	})
}

// lastReport has the sites of the first wave report, and returns how long it takes from
// the last report until the second wave runs.
func (w *world) lastReport(key string) time.Duration {
	steps, err := w.store.Find(w.ctx, store.Query{Kind: domain.KindSiteRollout, First: 20, Order: []store.Order{{Property: "windowFrom"}, {Property: "key"}}})
	require.NoError(w.b, err)
	wave := func(ordinal int) domain.WaveStatus {
		r, err := w.Records.Record(w.WithLoads(w.ctx), domain.KindWave, apptest.Key(fmt.Sprintf("%s/wave-%d", key, ordinal)), nil)
		require.NoError(w.b, err)
		return r.(*domain.Wave).Status
	}
	var begun time.Time
	for _, n := range steps.Nodes[:10] {
		site := strings.TrimPrefix(n.Props.Text("key"), key+"/")
		begun = time.Now()
		_, err := w.Running.ReportSiteRollout(w.WithLoads(w.ctx), running.Report{Deployment: apptest.Key(key), Site: apptest.Key(site), Status: domain.SiteVerified, ReportID: site}, nil)
		require.NoError(w.b, err)
	}
	for wave(2) != domain.WaveRunning {
		time.Sleep(time.Millisecond)
	}
	return time.Since(begun)
}

// idle is the share of a core that so many roll-outs take that rest, besides changes of
// other records.
func (w *world) idle(n int) float64 {
	var lines []string
	for i := range n {
		lines = append(lines,
			fmt.Sprintf(`{"node":"Deployment","key":"D%d","name":"D","approach":"PHASED","status":"RUNNING","startedAt":"2026-01-01T00:00:00Z"}`, i),
			fmt.Sprintf(`{"node":"Wave","key":"D%d-1","name":"W","ordinal":1,"status":"RUNNING","startedAt":"2026-01-01T00:00:00Z"}`, i),
			fmt.Sprintf(`{"edge":"HAS_WAVE","from":"Deployment:D%d","to":"Wave:D%d-1"}`, i, i),
			fmt.Sprintf(`{"node":"SiteRollout","key":"D%d-a","name":"S","status":"PENDING"}`, i),
			fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:D%d-1","to":"SiteRollout:D%d-a"}`, i, i),
			fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:D%d-a","to":"Site:s0"}`, i),
		)
	}
	w.brings(lines...)
	watch := running.NewWatch(w.Running)
	for range 2 {
		_, err := watch.Look(w.WithLoads(w.ctx))
		require.NoError(w.b, err)
		time.Sleep(1100 * time.Millisecond)
	}
	const looks = 100 // those of a hundred seconds
	before := benchtest.CPU()
	for range looks {
		_, err := watch.Look(w.WithLoads(w.ctx))
		require.NoError(w.b, err)
	}
	return (benchtest.CPU() - before).Seconds() / looks
}
