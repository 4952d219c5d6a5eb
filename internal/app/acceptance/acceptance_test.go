package acceptance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
)

func TestAReleaseIsAcceptedOnceAllIsShownBroughtAndSigned_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.ElementsMatch(t, []string{
			"TESTS: a run of R-FUNCTIONAL (FUNCTIONAL) in round 1 on the present kit", "TESTS: a run of R-TECHNICAL (TECHNICAL) in round 1 on the present kit",
			"TESTS: a run of R-INSTALLATION (INSTALLATION) in round 1 on the present kit", "TESTS: a run of R-BACKOUT (BACKOUT) in round 1 on the present kit",
			"BACK_OUT_TESTED: a tested back-out: a BACKOUT test that passed",
			"PATH: its promotion path: it has not been in TEST", "PATH: its promotion path: FUNCTIONAL was not shown in TEST", "PATH: its promotion path: TECHNICAL was not shown in TEST",
			"PATH: its promotion path: it has not been in ACCEPTANCE", "PATH: its promotion path: INSTALLATION was not shown in ACCEPTANCE", "PATH: its promotion path: BACKOUT was not shown in ACCEPTANCE",
			"DELIVERABLES: a deliverable of each demanded kind: none is INSTALLATION_MANUAL", "DELIVERABLES: a deliverable of each demanded kind: none is RELEASE_NOTES",
			"DELIVERABLES: a deliverable of each demanded kind: none is SUPPORT_DOCUMENT", "DELIVERABLES: a deliverable of each demanded kind: none is OPERATING_INSTRUCTIONS",
			"DELIVERABLES: a deliverable of each demanded kind: none is TRAINING_PLAN",
			"SIGNATURES: a signature that stands: DELIVERED NEW_IN_HOUSE_APPLICATION project manager", "SIGNATURES: a signature that stands: ACCEPTED NEW_IN_HOUSE_APPLICATION TEST_MANAGER",
			"SIGNATURES: a signature that stands: HANDED_OVER NEW_IN_HOUSE_APPLICATION CHANGE_MANAGER", "SIGNATURES: a signature that stands: SUPPORTED NEW_IN_HOUSE_APPLICATION OPERATIONS_MANAGER",
			"SIGNATURES: a signature that stands: IMPLEMENTATION RELEASE_MANAGER",
		}, lacks(f))
		require.Len(t, apptest.DomainErrors(accepts(f, "tom", domain.TestManager)), 21, "all of it is told at once")
		f.PassTests("R", "tom")
		f.Deliver("R")
		allSign(f)
		require.Empty(t, lacks(f))
		dossier, err := f.Acceptance.Dossier(f.WithLoads(f.Ctx), f.Release("R"))
		require.NoError(t, err)
		require.Empty(t, dossier.Lacks)

		apptest.Refused(t, accepts(f, "mia", domain.ReleaseManager), domain.Forbidden, "")
		require.NoError(t, accepts(f, "tom", domain.TestManager))
		r := f.Release("R")
		require.Equal(t, domain.ReleaseAccepted, r.Status)
		require.Equal(t, r.ContentDigest, r.AcceptedDigest, "R21")
		require.Equal(t, dossier.Digest, *r.DossierDigest, "what was looked at is what is kept")

		require.NoError(t, signs(f, "max", domain.ChangeManager, acceptance.Sign{Column: domain.SignAuthorisation}))
		again, err := f.Acceptance.Dossier(f.WithLoads(f.Ctx), f.Release("R"))
		require.NoError(t, err)
		require.Equal(t, dossier.Digest, again.Digest, "it can be worked out again")
		require.Empty(t, again.Lacks)

		_, err = f.Records.Connect(f.Ctx, domain.RelBrings, apptest.Key("R"), apptest.Key(f.Create(domain.KindDeliverable, "late", apptest.Values{"kind": "OTHER"}).(*domain.Deliverable).Key), nil, nil)
		require.ErrorContains(t, err, "stays as it was accepted")
		_, err = f.Records.Update(f.Ctx, domain.KindDeliverable, apptest.Key("R-RELEASE_NOTES"), apptest.Values{"sha256": "0" + digest[1:]}, nil, nil)
		require.ErrorContains(t, err, "stays as it was accepted")
	})
}

