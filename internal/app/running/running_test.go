package running_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
)

// A roll-out runs from its plan to the end: waves begin when their time has come, what is
// installed follows its sites, and the release follows them all.
func TestARollOutRunsFromItsPlanToItsEnd_D1_D2_D6_D8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := planned(f, func(in *planning.Plan) { in.Soak = apptest.Some("PT24H") })
		_, err := f.Running.StartDeployment(f.As("vera", domain.Viewer), p.verb(""), nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		out, err := f.Running.StartDeployment(f.As("dora", domain.DeploymentManager), p.verb(""), nil)
		require.NoError(t, err)
		require.Equal(t, domain.DeploymentRunning, out.Deployment.Status)
		require.Equal(t, "RUNNING DEPLOYING | RUNNING c:PENDING | PENDING a:PENDING b:PENDING", p.stands())
		require.NotNil(t, f.Release("R").PublishedFrom, "M3")
		require.Equal(t, 3, *f.Release("R").PublishedSites, "M3")

		p.reports("c", domain.SiteInstalled)
		require.Equal(t, "RUNNING DEPLOYING | RUNNING c:ACTIVATED | PENDING a:PENDING b:PENDING", p.stands())
		require.Equal(t, "db 2.0.0/2.0.0", p.installed("c"))
		p.reports("c", domain.SiteVerified)
		require.Equal(t, "RUNNING DEPLOYING | SUCCEEDED c:VERIFIED | READY a:PENDING b:PENDING", p.stands())
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), p.reportOf("a", domain.SiteInstalled), nil)
		apptest.Refused(t, err, "WAVE_NOT_BEGUN", "input")
		p.reports("a", domain.SiteDistributed)
		p.passes(23 * time.Hour)
		require.Equal(t, "RUNNING DEPLOYING | SUCCEEDED c:VERIFIED | READY a:DISTRIBUTED b:PENDING", p.stands())
		p.passes(2 * time.Hour)
		require.Equal(t, "RUNNING DEPLOYING | SUCCEEDED c:VERIFIED | RUNNING a:DISTRIBUTED b:PENDING", p.stands())

		require.Equal(t, domain.ItemInTest, p.status("new"))
		p.reports("a", domain.SiteVerified)
		require.Equal(t, "app 2.0.0/2.0.0, new 1/1", p.installed("a"))
		require.Equal(t, domain.ItemLive, p.status("new"))
		require.Equal(t, domain.ItemWithdrawn, p.status("old"))
		p.reports("b", domain.SiteVerified)
		require.Equal(t, "VERIFYING VERIFYING | SUCCEEDED c:VERIFIED | SUCCEEDED a:VERIFIED b:VERIFIED", p.stands())
		p.passes(13 * 24 * time.Hour)
		require.Equal(t, domain.DeploymentVerifying, p.deployment().Status)
		p.passes(24 * time.Hour)
		require.Equal(t, "CLOSED CLOSED | SUCCEEDED c:VERIFIED | SUCCEEDED a:VERIFIED b:VERIFIED", p.stands())
		require.NotNil(t, p.deployment().EndedAt)
	})
}

// Above the error threshold the deployment pauses; resuming is no loop, and a site that is
// tried again may succeed.
func TestTooManyFailuresPause_D4_D5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		p.reports("c", domain.SiteFailed)
		require.Equal(t, "PAUSED DEPLOYING | FAILED c:FAILED | PENDING a:PENDING b:PENDING", p.stands())
		require.Equal(t, "1 of the 1 sites of a wave failed: more than 0 %", *p.deployment().StatusReason)
		failing, err := f.Progress.FailingWaves(f.WithLoads(f.Ctx), p.deployment())
		require.NoError(t, err)
		require.Len(t, failing, 1)
		require.Equal(t, 1, failing[0].Ordinal)
		_, err = f.Running.ResumeDeployment(f.WithLoads(f.Ctx), p.verb(""), nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.reason")
		_, err = f.Running.ResumeDeployment(f.WithLoads(f.Ctx), p.verb("the disk was full"), nil)
		require.NoError(t, err)
		p.passes(time.Hour)
		require.Equal(t, "RUNNING DEPLOYING | FAILED c:FAILED | PENDING a:PENDING b:PENDING", p.stands())

		late, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), p.reportOf("c", domain.SiteVerified), nil)
		require.NoError(t, err)
		require.Contains(t, *late.Report.Finding, "after it had failed")
		require.Equal(t, "db 2.0.0/2.0.0", p.installed("c"), "what it says of what is installed counts")
		require.Equal(t, domain.SiteFailed, late.SiteRollout.Status)

		_, err = f.Running.RetrySiteRollout(f.WithLoads(f.Ctx), p.site("c", "again"), nil)
		require.NoError(t, err)
		require.Equal(t, "RUNNING DEPLOYING | RUNNING c:PENDING | PENDING a:PENDING b:PENDING", p.stands())
		p.reports("c", domain.SiteVerified)
		require.Equal(t, "RUNNING DEPLOYING | SUCCEEDED c:VERIFIED | RUNNING a:PENDING b:PENDING", p.stands())

		_, err = f.Running.SkipSiteRollout(f.WithLoads(f.Ctx), running.SiteVerb{Deployment: apptest.Key(p.key), Site: apptest.Key("a")}, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.reason")
		_, err = f.Running.SkipSiteRollout(f.WithLoads(f.Ctx), p.site("a", "it is closed"), nil)
		require.NoError(t, err)
		p.reports("b", domain.SiteVerified)
		require.Equal(t, "VERIFYING VERIFYING | SUCCEEDED c:VERIFIED | SUCCEEDED a:SKIPPED b:VERIFIED", p.stands())
	})
}

