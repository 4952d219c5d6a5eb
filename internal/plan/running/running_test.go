package running_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/running"
)

var start = time.Date(2027, 1, 10, 0, 0, 0, 0, time.UTC)

// rollout is a RUNNING deployment whose waves have so many steps each.
func rollout(steps ...int) *running.Rollout {
	d := &domain.Deployment{Status: domain.DeploymentRunning, Activation: domain.AtInstall, Approach: domain.Phased, SuccessThreshold: 100}
	d.ID, d.Key = "d", "D"
	r := &running.Rollout{Deployment: d}
	for i, n := range steps {
		w := &running.Wave{Wave: &domain.Wave{Ordinal: i + 1, Status: domain.WavePending, Gate: domain.NoGate}}
		w.ID, w.Key = fmt.Sprintf("w%d", i+1), fmt.Sprintf("D/wave-%d", i+1)
		for j := range n {
			s := &running.Step{SiteRollout: &domain.SiteRollout{Status: domain.SitePending, Attempt: 1}}
			s.ID, s.Key = fmt.Sprintf("s%d-%d", i+1, j+1), fmt.Sprintf("D/s%d-%d", i+1, j+1)
			w.Steps = append(w.Steps, s)
		}
		r.Waves = append(r.Waves, w)
	}
	return r
}

// settle lets happen what is due, until nothing is.
func settle(t require.TestingT, r *running.Rollout, now time.Time) *running.Rollout {
	for range 1000 {
		moved := false
		moves := r.Due(now)
		for _, m := range moves {
			moved = moved || m.To != ""
		}
		if !moved {
			return r
		}
		r = r.Apply(moves, now)
	}
	require.FailNow(t, "it goes on for ever")
	return r
}

func states(of ...domain.SiteRolloutStatus) []*running.Step {
	var list []*running.Step
	for _, status := range of {
		list = append(list, &running.Step{SiteRollout: &domain.SiteRollout{Status: status}})
	}
	return list
}

// The arithmetic is that of whole numbers.
func TestThresholdsAreCountedInWholeNumbers_D4(t *testing.T) {
	const pending, failed, verified, skipped = domain.SitePending, domain.SiteFailed, domain.SiteVerified, domain.SiteSkipped
	tally := func(of ...domain.SiteRolloutStatus) running.Tally {
		return running.CountOf(states(of...)).Tally(domain.AtInstall)
	}
	oneOfThree := tally(failed, pending, pending)
	require.True(t, oneOfThree.TooManyFailed(33))
	require.False(t, oneOfThree.TooManyFailed(34))
	require.True(t, oneOfThree.TooManyFailed(0))
	require.False(t, tally(failed, failed, failed).TooManyFailed(100))
	require.False(t, tally(failed, pending, pending, pending).TooManyFailed(25))
	require.True(t, tally(failed, failed, pending, pending).TooManyFailed(25))
	require.False(t, tally(verified, verified, failed).Enough(67))
	require.True(t, tally(verified, verified, failed).Enough(66))
	require.False(t, tally(verified, verified, failed, skipped).Enough(75))
	require.True(t, tally(verified, verified, skipped, skipped).Enough(75))
	require.True(t, tally(verified, verified, verified, failed).Enough(75))
	require.False(t, tally(skipped).Enough(1))
	require.Equal(t, running.Tally{Total: 2, Verified: 1}, running.CountOf(states(domain.SiteInstalled, pending)).Tally(domain.Scheduled))
}