// TestANegativeVerdictIsReplanned is example 9 of the rules of releases.
func TestANegativeVerdictIsReplannedByChangeManagement_R8_R21(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		f.PassTests("R", "tom", domain.FunctionalTest)
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestFailed, "tom"))
		require.Equal(t, domain.ReleaseRejected, f.Release("R").Status)
		require.Equal(t, domain.ChangeInRelease, f.Status("C-1"))
		require.ErrorContains(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "tom"), "runs are reported in acceptance")
		_, err := f.Releases.ReplanRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Releases.ReplanRelease(f.As("max", domain.ChangeManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, f.Status("C-1"), "H9")
		submitted(f)
		require.Equal(t, 2, f.Release("R").Round)
		require.Contains(t, lacksOf(f, domain.NeedTests), "a run of R-INSTALLATION (INSTALLATION) in round 2 on the present kit", "the pass of round 1 does not count")
		require.Len(t, lacksOf(f, domain.NeedTests), 4)
	})
}

func TestAFailOfATestThatIsNotRequiredRejectsNothing_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		f.Create(domain.KindAcceptanceTest, "extra", apptest.Values{"kind": "PERFORMANCE", "criteria": "it is quick", "required": false})
		f.Connect(domain.RelTests, "extra", "R", nil)
		submitted(f)
		require.NoError(t, f.Runs("extra", domain.TestFailed, "tom"))
		require.Equal(t, domain.ReleaseInAcceptance, f.Release("R").Status)
		require.NotContains(t, lacksOf(f, domain.NeedTests), "extra")
	})
}

func TestAnInconclusiveRunIsJudgedOnceByAnotherForAReason_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		f.PassTests("R", "tom", domain.FunctionalTest)
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestInconclusive, "tom"))
		run := f.Read(domain.KindTestRun, "R-FUNCTIONAL/run-1").(*domain.TestRun)
		require.Equal(t, []string{"a judgement: " + run.Key + " of R-FUNCTIONAL is INCONCLUSIVE"}, lacksOf(f, domain.NeedDecided))
		judge := func(who string, role domain.Role, verdict domain.TestVerdict, reason string) error {
			_, err := f.Acceptance.JudgeTestRun(f.As(who, role), acceptance.Judge{Ref: apptest.Key(run.Key), Verdict: verdict, Reason: reason}, nil)
			return err
		}
		apptest.Refused(t, judge("mia", domain.ReleaseManager, domain.TestPassed, "well"), domain.Forbidden, "")
		require.ErrorContains(t, judge("tom", domain.TestManager, domain.TestPassed, "well"), "nobody judges their own run")
		require.Equal(t, []string{"R7 input.verdict", "R7 input.reason"}, broken(judge("tess", domain.TestManager, domain.TestInconclusive, " ")))
		require.ErrorContains(t, judge("token:ci", domain.TestManager, domain.TestPassed, "well"), "tokens do not judge")
		require.NoError(t, judge("tess", domain.TestManager, domain.TestPassed, "the log is clear"))
		require.Empty(t, lacksOf(f, domain.NeedDecided))
		require.ErrorContains(t, judge("tess", domain.TestManager, domain.TestFailed, "no"), "and that once")
		judged := f.Read(domain.KindTestRun, run.Key).(*domain.TestRun)
		require.Equal(t, "tess", *judged.JudgedBy)
		require.Equal(t, domain.TestPassed, judged.Verdict)
	})
}

func TestAnInconclusiveRunThatIsJudgedAFailRejects_R7_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.NoError(t, f.Runs("R-TECHNICAL", domain.TestInconclusive, "tom"))
		w, err := f.Acceptance.JudgeTestRun(f.As("tess", domain.TestManager), acceptance.Judge{Ref: apptest.Key("R-TECHNICAL/run-1"), Verdict: domain.TestFailed, Reason: "it is wrong"}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ReleaseRejected, w.Release.Status)
		require.Equal(t, domain.ReleaseRejected, f.Release("R").Status)
	})
}