// The same report again changes nothing; the same id for another one is refused.
func TestAReportIsTakenOnce_D5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		at := time.Date(2026, 3, 1, 8, 1, 0, 0, time.UTC)
		p.passes(2 * time.Minute)
		in := p.reportOf("c", domain.SiteInstalled)
		in.ReportID, in.At = "one", &at
		first, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err)
		head := f.Head()
		require.Equal(t, head, first.Revision)
		p.passes(time.Minute)
		again, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err)
		require.Equal(t, head, f.Head())
		require.Equal(t, first.Revision, again.Revision)
		require.Equal(t, first.Report.ID, again.Report.ID)
		in.Status = domain.SiteVerified
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		apptest.Refused(t, err, domain.ReportIDReused, "input")

		in.Status, in.At = domain.SiteInstalled, nil
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err, "what it leaves to the server is as it was")
		require.Equal(t, head, f.Head())

		in.ReportID = " "
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		apptest.Refused(t, err, domain.Invalid, "input.reportId")

		passed := p.reports("c", domain.SiteDistributed)
		require.False(t, passed.Report.Moved, "it was passed already")
		require.Equal(t, domain.SiteActivated, passed.SiteRollout.Status)
		future := f.Head()
		ahead := p.reportOf("c", domain.SiteVerified)
		ahead.At = apptest.Some(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), ahead, nil)
		apptest.Refused(t, err, "FROM_THE_FUTURE", "input")
		require.Equal(t, future, f.Head())
	})
}

// Of many reports those that are wrong are told, and the others count.
func TestOfManyReportsTheOthersCount_D5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		list := running.Reports{Reports: []running.Report{
			p.reportOf("c", domain.SiteDistributed), p.reportOf("nowhere", domain.SiteInstalled), p.reportOf("a", domain.SiteInstalled), p.reportOf("b", domain.SiteDistributed),
		}}
		out, err := f.Running.ReportSiteRollouts(f.WithLoads(f.Ctx), list, nil)
		require.NoError(t, err)
		require.Equal(t, 2, out.Accepted)
		require.Len(t, out.Refused, 2)
		require.Equal(t, []any{1, "NOT_FOUND", 2, "WAVE_NOT_BEGUN"}, []any{out.Refused[0].Index, out.Refused[0].Code, out.Refused[1].Index, out.Refused[1].Code})
		require.Equal(t, "RUNNING DEPLOYING | RUNNING c:DISTRIBUTED | PENDING a:PENDING b:DISTRIBUTED", p.stands())
		require.Equal(t, f.Head(), out.Revision)
	})
}

// A deployment that is given up leaves out what was not installed; where no site has the
// release it is ACCEPTED again, and another deployment may take it.
func TestADeploymentIsGivenUp_D1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		_, err := f.Running.AbortDeployment(f.WithLoads(f.Ctx), p.verb("the supplier called"), nil)
		require.NoError(t, err)
		require.Equal(t, "ABORTED ACCEPTED | SKIPPED c:SKIPPED | SKIPPED a:SKIPPED b:SKIPPED", p.stands())
		_, err = f.Running.AbortDeployment(f.WithLoads(f.Ctx), p.verb("again"), nil)
		require.ErrorContains(t, err, "is ABORTED, from where abortDeployment does not lead on; legal now: backOut")
		late := p.reports("c", domain.SiteInstalled)
		require.Contains(t, *late.Report.Finding, "take it back")
		require.Equal(t, "db 2.0.0/2.0.0", p.installed("c"))
		require.Equal(t, domain.SiteSkipped, late.SiteRollout.Status)
	})
}