// A wave begins when those before it have succeeded, are watched long enough, its gate
// is open and its first window, too.
func TestAWaveBeginsWhenItsTimeHasCome_D2(t *testing.T) {
	r := rollout(1, 1)
	r.Soak = 24 * time.Hour
	opens := start.Add(30 * time.Hour)
	r.Waves[1].Gate, r.Waves[1].Steps[0].WindowFrom = domain.PersonGate, &opens
	r = settle(t, r, start)
	require.Equal(t, domain.WaveRunning, r.Waves[0].Status)
	require.Equal(t, domain.WavePending, r.Waves[1].Status)
	outcome, refused := r.Take(r.Waves[0], r.Waves[0].Steps[0], running.Report{Status: domain.SiteVerified, At: start}, start)
	require.Nil(t, refused)
	for _, to := range outcome.Path {
		r.Waves[0].Steps[0].Come(to, "", start)
	}
	r = settle(t, r, start)
	require.Equal(t, domain.WaveSucceeded, r.Waves[0].Status)
	require.Equal(t, domain.WaveReady, r.Waves[1].Status)
	for _, at := range []time.Duration{24*time.Hour - 1, 24 * time.Hour, 40 * time.Hour} {
		require.Equal(t, domain.WaveReady, settle(t, r, start.Add(at)).Waves[1].Status)
	}
	open := domain.GateGo
	r.Waves[1].GateVerdict = &open
	require.Equal(t, domain.WaveReady, settle(t, r, start.Add(29*time.Hour)).Waves[1].Status)
	require.Equal(t, domain.WaveRunning, settle(t, r, opens).Waves[1].Status)
}

// At the instant of a SCHEDULED activation all that is installed begins to run; what is
// not has failed.
func TestTheInstantActivatesWhatIsInstalled_P8(t *testing.T) {
	r := rollout(2)
	at := start.Add(time.Hour)
	r.Deployment.Activation, r.Deployment.ActivateAt, r.Deployment.SuccessThreshold = domain.Scheduled, &at, 50
	r = settle(t, r, start)
	r.Waves[0].Steps[0].Come(domain.SiteInstalled, "", start)
	r = settle(t, r, at)
	require.Equal(t, domain.SiteActivated, r.Waves[0].Steps[0].Status)
	require.Equal(t, domain.SiteFailed, r.Waves[0].Steps[1].Status)
	_, refused := r.Take(r.Waves[0], r.Waves[0].Steps[0], running.Report{Status: domain.SiteActivated, At: start}, at)
	require.Nil(t, refused, "it runs already")
}

// Reports that make no sense are refused by a code; those that are late are taken, and
// move nothing.
func TestReportsAreTakenOrRefusedByTheirKind_D5(t *testing.T) {
	r := settle(t, rollout(1, 1), start)
	w, s := r.Waves[0], r.Waves[0].Steps[0]
	s.Kits = []string{"aa"}
	code := func(w *running.Wave, report running.Report) string {
		_, refused := r.Take(w, w.Steps[0], report, start)
		if refused == nil {
			return ""
		}
		return refused.Code
	}
	require.Equal(t, running.FromTheFuture, code(w, running.Report{Status: domain.SiteInstalled, At: start.Add(6 * time.Minute)}))
	require.Equal(t, running.WaveNotBegun, code(r.Waves[1], running.Report{Status: domain.SiteInstalled, At: start}))
	require.Empty(t, code(r.Waves[1], running.Report{Status: domain.SiteDistributed, At: start}))
	require.Equal(t, running.NoSuchAttempt, code(w, running.Report{Status: domain.SiteInstalled, At: start, Attempt: 2}))
	require.Equal(t, running.NotReportable, code(w, running.Report{Status: domain.SiteSkipped, At: start}))
	require.Equal(t, running.Unproved, code(w, running.Report{Status: domain.SiteInstalled, At: start}), "the kit is not told")
	wrong, refused := r.Take(w, s, running.Report{Status: domain.SiteInstalled, At: start, Kit: "bb"}, start)
	require.Nil(t, refused)
	require.Equal(t, []domain.SiteRolloutStatus{domain.SiteFailed}, wrong.Path)
	right, refused := r.Take(w, s, running.Report{Status: domain.SiteVerified, At: start, Kit: "AA"}, start)
	require.Nil(t, refused)
	require.Equal(t, []domain.SiteRolloutStatus{domain.SiteDistributed, domain.SiteInstalled, domain.SiteActivated, domain.SiteVerified}, right.Path)
	s.Come(domain.SiteFailed, "", start)
	late, refused := r.Take(w, s, running.Report{Status: domain.SiteVerified, At: start, Kit: "aa"}, start)
	require.Nil(t, refused)
	require.Empty(t, late.Path)
	require.NotEmpty(t, late.Finding)
}