// What counts is the present round and kit, what is said of times must be so, and
// who reports must be a tester.
func TestAReportThatIsWrongIsToldAllAtOnce_R7_R21(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		report := func(who string, role domain.Role, in acceptance.Report) error {
			in.Test, in.Verdict = apptest.Key("R-FUNCTIONAL"), domain.TestPassed
			if in.StartedAt.IsZero() {
				in.StartedAt = time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC)
			}
			_, err := f.Acceptance.ReportTestRun(f.As(who, role), in, nil)
			return err
		}
		future := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		require.ElementsMatch(t, []string{"R21 input.round", "R21 input.kitDigest", "R7 input.test", "R7 input.endedAt", "R7 input.endedAt"},
			broken(report("vera", domain.Viewer, acceptance.Report{Round: apptest.Some(7), KitDigest: apptest.Some(digest), StartedAt: future.Add(time.Hour), EndedAt: &future})))
		f.Lines(`{"node":"MediaItem","key":"gone","name":"m","kind":"DOCUMENT","productVersion":"1","sha256":"` + digest + `","size":3,"status":"PURGED"}`)
		require.ErrorContains(t, report("tom", domain.TestManager, acceptance.Report{Report: apptest.ByKey("gone")}), "the library has it no more")
		require.NoError(t, report("tom", domain.TestManager, acceptance.Report{Report: apptest.ByKey("pay-report")}))
		require.Empty(t, lacksOf(f, domain.NeedDeliverables)[5:])
		f.Lines(`{"node":"MediaItem","key":"pay-report","status":"PURGED"}`)
		require.Equal(t, []string{"documents that the library has: pay-report of R-FUNCTIONAL/run-1 is PURGED"}, lacksOf(f, domain.NeedDeliverables)[5:], "a report that vanished")
	})
}

func TestTestersWhomThePlanNamesReport_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		_, err := f.Records.Update(f.As("tom", domain.TestManager), domain.KindAcceptanceTest, apptest.Key("R-FUNCTIONAL"), apptest.Values{"testers": []string{"ted", "token:ci"}}, nil, nil)
		require.NoError(t, err)
		submitted(f)
		require.ErrorContains(t, f.Runs("R-TECHNICAL", domain.TestPassed, "ted", domain.Viewer), "one of its testers (it names none)")
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "ted", domain.Viewer))
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "token:ci", domain.Viewer))
		require.True(t, f.Read(domain.KindTestRun, "R-FUNCTIONAL/run-2").(*domain.TestRun).Machine)
	})
}

func TestTestsArePlannedBeforehand_R21(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		tom := f.As("tom", domain.TestManager)
		_, err := f.Records.Update(tom, domain.KindAcceptanceTest, apptest.Key("R-FUNCTIONAL"), apptest.Values{"required": false}, nil, nil)
		require.ErrorContains(t, err, "its tests are planned while it is PLANNED or BUILDING")
		_, err = f.Records.Remove(tom, domain.KindAcceptanceTest, apptest.Key("R-FUNCTIONAL"), nil, nil)
		require.ErrorContains(t, err, "its tests are planned while")
		_, err = f.Records.Disconnect(tom, domain.RelTests, apptest.Key("R-FUNCTIONAL"), apptest.Key("R"), nil, nil)
		require.ErrorContains(t, err, "its tests are planned while")
		_, err = f.Records.Connect(tom, domain.RelRuns, apptest.Key("R-FUNCTIONAL"), apptest.Key("pay-install"), nil, nil)
		require.ErrorContains(t, err, "its tests are planned while")
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "tom"))
		_, err = f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		_, err = f.Records.Remove(tom, domain.KindAcceptanceTest, apptest.Key("R-FUNCTIONAL"), nil, nil)
		require.ErrorContains(t, err, "was run, and stays")
		_, err = f.Records.Connect(tom, domain.RelRuns, apptest.Key("R-FUNCTIONAL"), apptest.Key("pay-report"), nil, nil)
		require.ErrorContains(t, err, "tests run what is a SCRIPT")
		_, err = f.Records.Create(tom, domain.KindAcceptanceTest, apptest.Values{"key": "b", "name": "b", "kind": "TECHNICAL", "criteria": " "}, nil)
		require.ErrorContains(t, err, "must say when the test is passed")
	})
}