// What is taken back is as it was before.
func TestWhatIsTakenBackIsAsBefore_D7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		before := map[string]string{"a": p.installed("a"), "b": p.installed("b"), "c": p.installed("c")}
		p.reports("c", domain.SiteVerified)
		p.passes(time.Hour)
		p.reports("a", domain.SiteVerified)
		reason := "it loses orders"
		_, err := f.Running.BackOut(f.WithLoads(f.Ctx), running.BackOut{Deployment: apptest.Key(p.key), Site: apptest.Some(apptest.Key("c")), Reason: &reason}, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.site")
		require.ErrorContains(t, err, "sites that have the release: a")

		out, err := f.Running.BackOut(f.WithLoads(f.Ctx), running.BackOut{Deployment: apptest.Key(p.key), Reason: &reason}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.DeploymentBackingOut, out.Deployment.Status)
		require.Equal(t, "BACKING_OUT DEPLOYING | SUCCEEDED c:VERIFIED | RUNNING a:VERIFIED b:SKIPPED", p.stands())
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), p.reportOf("c", domain.SiteBackedOut), nil)
		apptest.Refused(t, err, "UNPROVED", "input")
		p.reports("a", domain.SiteBackedOut)
		p.reports("c", domain.SiteBackedOut)
		require.Equal(t, domain.DeploymentBackedOut, p.deployment().Status)
		require.Equal(t, domain.ReleaseBackedOut, f.Release("R").Status)
		for site, had := range before {
			require.Equal(t, had, p.installed(site))
		}
		require.Equal(t, domain.ItemLive, p.status("old"))
		require.NotEqual(t, domain.ItemLive, p.status("new"))
	})
}

// What needs a site stands against taking it back, also from waves that do not follow at
// once: there the plan says why the site is not in the wave before.
func TestDependentsOfAnyLaterWaveStandAgainstABackOut_D7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f, func(in *planning.Plan) { in.Limits = &domain.RolloutLimits{SitesPerWave: apptest.Some(1)} })
		for _, site := range []string{"c", "a", "b"} {
			p.reports(site, domain.SiteVerified)
			p.passes(time.Hour)
		}
		require.Equal(t, "VERIFYING VERIFYING | SUCCEEDED c:VERIFIED | SUCCEEDED a:VERIFIED | SUCCEEDED b:VERIFIED", p.stands())
		in := running.BackOut{Deployment: apptest.Key(p.key), Site: apptest.Some(apptest.Key("c")), Reason: apptest.Some("it loses orders")}
		_, err := f.Running.BackOut(f.WithLoads(f.Ctx), in, nil)
		require.Equal(t, []any{"a", "b"}, apptest.Refused(t, err, domain.RuleViolation, "input.site").Details["dependents"])
		in.Site = apptest.Some(apptest.Key("b"))
		_, err = f.Running.BackOut(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err, "nothing needs what it has")
		in.Site, in.WithDependents = apptest.Some(apptest.Key("c")), apptest.Some(true)
		_, err = f.Running.BackOut(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err)
		require.Contains(t, p.stands(), "c:BACKED_OUT | SUCCEEDED a:BACKED_OUT | SUCCEEDED b:BACKED_OUT")
	})
}

// A report that comes late, of a time before the site was taken back, undoes nothing.
func TestALateReportUndoesNoTakingBack_D5_D7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		before := p.installed("a")
		p.reports("c", domain.SiteVerified)
		p.passes(time.Hour)
		late := p.reportOf("a", domain.SiteInstalled)
		late.At = apptest.Some(p.deployment().UpdatedAt)
		p.passes(time.Hour)
		p.reports("a", domain.SiteFailed)
		_, err := f.Running.BackOut(f.WithLoads(f.Ctx), running.BackOut{Deployment: apptest.Key(p.key), Reason: apptest.Some("it loses orders")}, nil)
		require.NoError(t, err)
		p.reports("a", domain.SiteBackedOut)
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), late, nil)
		require.NoError(t, err)
		require.Equal(t, before, p.installed("a"))
		require.Equal(t, domain.ItemLive, p.status("old"))
	})
}