// Whatever sites report in any order, every move is one of the tables, no wave begins
// before those before it are done, and nothing goes on for ever.
func TestWhateverIsReportedTheTablesHold_D1_D2_D4(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rollout(rapid.SliceOfN(rapid.IntRange(1, 4), 1, 4).Draw(t, "waves")...)
		r.Deployment.ErrorThreshold = rapid.SampledFrom([]int{0, 25, 50, 100}).Draw(t, "error")
		r.Deployment.SuccessThreshold = rapid.SampledFrom([]int{25, 50, 100}).Draw(t, "success")
		r.Soak = time.Duration(rapid.IntRange(0, 3).Draw(t, "soak")) * time.Hour
		now := start
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
			r = legal(t, r, r.Due(now), now)
			w := r.Waves[rapid.IntRange(0, len(r.Waves)-1).Draw(t, "wave")]
			s := w.Steps[rapid.IntRange(0, len(w.Steps)-1).Draw(t, "step")]
			status := rapid.SampledFrom([]domain.SiteRolloutStatus{domain.SiteDistributed, domain.SiteInstalled, domain.SiteActivated, domain.SiteVerified, domain.SiteFailed}).Draw(t, "status")
			outcome, refused := r.Take(w, s, running.Report{Status: status, At: now}, now)
			if refused != nil || len(outcome.Path) == 0 {
				continue
			}
			failed := false
			for _, to := range outcome.Path {
				moved := running.Move{Kind: domain.KindSiteRollout, ID: s.ID, Key: s.Key, To: string(to)}
				r, failed = legal(t, r, []running.Move{moved}, now), to == domain.SiteFailed
			}
			r = legal(t, r, r.Judge(r.Waves[w.Ordinal-1], failed), now)
		}
		settle(t, r, now.Add(100*time.Hour))
	})
}

// legal makes moves, each of which must be one of the tables.
func legal(t *rapid.T, r *running.Rollout, moves []running.Move, now time.Time) *running.Rollout {
	for _, m := range moves {
		next := r.Apply([]running.Move{m}, now)
		require.True(t, domain.DeploymentLife.Leads(r.Deployment.Status, next.Deployment.Status, &domain.DeploymentFacts{Deployment: next.Deployment}))
		for i, w := range r.Waves {
			after := next.Waves[i]
			require.True(t, domain.WaveLife.Leads(w.Status, after.Status, after.Wave), "%s to %s", w.Status, after.Status)
			if w.Status != after.Status && after.Status == domain.WaveRunning {
				for _, before := range next.Waves[:i] {
					require.Contains(t, []domain.WaveStatus{domain.WaveSucceeded, domain.WaveSkipped}, before.Status)
				}
			}
			for j, s := range w.Steps {
				require.True(t, domain.SiteRolloutLife.Leads(s.Status, after.Steps[j].Status, &domain.SiteRolloutFacts{SiteRollout: after.Steps[j].SiteRollout}))
			}
		}
		r = next
	}
	return r
}

// What was installed before somebody triggered the activation, and says so only after, runs
// as well; what is installed later is not too late.
func TestWhatTellsLateThatItWasInstalledRuns_P8(t *testing.T) {
	r := rollout(1, 2)
	r.Deployment.Activation, r.Deployment.ActivateAt = domain.Triggered, &start
	r.Waves[0].Status, r.Waves[1].Status = domain.WaveSucceeded, domain.WaveRunning
	for i, status := range []domain.SiteRolloutStatus{domain.SiteInstalled, domain.SitePending} {
		one := *r.Waves[1].Steps[i].SiteRollout
		one.Status = status
		r.Waves[1].Steps[i].SiteRollout = &one
	}
	verified := *r.Waves[0].Steps[0].SiteRollout
	verified.Status = domain.SiteVerified
	r.Waves[0].Steps[0].SiteRollout = &verified
	require.Equal(t, []string{"ACTIVATED s2-1"}, told(r.Due(start)))
	r.Deployment.ActivateAt = nil
	require.NotContains(t, told(r.Due(start)), "ACTIVATED s2-1", "nobody has triggered it")
}