// TestWhoBuiltDoesNotTest is example 15 of the rules of releases.
func TestWhoMadeAReleaseDoesNotJudgeIt_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		require.NoError(t, err2(f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"manager": "carol", "buildManager": "alice"}, nil, nil)))
		f.Lines(`{"node":"Delegation","key":"D","name":"D","absent":"carol","deputy":"dave","from":"2026-01-01T00:00:00Z","confirmedAt":"2026-01-01T00:00:00Z"}`,
			`{"node":"Vote","key":"V","name":"v","voter":"erin","seat":"erin","verdict":"APPROVE","castAt":"2026-01-01T00:00:00Z","board":"CAB","contentVersion":1}`, `{"edge":"CAST_ON","from":"Vote:V","to":"ChangeRequest:C-1"}`)
		submitted(f)
		bot := acting.WithIdentity(f.As("x"), acting.Identity{
			Actor: domain.Actor{Name: "token:ci-bot", Roles: []domain.Role{domain.TestManager}}, Identities: []string{"token:1", domain.NameIdentity("Alice ")},
		})
		_, err := f.Acceptance.ReportTestRun(bot, acceptance.Report{Test: apptest.Key("R-FUNCTIONAL"), Verdict: domain.TestPassed, StartedAt: time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC)}, nil)
		require.ErrorContains(t, err, "alice built (Release R) and would test (TestRun R-FUNCTIONAL/run-1)")
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestInconclusive, "erin"), "a vote is free of it")
		judge := acceptance.Judge{Ref: apptest.Key("R-FUNCTIONAL/run-1"), Verdict: domain.TestPassed, Reason: "well"}
		_, err = f.Acceptance.JudgeTestRun(f.As("dave", domain.TestManager), judge, nil)
		require.ErrorContains(t, err, "carol manages (Release R) and would judge a run (TestRun R-FUNCTIONAL/run-1)")
		require.ErrorContains(t, f.Runs("R-TECHNICAL", domain.TestPassed, "paul"), "paul put media of the kit (MediaItem pay-calc-1.1.0) and would test")
		require.ErrorContains(t, f.Runs("R-TECHNICAL", domain.TestPassed, "Mia"), "mia manages (Release R) and would test", "who was the manager, and began the build, stays so")
		require.ErrorContains(t, signs(f, "bea", domain.TestManager, acceptance.Sign{Column: domain.SignAccepted}), "bea built (Release R) and would sign as accepting")
		require.ErrorContains(t, signs(f, "tom", domain.Admin, acceptance.Sign{Column: domain.SignDelivered}), "tom manages the tests (Release R) and would sign as delivering")
	})
}

func err2[T any](_ T, err error) error { return err }

func TestUnlockingForgetsNothingAndRolesExcuseNothing_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "tess"))
		_, err := f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.As("mia", domain.ReleaseManager), domain.KindRelease, apptest.Key("R"), apptest.Values{"buildManager": "tess"}, nil, nil)
		require.ErrorContains(t, err, "tess tested (TestRun R-FUNCTIONAL/run-1) and would build (Release R)")
		_, err = f.Releases.StartBuild(f.As("tess", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		require.ErrorContains(t, err, "tess tested (TestRun R-FUNCTIONAL/run-1) and would manage (Release R)")
		_, err = f.Records.Update(f.As("max", domain.ChangeManager), domain.KindRelease, apptest.Key("R"), apptest.Values{"testManager": "bea", "buildManager": "ben"}, nil, nil)
		require.ErrorContains(t, err, "bea built (Release R) and would manage the tests", "another name in her place forgets nothing")

		f.Lines(`{"node":"Release","key":"R","buildManager":"tess"}`)
		require.Contains(t, f.Release("R").Deeds[len(f.Release("R").Deeds)-1].By, "tess")
		submitted(f)
		require.Equal(t, []string{"somebody else: tess built (Release R) and tested (TestRun R-FUNCTIONAL/run-1)"}, lacksOf(f, domain.NeedSeparation), "what an import brings is told")
	})
}

