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

// Where the deployment asks for audits the site is looked at before anything is installed,
// and before what was is verified; an agent that cannot leaves that to people (D3).
func TestWhenASiteIsAudited_D3(t *testing.T) {
	can := agent.Scripts{Install: "i", Verify: "v", Audit: "a"}
	both := []domain.AuditMoment{domain.AuditBefore, domain.AuditAfter}
	for name, c := range map[string]struct {
		status domain.SiteRolloutStatus
		phase  agent.Phase
		asks   []domain.AuditMoment
		can    agent.Scripts
		want   agent.Deed
	}{
		"before it is installed":              {domain.SiteDistributed, agent.Distributed, both, can, agent.AuditBefore},
		"that was done":                       {domain.SiteDistributed, agent.AuditedSite, both, can, agent.Install},
		"nobody asks for it":                  {domain.SiteDistributed, agent.Distributed, nil, can, agent.Install},
		"only AFTER is asked for":             {domain.SiteDistributed, agent.Distributed, both[1:], can, agent.Install},
		"people audit":                        {domain.SiteDistributed, agent.Distributed, both, agent.Scripts{Install: "i"}, agent.Install},
		"before it is verified":               {domain.SiteActivated, agent.Installed, both, can, agent.AuditAfter},
		"that was done, too":                  {domain.SiteActivated, agent.AuditedWork, both, can, agent.Verify},
		"only BEFORE is asked for":            {domain.SiteActivated, agent.Installed, both[:1], can, agent.Verify},
		"people verify what the agent audits": {domain.SiteActivated, agent.Installed, both, agent.Scripts{Install: "i", Audit: "a"}, agent.AuditAfter},
		"and the agent is done":               {domain.SiteActivated, agent.AuditedWork, both, agent.Scripts{Install: "i", Audit: "a"}, agent.Nothing},
	} {
		r := agent.Rollout{Stands: domain.DeploymentRunning, Wave: domain.WaveRunning, Status: c.status, Attempt: 1, Audits: c.asks}
		require.Equal(t, c.want, agent.Next(r, &agent.Job{Rollout: agent.Rollout{Attempt: 1}, Phase: c.phase}, c.can), name)
	}
}
