package simulate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/simulate"
)

// witness holds a roll-out to the rules, as far as somebody outside can see it.
type witness struct {
	t      require.TestingT
	play   *simulate.Play
	estate *simulate.Estate
	soak   time.Duration
	// failed are the attempts that had failed when somebody last had the roll-out go on.
	failed map[string]bool
	last   *simulate.State
	// leftOut are the sites that were left out once.
	leftOut map[string]bool
}

func newWitness(t require.TestingT, p *simulate.Play, e *simulate.Estate, soak time.Duration) *witness {
	return &witness{t: t, play: p, estate: e, soak: soak, failed: map[string]bool{}, leftOut: map[string]bool{}}
}

// sees holds what stands to the rules.
func (w *witness) sees(s *simulate.State, acts []simulate.Act) error {
	w.together(s)
	w.gates(s)
	w.thresholds(s)
	for _, wave := range s.Waves {
		for _, site := range wave.Sites {
			if site.Status == domain.SiteSkipped {
				w.leftOut[site.Key] = true
			}
		}
	}
	for _, a := range acts {
		if a.Verb == "resumeDeployment" {
			w.failed = failures(s)
		}
	}
	w.last = s
	return nil
}

// failures are the attempts that failed.
func failures(s *simulate.State) map[string]bool {
	list := map[string]bool{}
	for _, wave := range s.Waves {
		for _, site := range wave.Sites {
			if site.Status == domain.SiteFailed {
				list[fmt.Sprint(site.Key, site.Attempt)] = true
			}
		}
	}
	return list
}

// together holds statuses to what may stand together (D1).
func (w *witness) together(s *simulate.State) {
	d := &domain.Deployment{Status: s.Status}
	for _, one := range s.Waves {
		wave := &domain.Wave{Status: one.Status}
		require.Nil(w.t, d.CheckWave(wave), "wave %d is %s, and the deployment %s", one.Ordinal, one.Status, s.Status)
		for _, site := range one.Sites {
			require.Nil(w.t, wave.CheckSite(&domain.SiteRollout{Status: site.Status}), "%s is %s, and wave %d %s", site.Key, site.Status, one.Ordinal, one.Status)
		}
	}
}

// gates holds that no site of a wave begins before those before it are done, watched long
// enough, and its gate and its first window are open (D2).
func (w *witness) gates(s *simulate.State) {
	var before *simulate.Wave
	for i := range s.Waves {
		wave := &s.Waves[i]
		for _, site := range wave.Sites {
			if site.Status.Begun() {
				require.NotNil(w.t, wave.StartedAt, "%s of wave %d is %s, and the wave is %s", site.Key, wave.Ordinal, site.Status, wave.Status)
			}
		}
		if wave.StartedAt != nil {
			w.began(s, wave, before)
		}
		if wave.SucceededAt != nil {
			before = wave
		}
	}
}

func (w *witness) began(s *simulate.State, wave, before *simulate.Wave) {
	for _, earlier := range s.Waves[:wave.Ordinal-1] {
		require.Contains(w.t, []domain.WaveStatus{domain.WaveSucceeded, domain.WaveSkipped}, earlier.Status, "wave %d began after wave %d", wave.Ordinal, earlier.Ordinal)
	}
	if before != nil {
		require.False(w.t, wave.StartedAt.Before(before.SucceededAt.Add(w.soak)), "wave %d was not watched", before.Ordinal)
	}
	if wave.Gate == domain.PersonGate {
		require.NotNil(w.t, wave.GateVerdict)
		require.Equal(w.t, domain.GateGo, *wave.GateVerdict)
	}
	for _, site := range wave.Sites {
		if site.Status.Begun() && site.InstalledAt != nil {
			require.False(w.t, site.InstalledAt.Before(*site.WindowFrom), "%s was installed before its window", site.Key)
		}
	}
	var opens *time.Time
	for _, site := range wave.Sites {
		if opens == nil || site.WindowFrom.Before(*opens) {
			opens = site.WindowFrom
		}
	}
	require.False(w.t, wave.StartedAt.Before(*opens), "wave %d began before its first window", wave.Ordinal)
}