// TestASignatureFalls is example 14 of the rules of releases.
func TestASignatureFallsWhenTheContentChanges_R21(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		f.PassTests("R", "tom")
		f.Deliver("R")
		allSign(f)
		require.Empty(t, lacks(f))
		_, err := f.Acceptance.AcceptDefect(f.As("bea", domain.BuildManager), acceptance.Defect{Release: apptest.Key("R"), Key: "KE-1", Symptoms: "it blinks", Workaround: "look away"}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.KnownErrorDraft, f.Read(domain.KindKnownError, "KE-1").(*domain.KnownError).Status)
		require.Len(t, lacks(f), 5, "the signatures have fallen, the runs on the kit count")
		require.Len(t, lacksOf(f, domain.NeedSignatures), 5)
		old := f.Read(domain.KindSignOff, "R/signature-1").(*domain.SignOff)
		state, err := f.Acceptance.State(f.WithLoads(f.Ctx), old)
		require.NoError(t, err)
		require.Equal(t, domain.SignOffFallen, state)
		_, err = f.Records.Disconnect(f.Ctx, domain.RelIntroducedBy, apptest.Key("KE-1"), apptest.Key("R"), nil, nil)
		require.NoError(t, err)
		require.Len(t, lacksOf(f, domain.NeedSignatures), 5, "changed back, they stay fallen")
		allSign(f)
		require.Empty(t, lacks(f))
		require.Equal(t, old.ContentDigest, f.Read(domain.KindSignOff, "R/signature-6").(*domain.SignOff).ContentDigest, "the content is the old one")

		_, err = f.Records.Update(f.Ctx, domain.KindDeliverable, apptest.Key("R-RELEASE_NOTES"), apptest.Values{"sha256": "0" + digest[1:]}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"approved deliverables: R-RELEASE_NOTES (RELEASE_NOTES) is a DRAFT"}, lacksOf(f, domain.NeedDeliverables), "R23")
		require.Len(t, lacksOf(f, domain.NeedSignatures), 5)
	})
}

// TestTwoNatures is example 6 of the rules of releases: an application of the house
// and its database, of which each is signed for by itself.
func TestEachNatureIsSignedForByItself_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		f.Connect(domain.RelChanges, "R", "pay-db", apptest.Values{"action": "MODIFY", "fromVersion": "14.1", "toVersion": "14.2"})
		f.Connect(domain.RelKitOf, "pay-db-14.2", "R", nil)
		submitted(f)
		require.Equal(t, []string{
			"a signature that stands: DELIVERED NEW_IN_HOUSE_APPLICATION project manager", "a signature that stands: DELIVERED DATABASE_CHANGE project manager",
			"a signature that stands: ACCEPTED NEW_IN_HOUSE_APPLICATION TEST_MANAGER", "a signature that stands: ACCEPTED DATABASE_CHANGE database administrator",
			"a signature that stands: HANDED_OVER NEW_IN_HOUSE_APPLICATION CHANGE_MANAGER", "a signature that stands: HANDED_OVER DATABASE_CHANGE CHANGE_MANAGER",
			"a signature that stands: SUPPORTED NEW_IN_HOUSE_APPLICATION OPERATIONS_MANAGER", "a signature that stands: SUPPORTED DATABASE_CHANGE database administrator",
			"a signature that stands: IMPLEMENTATION RELEASE_MANAGER",
		}, lacksOf(f, domain.NeedSignatures))
		database := domain.DatabaseChange
		require.ErrorContains(t, signs(f, "pam", domain.Viewer, acceptance.Sign{Column: domain.SignDelivered}), "is one of several")
		require.NoError(t, signs(f, "pam", domain.Viewer, acceptance.Sign{Column: domain.SignDelivered, Nature: &database}))
		require.ErrorContains(t, signs(f, "tom", domain.TestManager, acceptance.Sign{Column: domain.SignAccepted, Nature: &database}), `who holds the function "database administrator"`)
		require.NoError(t, signs(f, "Dora", domain.Viewer, acceptance.Sign{Column: domain.SignAccepted, Nature: &database}), "by her team")
		require.Len(t, lacksOf(f, domain.NeedSignatures), 7)
	})
}

