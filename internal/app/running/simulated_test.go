package running_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// device is a site with what it really has: the reports that it sends are about that, and
// may come late, twice, and out of order.
type device struct {
	site    string
	version string
	unsent  []running.Report
	sent    []running.Report
}

// does carries the work at the site out, as far as it comes.
func (d *device) does(p *play, t *rapid.T, at time.Time) {
	say := func(status domain.SiteRolloutStatus) {
		d.unsent = append(d.unsent, running.Report{
			Deployment: apptest.Key(p.key), Site: apptest.Key(d.site), Status: status, At: &at, ReportID: fmt.Sprintf("%s-%d", d.site, len(d.unsent)+len(d.sent)),
		})
	}
	switch rapid.IntRange(0, 4).Draw(t, "does") {
	case 0:
		say(domain.SiteFailed)
	case 1: // it falls silent
	case 2:
		say(domain.SiteDistributed)
	default:
		d.version = "2.0.0"
		say(domain.SiteInstalled)
		say(domain.SiteVerified)
	}
}

// sends sends what is to be sent, in some order, and some of it again. What is refused as
// yet is sent later.
func (d *device) sends(p *play, t *rapid.T) {
	for range rapid.IntRange(0, len(d.unsent)).Draw(t, "sends") {
		i := rapid.IntRange(0, len(d.unsent)-1).Draw(t, "which")
		report := d.unsent[i]
		_, err := p.f.Running.ReportSiteRollout(p.f.WithLoads(p.f.Ctx), report, nil)
		var refused *domain.Error
		if errors.As(err, &refused) && refused.Code != domain.ReportIDReused {
			return
		}
		require.NoError(t, err)
		d.sent = append(d.sent, report)
		d.unsent = append(d.unsent[:i:i], d.unsent[i+1:]...)
	}
	if len(d.sent) > 0 && rapid.IntRange(0, 2).Draw(t, "again") == 0 {
		before := p.f.Head()
		_, err := p.f.Running.ReportSiteRollout(p.f.WithLoads(p.f.Ctx), rapid.SampledFrom(d.sent).Draw(t, "sent"), nil)
		require.NoError(t, err)
		require.Equal(t, before, p.f.Head(), "the same report again changes nothing")
	}
}

// Sites that install, fail, fall silent, and report late, twice and out of order, people
// who pause, resume, retry and skip, and time that passes: never does a site of a later
// wave begin before its wave, never go more failures unnoticed than the threshold lets,
// and in the end what is on record as installed is what the sites have.
func TestASimulatedRollOutKeepsItsRules_D1_D2_D4_D5_D6(t *testing.T) {
	defer neo4jtest.FewerDraws(25)()
	rapid.Check(t, func(rt *rapid.T) {
		f := apptest.NewFixture(t, apptest.OpenSQLite(t))
		p := started(f, func(in *planning.Plan) {
			in.Soak = apptest.Some("PT1H")
			in.SuccessThreshold = apptest.Some(rapid.SampledFrom([]int{50, 100}).Draw(rt, "success"))
			in.ErrorThreshold = apptest.Some(rapid.SampledFrom([]int{0, 50}).Draw(rt, "error"))
		})
		devices := []*device{{site: "a", version: "1.0.0"}, {site: "b", version: "1.0.0"}, {site: "c", version: "1.0.0"}}
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			p.acts(rt, devices)
			p.holds(rt)
		}
		for range 20 {
			for _, d := range devices {
				d.sends(p, rt)
			}
		}
		p.agrees(rt, devices)
	})
}