// What a site installs that was left out is as much in use as elsewhere.
func TestWhatASiteInstallsThatWasLeftOutIsLive_D6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		p.reports("c", domain.SiteVerified)
		_, err := f.Running.AbortDeployment(f.WithLoads(f.Ctx), p.verb("the supplier called"), nil)
		require.NoError(t, err)
		p.reports("a", domain.SiteInstalled)
		require.Equal(t, "app 2.0.0/2.0.0, new 1/1", p.installed("a"))
		require.Equal(t, domain.ItemLive, p.status("new"))
		require.Equal(t, domain.ItemWithdrawn, p.status("old"))
	})
}

// A wave that is taken back takes along what needs it, and pauses.
func TestAWaveIsTakenBackWithItsDependents_D7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		p.reports("c", domain.SiteVerified)
		p.passes(time.Hour)
		p.reports("a", domain.SiteVerified)
		reason, with := "it loses orders", true
		_, err := f.Running.BackOut(f.WithLoads(f.Ctx), running.BackOut{Deployment: apptest.Key(p.key), Wave: apptest.Some(1), WithDependents: &with, Reason: &reason}, nil)
		require.NoError(t, err)
		require.Equal(t, "PAUSED DEPLOYING | SUCCEEDED c:BACKED_OUT | PAUSED a:BACKED_OUT b:PENDING", p.stands())
		require.Equal(t, "db 1.0.0/1.0.0", p.installed("c"))
	})
}

// A gate is opened by the person that it names, or by who rolls out.
func TestAGateIsOpenedByWhomItNames_D2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := planned(f)
		who := "Zoé"
		_, err := f.Running.SetWaveGate(f.WithLoads(f.Ctx), running.SetGate{Deployment: apptest.Key(p.key), Wave: 1, Gate: domain.PersonGate, Gatekeeper: &who}, nil)
		require.NoError(t, err)
		_, err = f.Running.StartDeployment(f.WithLoads(f.Ctx), p.verb(""), nil)
		require.NoError(t, err)
		require.Contains(t, p.stands(), "| READY c:PENDING |")
		in := running.OpenGate{Deployment: apptest.Key(p.key), Wave: 1, Verdict: domain.GateGo}
		_, err = f.Running.OpenGate(f.As("otto", domain.OperationsManager), in, nil)
		apptest.Refused(t, err, domain.Forbidden, "input.wave")
		in.Verdict = domain.GateNoGo
		_, err = f.Running.OpenGate(f.As("zoé", domain.OperationsManager), in, nil)
		require.NoError(t, err)
		require.Contains(t, p.stands(), "| READY c:PENDING |")
		in.Verdict = domain.GateGo
		out, err := f.Running.OpenGate(f.As("zoé", domain.OperationsManager), in, nil)
		require.NoError(t, err)
		require.Equal(t, domain.WaveRunning, out.Wave.Status)
		_, err = f.Running.OpenGate(f.WithLoads(f.Ctx), in, nil)
		require.ErrorContains(t, err, "its gate is passed")
	})
}

// What is SCHEDULED runs everywhere from one instant on, and what is too late has failed.
func TestTheInstantIsOneForAll_P8_D4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		instant := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
		p := started(f, func(in *planning.Plan) {
			in.Activation, in.ActivateAt = apptest.Some(domain.Scheduled), &instant
			in.ErrorThreshold, in.SuccessThreshold = apptest.Some(100), apptest.Some(50)
		})
		p.reports("c", domain.SiteInstalled)
		require.Equal(t, "db 2.0.0/1.0.0", p.installed("c"))
		off, err := f.Progress.Switch(f.WithLoads(f.Ctx), "R")
		require.NoError(t, err)
		require.False(t, off.On)
		p.passes(time.Hour)
		require.Equal(t, "RUNNING DEPLOYING | SUCCEEDED c:INSTALLED | RUNNING a:PENDING b:PENDING", p.stands(), "before the instant INSTALLED counts")
		p.reports("a", domain.SiteInstalled)
		p.passes(40 * 24 * time.Hour)
		require.Equal(t, "RUNNING DEPLOYING | SUCCEEDED c:ACTIVATED | SUCCEEDED a:ACTIVATED b:FAILED", p.stands())
		on, err := f.Progress.Switches(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		require.Len(t, on, 1)
		require.True(t, on[0].On)
		require.Equal(t, instant, *on[0].ActivateAt)
		require.Equal(t, "db 2.0.0/2.0.0", p.installed("c"))
	})
}