// thresholds holds that no failure above the threshold goes on unnoticed (D4, D5).
func (w *witness) thresholds(s *simulate.State) {
	if s.Status != domain.DeploymentRunning {
		return
	}
	for _, wave := range s.Waves {
		total, failed := wave.Tally()
		if failed*100 <= s.ErrorThreshold*total {
			continue
		}
		for _, site := range wave.Sites {
			if site.Status == domain.SiteFailed {
				require.Contains(w.t, w.failed, fmt.Sprint(site.Key, site.Attempt), "%d of %d failed in wave %d, and it goes on", failed, total, wave.Ordinal)
			}
		}
	}
}

// agrees holds the records to what the sites have, to what was told, and to one another.
func (w *witness) agrees(ctx context.Context) {
	w.reports(ctx)
	w.installed(ctx)
	w.told(ctx)
	w.closing(ctx)
}

// ask asks, and wants an answer.
func (w *witness) ask(ctx context.Context, document string, variables map[string]any, into any) {
	data, err := w.play.Ask(ctx, document, variables)
	require.NoError(w.t, err)
	require.NoError(w.t, json.Unmarshal(data, into))
}

type page struct {
	HasNextPage bool
	EndCursor   string
}

// pages asks for page after page.
func (w *witness) pages(ctx context.Context, document string, variables map[string]any, read func(json.RawMessage) page) {
	variables = maps.Clone(variables)
	for {
		data, err := w.play.Ask(ctx, document, variables)
		require.NoError(w.t, err)
		at := read(data)
		if !at.HasNextPage {
			return
		}
		variables["after"] = at.EndCursor
	}
}

// reports holds that each report that was acknowledged is kept, once and as it was sent,
// and no other (D5).
func (w *witness) reports(ctx context.Context) {
	kept := map[string]string{}
	const document = `query Kept($of: String!, $after: String) { siteReports(filter: {key: {startsWith: $of}}, orderBy: [{field: KEY}], first: 200, after: $after) {
  nodes { reportId status at attempt } pageInfo { hasNextPage endCursor } } }`
	w.pages(ctx, document, map[string]any{"of": w.play.Deployment + "/"}, func(data json.RawMessage) page {
		var out struct {
			SiteReports struct {
				Nodes []struct {
					ReportID string
					Status   domain.SiteRolloutStatus
					At       time.Time
					Attempt  int
				}
				PageInfo page
			}
		}
		require.NoError(w.t, json.Unmarshal(data, &out))
		for _, n := range out.SiteReports.Nodes {
			require.NotContains(w.t, kept, n.ReportID, "it is kept twice")
			kept[n.ReportID] = fmt.Sprint(n.Status, n.At.UTC(), n.Attempt)
		}
		return out.SiteReports.PageInfo
	})
	sent := map[string]string{}
	for id, r := range w.play.Sent {
		sent[id] = fmt.Sprint(r.Status, r.At.UTC(), r.Attempt)
	}
	for id, said := range sent {
		require.Equal(w.t, said, kept[id], "%s was acknowledged", id)
	}
	require.Len(w.t, kept, len(sent))
}