// acts lets one thing happen.
func (p *play) acts(t *rapid.T, devices []*device) {
	ctx := p.f.WithLoads(p.f.Ctx)
	d := rapid.SampledFrom(devices).Draw(t, "device")
	var err error
	switch rapid.IntRange(0, 8).Draw(t, "act") {
	case 0:
		p.passes(time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute)
	case 1:
		_, err = p.f.Running.PauseDeployment(ctx, p.verb("r"), nil)
	case 2, 3:
		_, err = p.f.Running.ResumeDeployment(ctx, p.verb("r"), nil)
	case 4:
		_, err = p.f.Running.RetrySiteRollout(ctx, p.site(d.site, "r"), nil)
	case 5:
		if rapid.IntRange(0, 3).Draw(t, "skips") == 0 {
			_, err = p.f.Running.SkipSiteRollout(ctx, p.site(d.site, "r"), nil)
		}
	default:
		if len(d.unsent) == 0 && p.mayWork(d.site) {
			d.does(p, t, p.deployment().UpdatedAt)
		}
		d.sends(p, t)
	}
	var refused *domain.Error
	if err != nil && !errors.As(err, &refused) {
		var all domain.Errors
		require.ErrorAs(t, err, &all)
	}
}

// mayWork reports whether the wave of a site has begun, and the site has not taken the
// release.
func (p *play) mayWork(site string) bool {
	for _, w := range p.waves() {
		for _, s := range w.steps {
			if s.site == site {
				begun := w.status == domain.WaveRunning || w.status == domain.WavePaused
				return begun && (s.status == domain.SitePending || s.status == domain.SiteDistributed)
			}
		}
	}
	return false
}

type seenWave struct {
	status domain.WaveStatus
	steps  []seenStep
}

type seenStep struct {
	site   string
	status domain.SiteRolloutStatus
}

func (p *play) waves() (list []seenWave) {
	d := p.deployment()
	pages, err := p.f.Store.Edges(p.f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(d.ID)}, Rel: domain.RelHasWave, Direction: store.Out, Kind: domain.KindWave, Order: []store.Order{{Property: "ordinal"}}})
	require.NoError(p.f.T, err)
	for _, w := range pages[0].Nodes {
		one := seenWave{status: domain.WaveStatus(w.Props.Text("status"))}
		steps, err := p.f.Store.Edges(p.f.Ctx, store.EdgeQuery{Nodes: []store.ID{w.ID}, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout, Order: []store.Order{{Property: "key"}}})
		require.NoError(p.f.T, err)
		for _, s := range steps[0].Nodes {
			key := s.Props.Text("key")
			one.steps = append(one.steps, seenStep{key[len(key)-1:], domain.SiteRolloutStatus(s.Props.Text("status"))})
		}
		list = append(list, one)
	}
	return list
}

// holds holds what stands to the rules: what may stand together (D1), and the thresholds
// (D4).
func (p *play) holds(t *rapid.T) {
	d := p.deployment()
	for _, w := range p.waves() {
		require.Nil(t, d.CheckWave(&domain.Wave{Status: w.status}), "%s", p.stands())
		total, failed, begun := 0, 0, false
		for _, s := range w.steps {
			require.Nil(t, (&domain.Wave{Status: w.status}).CheckSite(&domain.SiteRollout{Status: s.status}), "%s", p.stands())
			begun = begun || s.status.Begun() && s.status != domain.SiteFailed
			if s.status != domain.SiteSkipped {
				total++
			}
			if s.status == domain.SiteFailed {
				failed++
			}
		}
		if begun {
			require.NotContains(t, []domain.WaveStatus{domain.WavePending, domain.WaveReady}, w.status, "%s", p.stands())
		}
		if d.Status == domain.DeploymentRunning && failed*100 > d.ErrorThreshold*total {
			require.NotNil(t, d.StatusReason, "it was resumed: %s", p.stands())
		}
	}
}

// agrees holds what is on record as installed to what the sites have.
func (p *play) agrees(t *rapid.T, devices []*device) {
	for _, d := range devices {
		if len(d.unsent) > 0 {
			continue // it was not heard
		}
		item := "app "
		if d.site == "c" {
			item = "db "
		}
		require.Contains(t, p.installed(d.site), item+d.version, "%s: %s", d.site, p.stands())
	}
}