func TestASignatureThatIsWrongIsToldAllAtOnce_R8_R22(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.ErrorContains(t, signs(f, "olaf", domain.OperationsManager, acceptance.Sign{Column: domain.SignHandedOver}), "is signed by a CHANGE_MANAGER, which olaf is not")
		require.NoError(t, signs(f, "max", domain.ChangeManager, acceptance.Sign{Column: domain.SignHandedOver}))
		require.ErrorContains(t, signs(f, "max", domain.ChangeManager, acceptance.Sign{Column: domain.SignHandedOver}), "is signed already, by max (R/signature-1)")
		require.ErrorContains(t, signs(f, "max", domain.ChangeManager, acceptance.Sign{Column: domain.SignBusiness}), "BUSINESS is not asked of this release")
		require.ErrorContains(t, signs(f, "max", domain.ChangeManager, acceptance.Sign{Column: domain.SignAuthorisation}), "AUTHORISATION is signed of a release that is ACCEPTED")
		require.ErrorContains(t, signs(f, "token:x", domain.ReleaseManager, acceptance.Sign{Column: domain.SignImplementation}), "a person has to log in")
		require.Equal(t, []string{"R22 input.comment", "R8 input.onBehalfOf"},
			broken(signs(f, "olaf", domain.OperationsManager, acceptance.Sign{Column: domain.SignSupported, Verdict: domain.Refuses, Comment: apptest.Some(" "), OnBehalfOf: apptest.Some("otto")})))
		_, err := f.Acceptance.WithdrawSignature(f.As("olaf", domain.OperationsManager), domain.Verb{Ref: apptest.Key("R/signature-1")}, nil)
		require.ErrorContains(t, err, "was given by max: nobody else withdraws it")
		_, err = f.Acceptance.WithdrawSignature(f.As("max", domain.ChangeManager), domain.Verb{Ref: apptest.Key("R/signature-1")}, nil)
		require.NoError(t, err)
		_, err = f.Acceptance.WithdrawSignature(f.As("max", domain.ChangeManager), domain.Verb{Ref: apptest.Key("R/signature-1")}, nil)
		require.ErrorContains(t, err, "does not stand: it is WITHDRAWN")
		require.NoError(t, signs(f, "max", domain.ChangeManager, acceptance.Sign{Column: domain.SignHandedOver}), "the cell is free again")
		before := f.Release("R").Version
		_, err = f.Acceptance.SignRelease(f.As("olaf", domain.OperationsManager), acceptance.Sign{Ref: apptest.Key("R"), Column: domain.SignSupported, Verdict: domain.Signs, IfVersion: apptest.Some(before - 1)}, nil)
		apptest.Refused(t, err, domain.Conflict, "input.ifVersion")
	})
}

func TestARefusedSignatureRejects_R22(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.NoError(t, signs(f, "olaf", domain.OperationsManager, acceptance.Sign{Column: domain.SignSupported, Verdict: domain.Refuses, Comment: apptest.Some("nobody can run this")}))
		require.Equal(t, domain.ReleaseRejected, f.Release("R").Status)
	})
}

func TestADeputySignsForWhoIsAway_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		for_ := acceptance.Sign{Column: domain.SignDelivered, OnBehalfOf: apptest.Some("pam")}
		require.ErrorContains(t, signs(f, "zoe", domain.Viewer, for_), "zoe does not stand in for pam now")
		f.Put(domain.KindDelegation, apptest.Values{"key": "D", "name": "D", "absent": "pam", "deputy": "zoe", "from": "2026-01-01T00:00:00Z"})
		_, err := f.Changes.ConfirmDelegation(f.As("pam", domain.Viewer), change.ChangeVerb{Ref: apptest.Key("D")}, nil)
		require.NoError(t, err)
		require.NoError(t, signs(f, "zoe", domain.Viewer, for_))
		s := f.Read(domain.KindSignOff, "R/signature-1").(*domain.SignOff)
		require.Equal(t, "pam", s.Seat)
		require.ErrorContains(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "pam"), "pam signed as delivering (SignOff R/signature-1) and would test")
		require.ErrorContains(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "zoe"), "zoe signed as delivering (SignOff R/signature-1) and would test")
	})
}

func TestTheBusinessSignsWhereThePolicyAsks_R22(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		f.Lines(`{"node":"ReleasePolicy","key":"strict","name":"strict","status":"IN_FORCE","businessSignOff":true}`, `{"node":"Release","key":"R","businessOwner":"bianca"}`)
		submitted(f)
		require.Contains(t, lacksOf(f, domain.NeedSignatures), "a signature that stands: BUSINESS")
		require.ErrorContains(t, signs(f, "mia", domain.ReleaseManager, acceptance.Sign{Column: domain.SignBusiness}), "is signed by the business owner")
		require.NoError(t, signs(f, "Bianca", domain.Requester, acceptance.Sign{Column: domain.SignBusiness}))
		require.NotContains(t, lacksOf(f, domain.NeedSignatures), "a signature that stands: BUSINESS")
	})
}

