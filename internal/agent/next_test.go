package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/agent"
	"releasegraph/internal/domain"
)

// What is to be done follows from where the roll-out stands, and from what was done.
func TestWhatIsToBeDone_D1_D5_D7(t *testing.T) {
	const running, paused, backing = domain.DeploymentRunning, domain.DeploymentPaused, domain.DeploymentBackingOut
	can := agent.Scripts{Install: "i", Verify: "v", BackOut: "b"}
	job := func(phase agent.Phase) *agent.Job {
		return &agent.Job{Rollout: agent.Rollout{Attempt: 1}, Phase: phase, Touched: true}
	}
	for name, c := range map[string]struct {
		stands domain.DeploymentStatus
		wave   domain.WaveStatus
		status domain.SiteRolloutStatus
		job    *agent.Job
		can    agent.Scripts
		want   agent.Deed
	}{
		"the kit goes ahead of the wave":               {running, domain.WavePending, domain.SitePending, nil, can, agent.Distribute},
		"nothing begins while PAUSED":                  {paused, domain.WavePaused, domain.SitePending, nil, can, agent.Nothing},
		"the wave has begun":                           {running, domain.WaveRunning, domain.SiteDistributed, job(agent.Distributed), can, agent.Install},
		"the wave has not":                             {running, domain.WaveReady, domain.SiteDistributed, job(agent.Distributed), can, agent.Nothing},
		"its report waits":                             {running, domain.WaveRunning, domain.SiteDistributed, job(agent.Installed), can, agent.Nothing},
		"another attempt":                              {running, domain.WaveRunning, domain.SitePending, &agent.Job{Rollout: agent.Rollout{Attempt: 0}, Phase: agent.Failed}, can, agent.Distribute},
		"it failed, and nobody has it try again":       {running, domain.WaveRunning, domain.SiteFailed, job(agent.Failed), can, agent.Nothing},
		"it waits for the common activation":           {running, domain.WaveRunning, domain.SiteInstalled, job(agent.Installed), can, agent.Nothing},
		"what has begun is verified while PAUSED":      {paused, domain.WavePaused, domain.SiteActivated, job(agent.Installed), can, agent.Verify},
		"people verify":                                {running, domain.WaveRunning, domain.SiteActivated, job(agent.Installed), agent.Scripts{Install: "i"}, agent.Nothing},
		"others have installed it":                     {running, domain.WaveRunning, domain.SiteActivated, nil, can, agent.Nothing},
		"all is taken back":                            {backing, domain.WaveSucceeded, domain.SiteVerified, job(agent.Verified), can, agent.TakeBack},
		"what others installed is, too":                {backing, domain.WaveSucceeded, domain.SiteVerified, nil, can, agent.TakeBack},
		"what failed may be there":                     {backing, domain.WaveFailed, domain.SiteFailed, job(agent.Failed), can, agent.TakeBack},
		"what was never begun is not taken back":       {backing, domain.WavePending, domain.SiteSkipped, nil, can, agent.Nothing},
		"it is taken back already":                     {backing, domain.WaveSucceeded, domain.SiteVerified, job(agent.TakenBack), can, agent.Nothing},
		"somebody has to look at it":                   {backing, domain.WaveSucceeded, domain.SiteVerified, job(agent.BackOutFailed), can, agent.Nothing},
		"it is BACKED_OUT on record, and still has it": {running, domain.WaveRunning, domain.SiteBackedOut, job(agent.Verified), can, agent.TakeBack},
		"it is BACKED_OUT, and others took it back":    {running, domain.WaveRunning, domain.SiteBackedOut, nil, can, agent.Nothing},
	} {
		r := agent.Rollout{Stands: c.stands, Wave: c.wave, Status: c.status, Attempt: 1}
		require.Equal(t, c.want, agent.Next(r, c.job, c.can), name)
	}
}