// A deployment starts when all is there that it needs; all that lacks is told at once.
func TestADeploymentStartsWhenAllIsThere_D1_R4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(base...)
		made, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("R")}, nil)
		require.NoError(t, err)
		p := &play{f, made.Deployment.Key}
		f.Brings(`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED","plannedFrom":"2026-03-02T00:00:00Z","plannedTo":"2026-03-09T00:00:00Z"}`,
			`{"node":"Freeze","key":"f","name":"Month end","from":"2026-02-28T00:00:00Z","to":"2026-03-03T00:00:00Z","classes":["DATABASE"]}`)
		_, err = f.Running.StartDeployment(f.WithLoads(f.Ctx), p.verb(""), nil)
		var rules []string
		for _, e := range apptest.DomainErrors(err) {
			rules = append(rules, e.Rule+" "+e.Details["missing"].(string))
		}
		require.Contains(t, rules, "P11 PLAN")
		require.Contains(t, rules, "R13 CALENDAR_ACCEPTED")
		require.Contains(t, rules, "P7 NOT_HELD")
		moves, err := f.Running.DeploymentMoves(f.WithLoads(f.Ctx), p.deployment())
		require.NoError(t, err)
		require.Equal(t, "startDeployment", *moves[0].Verb)
		require.Len(t, moves[0].Lacks, len(rules))
		require.Contains(t, f.Lacks("R", "startDeployment")[0], "PLAN")
	})
}

// What was given up half way another deployment takes up: it goes to the rest.
func TestAnotherDeploymentTakesTheRest_D1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		p.reports("c", domain.SiteVerified)
		_, err := f.Running.AbortDeployment(f.WithLoads(f.Ctx), p.verb("the supplier called"), nil)
		require.NoError(t, err)
		require.Equal(t, "ABORTED DEPLOYING | SUCCEEDED c:VERIFIED | SKIPPED a:SKIPPED b:SKIPPED", p.stands())

		made, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("R")}, nil)
		require.NoError(t, err)
		rest := &play{f, made.Deployment.Key}
		_, err = f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(rest.key)}, nil)
		require.NoError(t, err)
		_, err = f.Running.StartDeployment(f.WithLoads(f.Ctx), rest.verb(""), nil)
		require.NoError(t, err)
		require.Equal(t, "RUNNING DEPLOYING | RUNNING a:PENDING b:PENDING", rest.stands(), "c has it")
		rest.reports("a", domain.SiteVerified)
		rest.reports("b", domain.SiteVerified)
		require.Equal(t, "VERIFYING VERIFYING | SUCCEEDED a:VERIFIED b:VERIFIED", rest.stands())
	})
}

// What is installed is so since the time of which the report tells, and an older report
// that comes later changes nothing of it.
func TestWhatIsInstalledIsSoSinceTheReportTells_D5_D6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		p.passes(30 * time.Minute)
		at := time.Date(2026, 3, 1, 8, 20, 0, 0, time.UTC)
		in := p.reportOf("c", domain.SiteInstalled)
		in.At = &at
		_, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err)
		require.Equal(t, at, p.since("c"))
		require.Equal(t, at, *p.step("c").InstalledAt)
		later := at.Add(time.Minute)
		in = p.reportOf("c", domain.SiteVerified)
		in.At = &later
		_, err = f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), in, nil)
		require.NoError(t, err)
		require.Equal(t, at, p.since("c"), "the version is the same")
	})
}

// Whoever takes a site back is told that others need it, and not the names of those that
// they may not see.
func TestDependentsThatAreNotSeenAreNotNamed_D7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		p.reports("c", domain.SiteVerified)
		p.passes(time.Hour)
		p.reports("a", domain.SiteVerified)
		operator := f.WithLoads(acting.WithActor(f.Ctx, domain.Actor{Name: "olaf", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"c"}}))
		_, err := f.Running.BackOut(operator, running.BackOut{Deployment: apptest.Key(p.key), Site: apptest.Some(apptest.Key("c")), Reason: apptest.Some("r")}, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.site")
		require.Equal(t, []any{"…"}, e.Details["dependents"])
		require.NotContains(t, e.Message, "release: a")
	})
}