func TestADeliverableIsApprovedByAnotherThanWhoWroteIt_R8_R23(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		bea := f.As("bea", domain.BuildManager)
		require.NoError(t, err2(f.Records.Create(bea, domain.KindDeliverable, apptest.Values{"key": "D", "name": "Manual", "kind": "INSTALLATION_MANUAL", "owner": "olaf"}, nil)))
		require.NoError(t, err2(f.Records.Connect(bea, domain.RelBrings, apptest.Key("R"), apptest.Key("D"), nil, nil)))
		approve := func(who string, role domain.Role) error {
			_, err := f.Acceptance.ApproveDeliverable(f.As(who, role), domain.Verb{Ref: apptest.Key("D")}, nil)
			return err
		}
		require.Equal(t, []string{"R8 input.ref", "R8 input.ref"}, broken(approve("BEA", domain.BuildManager)), "no digest, and by herself")
		require.NoError(t, err2(f.Records.Connect(bea, domain.RelStoredAs, apptest.Key("D"), apptest.Key("pay-report"), nil, nil)))
		apptest.Refused(t, approve("vera", domain.Viewer), domain.Forbidden, "")
		require.NoError(t, approve("sue", domain.SupportManager))
		require.ErrorContains(t, approve("tom", domain.TestManager), "D is APPROVED already")
		d := f.Read(domain.KindDeliverable, "D").(*domain.Deliverable)
		require.Equal(t, []string{"bea"}, d.WrittenBy)
		require.Equal(t, "sue", *d.ApprovedBy)
		require.NoError(t, err2(f.Records.Update(bea, domain.KindDeliverable, apptest.Key("D"), apptest.Values{"owner": "otto"}, nil, nil)))
		require.Equal(t, domain.DeliverableApproved, f.Read(domain.KindDeliverable, "D").(*domain.Deliverable).State, "its bytes are the same")
		require.NoError(t, err2(f.Records.Disconnect(f.As("tom", domain.TestManager), domain.RelStoredAs, apptest.Key("D"), apptest.Key("pay-report"), nil, nil)))
		d = f.Read(domain.KindDeliverable, "D").(*domain.Deliverable)
		require.Equal(t, domain.DeliverableDraft, d.State)
		require.Equal(t, []string{"bea", "tom"}, d.WrittenBy)
		_, err := f.Records.Update(bea, domain.KindDeliverable, apptest.Key("D"), apptest.Values{"location": "s3://bucket/manual"}, nil, nil)
		require.ErrorContains(t, err, "what lies elsewhere is known by its digest")
	})
}

func TestADefectIsAcceptedWithSymptomsAndWorkaround_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		defect := acceptance.Defect{Release: apptest.Key("R"), Key: "KE-1", Symptoms: " ", Workaround: ""}
		_, err := f.Acceptance.AcceptDefect(f.As("tom", domain.TestManager), defect, nil)
		require.Equal(t, []string{"R8 input.release", "R8 input.symptoms", "R8 input.workaround"}, broken(err))
		submitted(f)
		f.Lines(`{"node":"KnownError","key":"KE-0","name":"k","status":"DRAFT"}`, `{"edge":"INTRODUCED_BY","from":"KnownError:KE-0","to":"Release:R"}`)
		require.Equal(t, []string{"symptoms of KE-0", "a workaround of KE-0"}, lacksOf(f, domain.NeedDefects))
		_, err = f.Acceptance.AcceptDefect(f.As("pam", domain.ProblemManager), defect, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}

func TestNobodyGivesThemselvesAFunction(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		pam := f.As("Pam", domain.ConfigurationManager)
		_, err := f.Records.Update(pam, domain.KindParty, apptest.Key("pam"), apptest.Values{"roleNames": []string{"project manager", "system engineer"}}, nil, nil)
		require.ErrorContains(t, err, `would give Pam the function "system engineer"`)
		_, err = f.Records.Connect(pam, domain.RelMemberOf, apptest.Key("pam"), apptest.Key("dba"), nil, nil)
		require.ErrorContains(t, err, "nobody makes themselves a member")
		_, err = f.Records.Update(f.As("dora", domain.ConfigurationManager), domain.KindParty, apptest.Key("dba"), apptest.Values{"roleNames": []string{"logistics"}}, nil, nil)
		require.ErrorContains(t, err, `would give dora the function "logistics"`)
		_, err = f.Records.Connect(pam, domain.RelMemberOf, apptest.Key("dba"), apptest.Key("pam"), nil, nil)
		require.Equal(t, []string{"9 input.from"}, broken(err))
		require.NoError(t, err2(f.Records.Connect(pam, domain.RelMemberOf, apptest.Key("dora"), apptest.Key("dba"), nil, nil)))
	})
}