// installed holds what is on record as installed to what the sites have (D6, D7).
func (w *witness) installed(ctx context.Context) {
	const document = `query Installed($after: String) { sites(orderBy: [{field: KEY}], first: 200, after: $after) {
  nodes { key installedItems(first: 20) { edges { version activeVersion node { key } } } } pageInfo { hasNextPage endCursor } } }`
	w.pages(ctx, document, map[string]any{}, func(data json.RawMessage) page {
		var out struct {
			Sites struct {
				Nodes []struct {
					Key            string
					InstalledItems struct {
						Edges []struct {
							Version, ActiveVersion string
							Node                   struct{ Key string }
						}
					}
				}
				PageInfo page
			}
		}
		require.NoError(w.t, json.Unmarshal(data, &out))
		for _, n := range out.Sites.Nodes {
			known, runs := map[string]string{}, map[string]string{}
			for _, e := range n.InstalledItems.Edges {
				known[e.Node.Key] = e.Version
				if e.ActiveVersion != "" {
					runs[e.Node.Key] = e.ActiveVersion
				}
			}
			require.Equal(w.t, w.play.Fleet.Has(n.Key), known, "%s, which stands %s", n.Key, w.stands(n.Key))
			require.Equal(w.t, w.play.Fleet.Runs(n.Key), runs, "%s, which stands %s", n.Key, w.stands(n.Key))
			if w.last.Status == domain.DeploymentBackedOut && !w.leftOut[n.Key] {
				require.Equal(w.t, w.estate.Has[n.Key], known, "%s was taken back", n.Key)
			}
		}
		return out.Sites.PageInfo
	})
}

// stands is where a site stood last.
func (w *witness) stands(site string) domain.SiteRolloutStatus {
	for _, wave := range w.last.Waves {
		for _, s := range wave.Sites {
			if s.Key == site {
				return s.Status
			}
		}
	}
	return ""
}

// statuses are what types of events say that their subjects came to.
var statuses = map[string]string{
	"deployment.created": "PLANNED", "deployment.started": "RUNNING", "deployment.resumed": "RUNNING", "deployment.paused": "PAUSED", "deployment.verifying": "VERIFYING",
	"deployment.closed": "CLOSED", "deployment.aborted": "ABORTED", "deployment.back_out_started": "BACKING_OUT", "deployment.backed_out": "BACKED_OUT",
	"deployment.wave.created": "PENDING", "deployment.wave.ready": "READY", "deployment.wave.started": "RUNNING", "deployment.wave.resumed": "RUNNING",
	"deployment.wave.paused": "PAUSED", "deployment.wave.succeeded": "SUCCEEDED", "deployment.wave.failed": "FAILED", "deployment.wave.skipped": "SKIPPED",
	"deployment.site.created": "PENDING", "deployment.site.retried": "PENDING", "deployment.site.distributed": "DISTRIBUTED", "deployment.site.installed": "INSTALLED",
	"deployment.site.activated": "ACTIVATED", "deployment.site.verified": "VERIFIED", "deployment.site.failed": "FAILED", "deployment.site.backed_out": "BACKED_OUT",
	"deployment.site.skipped": "SKIPPED",
}

// told holds that who only heard events knows how all stands (D10, E1).
func (w *witness) told(ctx context.Context) {
	heard := map[string]string{}
	const document = `query Told($of: String!, $after: String) { events(filter: {types: ["deployment.*"], deployment: {key: $of}}, first: 500, after: $after) {
  nodes { type subject { key } } pageInfo { hasNextPage endCursor } } }`
	w.pages(ctx, document, map[string]any{"of": w.play.Deployment}, func(data json.RawMessage) page {
		var out struct {
			Events struct {
				Nodes []struct {
					Type    string
					Subject struct{ Key string }
				}
				PageInfo page
			}
		}
		require.NoError(w.t, json.Unmarshal(data, &out))
		for _, n := range out.Events.Nodes {
			if status, says := statuses[n.Type]; says {
				heard[n.Subject.Key] = status
			}
		}
		return out.Events.PageInfo
	})
	s, d := w.last, w.play.Deployment
	require.Equal(w.t, string(s.Status), heard[d])
	for i, wave := range s.Waves {
		require.Equal(w.t, string(wave.Status), heard[fmt.Sprintf("%s/wave-%d", d, i+1)], "wave %d", i+1)
		for _, site := range wave.Sites {
			require.Equal(w.t, string(site.Status), heard[d+"/"+site.Key], site.Key)
		}
	}
}

// closing holds what follows from the end (D8).
func (w *witness) closing(ctx context.Context) {
	var out struct {
		Release             struct{ Status domain.ReleaseStatus }
		ChangeRequest       struct{ Status domain.ChangeRequestStatus }
		Problem             struct{ Status domain.ProblemStatus }
		KnownError          struct{ Status domain.KnownErrorStatus }
		Added, Removed      struct{ Status domain.ItemStatus }
		Deployment          struct{ VerifyingAt, VerifyingUntil, EndedAt *time.Time }
		AddedAt, RemovedAt  struct{ InstalledAt struct{ TotalCount int } }
		SiteRolloutsOngoing struct{ TotalCount int }
	}
	w.ask(ctx, `query End($deployment: String!, $sites: String!) {
  release(key: "SIM-2") { status } changeRequest(key: "SIM-C") { status } problem(key: "SIM-P") { status } knownError(key: "SIM-K") { status }
  added: configurationItem(key: "new") { status } removed: configurationItem(key: "old") { status }
  deployment(key: $deployment) { verifyingAt verifyingUntil endedAt }
  siteRolloutsOngoing: siteRollouts(filter: {key: {startsWith: $sites}, status: {in: [PENDING, DISTRIBUTED, INSTALLED, ACTIVATED]}}, first: 0) { totalCount }
}`, map[string]any{"deployment": w.play.Deployment, "sites": w.play.Deployment + "/"}, &out)
	have, run := map[string]int{}, map[string]int{}
	for _, site := range w.play.Fleet.Sites() {
		for item := range w.play.Fleet.Has(site) {
			have[item]++
		}
		for item := range w.play.Fleet.Runs(site) {
			run[item]++
		}
	}
	switch w.last.Status {
	case domain.DeploymentClosed:
		require.Equal(w.t, domain.ReleaseClosed, out.Release.Status)
		require.Equal(w.t, domain.ChangeClosed, out.ChangeRequest.Status)
		require.Equal(w.t, domain.ProblemClosed, out.Problem.Status)
		require.Equal(w.t, domain.KnownErrorPublished, out.KnownError.Status)
		require.Equal(w.t, 14*24*time.Hour, out.Deployment.VerifyingUntil.Sub(*out.Deployment.VerifyingAt))
		require.False(w.t, out.Deployment.EndedAt.Before(*out.Deployment.VerifyingUntil))
		require.Zero(w.t, out.SiteRolloutsOngoing.TotalCount)
	case domain.DeploymentBackedOut:
		require.Equal(w.t, domain.ReleaseBackedOut, out.Release.Status)
		require.Equal(w.t, domain.ChangeBackedOut, out.ChangeRequest.Status)
		require.Equal(w.t, domain.ProblemDiagnosed, out.Problem.Status)
		require.Equal(w.t, domain.KnownErrorDraft, out.KnownError.Status)
		require.Zero(w.t, out.SiteRolloutsOngoing.TotalCount)
	case domain.DeploymentAborted:
		require.Contains(w.t, []domain.ReleaseStatus{domain.ReleaseAccepted, domain.ReleaseDeploying}, out.Release.Status)
		require.Equal(w.t, domain.ChangeInRelease, out.ChangeRequest.Status)
	default:
		require.Fail(w.t, "it is not over", w.last.Status)
	}
	require.Equal(w.t, run["new"] > 0, out.Added.Status == domain.ItemLive, "what was added runs at %d sites, and it is %s", run["new"], out.Added.Status)
	if had := w.installedBefore("old"); had > 0 && w.last.Activation == domain.AtInstall {
		require.Equal(w.t, have["old"] == 0, out.Removed.Status == domain.ItemWithdrawn, "%d sites have what was to be removed, and it is %s", have["old"], out.Removed.Status)
	}
}

// installedBefore is how many sites had an item.
func (w *witness) installedBefore(item string) (n int) {
	for _, has := range w.estate.Has {
		if slices.Contains(slices.Collect(maps.Keys(has)), item) {
			n++
		}
	}
	return n
}
