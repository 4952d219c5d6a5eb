package release_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/release"
)

func TestAReleaseNeedsContent_R2(t *testing.T) {
	require.Equal(t, []string{"CONTENT : content: at least one item that it changes"}, told(release.SomeContent(release.Delta, 0, 3)))
	require.Equal(t, []string{"CONTENT : parts: the releases that the package bundles"}, told(release.SomeContent(release.Package, 1, 0)))
	require.Empty(t, release.SomeContent(release.Full, 1, 0))
	require.Empty(t, release.SomeContent(release.Package, 0, 1))
}

func TestAReleaseFollowsOnePolicy_R3(t *testing.T) {
	for _, c := range []struct {
		winners []string
		named   string
		want    []string
	}{
		{[]string{"a"}, "", nil}, {[]string{"a", "b"}, "b", nil},
		{nil, "", []string{"POLICY : a policy: none in force is for its items"}},
		{[]string{"a", "b"}, "", []string{"POLICY : one policy: its items follow a, b; name one of them, with a reason"}},
		{[]string{"a"}, "z", []string{"POLICY z: a policy of its items: they follow a, not z"}},
	} {
		require.Equal(t, c.want, told(release.OnePolicy(c.winners, c.named)))
	}
}

func TestOnlyAuthorisedRequestsEnter_H4(t *testing.T) {
	requests := []release.CarriedOut{
		{Key: "C-4", Status: domain.ChangeInRelease}, {Key: "C-3", Status: domain.ChangeInRelease, Here: true}, {Key: "C-2", Status: domain.ChangeAuthorised}, {Key: "C-1", Status: domain.ChangeAssessed},
	}
	require.Equal(t, []string{"AUTHORISED C-1: authorised requests: C-1 is ASSESSED", "AUTHORISED C-4: authorised requests: C-4 is IN_RELEASE"}, told(release.AuthorisedToStart(requests)))
	require.Equal(t, []string{
		"AUTHORISED C-1: requests that it carries out: C-1 is ASSESSED, no longer IN_RELEASE", "AUTHORISED C-2: requests that it carries out: C-2 is AUTHORISED, no longer IN_RELEASE",
		"AUTHORISED C-4: requests that it carries out: another release carries out C-4",
	}, told(release.StillAuthorised(requests)))
}

func TestContentIsTracedToRequests_R5(t *testing.T) {
	held := []release.Content{modify("a", "1", "2"), modify("b", "1", "2"), rebuild2("c")}
	require.Equal(t, []string{"TRACED C-2: requests that are about its content: C-2 touches nothing in it", "TRACED b: items that its requests are about: b is affected by none of its requests"},
		told(release.Traced([]string{"a", "b"}, held, []release.CarriedOut{{Key: "C-1", Affects: []string{"a", "z"}}, {Key: "C-2", Affects: []string{"z"}}, {Key: "C-3", Affects: []string{"c"}}})))
}

func TestAStartIsAgreed_R5(t *testing.T) {
	from, to := at(t, "2026-01-02T00:00:00Z"), at(t, "2026-01-03T00:00:00Z")
	require.Empty(t, release.Calendar(&from, &to))
	require.Equal(t, []string{"CALENDAR : a calendar: plannedFrom and plannedTo"}, told(release.Calendar(&from, nil)))
	require.Equal(t, []string{"CALENDAR : a calendar that goes forward: plannedFrom is not before plannedTo"}, told(release.Calendar(&to, &to)))
	require.Equal(t, []string{"METHOD : a method: its approach"}, told(release.Method("")))
	require.Empty(t, release.Method("PHASED"))
	require.Empty(t, release.Roles(release.Managers{Manager: "ann", Build: "bob", Test: "cid", Deployment: "ann"}))
	require.Equal(t, []string{
		"ROLES : all four roles: its deploymentManager is not named", "ROLES : a testManager who is not the manager too: both are ann", "ROLES : a testManager who is not the buildManager too: both are ann",
	}, told(release.Roles(release.Managers{Manager: "ann", Build: "ann", Test: "ann"})))
	require.Equal(t, []string{"TEST_PLAN : a planned test of each demanded kind: none is BACKOUT"}, told(release.TestsPlanned([]string{"FUNCTIONAL", "BACKOUT"}, []string{"FUNCTIONAL"})))
	require.Equal(t, []string{"PRODUCTION_AUDIT nyc: an audit of nyc: there is none", "PRODUCTION_AUDIT par: an audit of par that is younger than P1M: the last is of 2025-12-03"},
		told(release.Audited([]string{"par", "nyc", "lyo"}, map[string]time.Time{"par": at(t, "2025-12-03T00:00:00Z"), "lyo": at(t, "2025-12-03T00:00:01Z")}, must(period.Parse("P1M")), to)))
}

func TestReleasesComeNoMoreOftenThanThePolicySays_R3(t *testing.T) {
	now := at(t, "2026-03-13T12:00:00Z")
	last := []release.LastLive{{Unit: release.Unit{Key: "pay"}, Release: "M1", At: at(t, "2026-03-01T09:00:00Z")}, {Unit: release.Unit{Key: "ui"}, Release: "M0", At: at(t, "2025-12-13T12:00:00Z")}}
	require.Equal(t, []string{"FREQUENCY pay: a longer pause: the last MAJOR of pay, M1, was 12 days ago, the policy says P90D"}, told(release.Frequent(release.Major, last, must(period.Parse("P90D")), now)))
}

func TestAPackageNeedsAcceptedPartsAndStaysSmall_R2(t *testing.T) {
	require.Equal(t, []string{"PARTS A: parts that are ACCEPTED, DEPLOYING, VERIFYING or CLOSED: A is BUILDING"},
		told(release.PartsAccepted([]release.Part{{"B", release.Accepted}, {"C", release.Closed}, {"A", release.Building}})))
	require.Empty(t, release.PackageSize(20, 500, 20, 500))
	require.Equal(t, []string{"PACKAGE_SIZE : 21 releases, the policy allows 20"}, told(release.PackageSize(21, 500, 20, 500)))
}

func TestTheKitIsInTheLibrary_R6(t *testing.T) {
	software := []release.Content{modify("a", "1.0", "1.1"), rebuild2("b"), {Item: "c", Action: release.Remove, From: "1"}, {Item: "d", Action: release.Add, To: "3"}}
	masters := []release.Master{{Key: "m1", Item: "a", Version: "v1.1", Accepted: true}, {Key: "m2", Item: "b", Version: "2.0.0"}, {Key: "m3", Item: "x", Version: "3", Accepted: true}}
	require.Equal(t, []string{"KIT b: a kit in the library: no ACCEPTED media item of it is b 2.0.0", "KIT d: a kit in the library: no ACCEPTED media item of it is d 3"}, told(release.Kit(software, masters, natural)))
	require.Equal(t, []string{"KIT_WHOLE m1: a kit that is whole: the checksum of m1 differs from the declared one, or its copy is gone (main): put its bytes again", "KIT_WHOLE m2: a kit that is whole: the bytes of m2 are gone"},
		told(release.KitWhole([]release.Stored{{Key: "m2"}, {Key: "m1", There: true, Wrong: []string{"main"}}, {Key: "m3", There: true, Wrong: []string{"main"}, Sound: true}, {Key: "m4", There: true}})))
	require.Equal(t, []string{"KIT_LICENSED m1: a valid licence of m1: l0 is FUTURE, l1 is EXPIRED", "KIT_LICENSED m2: a valid licence of m2: it has none"},
		told(release.KitLicensed([]release.Licensed{{"m3", []release.LicenceNow{{"l1", "EXPIRED"}, {"l2", "VALID"}}}, {"m2", nil}, {"m1", []release.LicenceNow{{"l1", "EXPIRED"}, {"l0", "FUTURE"}}}})))
	require.Equal(t, []string{"PURCHASES T-1: purchases that are complete: T-1 lacks order, warranty"}, told(release.Purchased([]release.Purchase{{"T-1", false, true, false}, {"T-2", true, true, true}})))
}

func TestWhatABackOutPutsBackIsInTheLibrary_L5(t *testing.T) {
	software := []release.Content{modify("a", "1.0", "1.1"), modify("b", "1.0", "1.1"), modify("c", "1.0", "1.1"), {Item: "d", Action: release.Add, To: "1"}, modify("e", "1.0", "1.1"), modify("f", "", "1.1"), modify("g", "1.0", "1.1")}
	var items []release.Undone
	for i, c := range software {
		c.Coexists = false
		items = append(items, release.Undone{Content: c, Height: i})
	}
	items[2].Requests = []release.UndoneRequest{by("C-1", domain.BackOutNone)}
	items[5].Requests = []release.UndoneRequest{by("C-1", domain.BackOutFull)}
	p := backOut(t, items, release.Dependency{From: "g", To: "c"})
	require.NotNil(t, p.Steps[0].Stays, "g stays with c")
	require.Equal(t, []string{"PRIOR_MASTER b: the version before in the library: b 1.0 is not there, yet its plan puts it back", "PRIOR_MASTER e: the version before in the library: e 1.0 is not there, yet its plan puts it back"},
		told(release.PriorMasters(software, p, []release.Master{{Key: "m", Item: "a", Version: "1.0", Retired: true}, {Key: "n", Item: "b", Version: "1.0"}}, natural)))
}

func TestHardwareIsLabelledAndReserved_L4(t *testing.T) {
	require.Equal(t, []string{"HARDWARE s1: hardware that is labelled: s1 has no asset tag", "HARDWARE s1: hardware that is reserved: no spare for s1 is"},
		told(release.Hardware([]release.Device{{"s2", "T1", true}, {"s1", "", false}})))
	software, hardware := release.Split([]release.Content{modify("a", "1", "2"), modify("s", "1", "2"), modify("doc", "1", "2")},
		map[string]domain.Class{"a": domain.Firmware, "s": domain.Server, "doc": domain.Document})
	require.Equal(t, []release.Content{modify("a", "1", "2")}, software)
	require.Equal(t, []release.Content{modify("s", "1", "2")}, hardware)
}

// round is one in the second round, with a test of each kind that needs one.
func round() release.Round {
	return release.Round{Number: 2, KitDigest: "kit", Tests: []release.PlannedTest{
		{Key: "t-f", Kind: "FUNCTIONAL", Required: true, Regression: true}, {Key: "t-b", Kind: "BACKOUT", Required: true}, {Key: "t-m", Kind: "BACKOUT", Mitigates: "C-2"}, {Key: "t-a", Kind: "ACTIVATION"},
	}}
}

func run(key, test string, round int, verdict release.Verdict) release.Run {
	return release.Run{Key: key, Test: test, Round: round, KitDigest: "kit", Verdict: verdict, EndedAt: begin.Add(time.Duration(round) * time.Hour)}
}

// TestRunsCountInTheirOwnRound is the end of example 9.
func TestRunsCountInTheirOwnRound_R21(t *testing.T) {
	b := round()
	b.Runs = []release.Run{run("r1", "t-f", 1, release.Pass), run("r2", "t-b", 2, release.Inconclusive)}
	other := run("r3", "t-f", 2, release.Pass)
	other.KitDigest = "older"
	b.Runs = append(b.Runs, other)
	require.Equal(t, []string{"TESTS t-f: a run of t-f (FUNCTIONAL) in round 2 on the present kit"}, told(b.TestsPassed()))
	require.Equal(t, []string{"UNDECIDED r2: a judgement: r2 of t-b is INCONCLUSIVE"}, told(b.Undecided()))
	require.True(t, b.Void(other))

	b.Runs = []release.Run{run("r4", "t-f", 2, release.Fail), run("r5", "t-f", 2, release.Pass), run("r6", "t-b", 2, release.Fail)}
	require.Equal(t, []string{"TESTS t-b: a pass of t-b (BACKOUT): its last run r6 failed"}, told(b.TestsPassed()), "the last run counts")
	require.Empty(t, b.RegressionTested())
	require.Len(t, b.ActivationTested(), 1)
	b.Runs = append(b.Runs, run("r7", "t-a", 2, release.Pass))
	require.Empty(t, b.ActivationTested())
	b.Runs = nil
	require.Len(t, b.RegressionTested(), 1)
}

func TestABackOutIsTestedWithItsMitigations_R10(t *testing.T) {
	b := round()
	p := backOut(t, []release.Undone{undone("a", 2, true, by("C-1", domain.BackOutFull)), undone("b", 1, true, by("C-2", domain.BackOutNone)), undone("c", 1, true, by("C-2", domain.BackOutNone))})
	require.Equal(t, []string{"BACK_OUT_TESTED : a tested back-out: a BACKOUT test that passed", "BACK_OUT_TESTED C-2: a tested mitigation: a run of that of C-2 that passed"}, told(b.BackOutTested(p)))
	b.Runs = []release.Run{run("r1", "t-b", 2, release.Pass)}
	require.Equal(t, []string{"BACK_OUT_TESTED C-2: a tested mitigation: a run of that of C-2 that passed"}, told(b.BackOutTested(p)))
	b.Runs = append(b.Runs, run("r2", "t-m", 2, release.Pass))
	require.Empty(t, b.BackOutTested(p))
	b.Runs = b.Runs[1:]
	require.Empty(t, b.BackOutTested(backOut(t, []release.Undone{undone("b", 1, true, by("C-2", domain.BackOutNone))})), "nothing is undone")
}

func TestAcceptanceNeedsItsRecords_R8(t *testing.T) {
	require.Equal(t, []string{"DEFECTS K-1: symptoms of K-1", "DEFECTS K-1: a workaround of K-1"}, told(release.DefectsDescribed([]release.Defect{{"K-2", true, true}, {"K-1", false, false}})))
	require.Equal(t, []string{"DELIVERABLES : a deliverable of each demanded kind: none is SBOM", "DELIVERABLES d: approved deliverables: d (RELEASE_NOTES) is a DRAFT"},
		told(release.DeliverablesApproved([]string{"RELEASE_NOTES", "SBOM"}, []release.Delivered{{"d", "RELEASE_NOTES", false}})))
	require.Equal(t, []string{"MANUAL_STEPS par: fewer steps by hand: par has 3, the policy allows 2"}, told(release.FewManualSteps(map[string]int{"par": 3, "nyc": 2}, 2)))
}

func TestWhatIsDeployedIsWhatWasAccepted_R21(t *testing.T) {
	require.Empty(t, release.SameContent("aa", "aa"))
	require.Len(t, release.SameContent("aa", "bb"), 1)
	require.Len(t, release.SameContent("", ""), 1)
	require.Empty(t, release.NotSuperseded(units("a", "b"), []release.Superseding{{"R1", units("a")}}))
	require.Equal(t, []string{"NOT_SUPERSEDED R1: a release that is in force: R1 supersedes it", "NOT_SUPERSEDED R2: a release that is in force: R2 supersedes it"},
		told(release.NotSuperseded(units("a", "b"), []release.Superseding{{"R2", units("b")}, {"R1", units("a")}})))
	accepted := at(t, "2026-01-02T00:00:00Z")
	require.Empty(t, release.SupportTold(accepted, []time.Time{accepted}))
	require.Len(t, release.SupportTold(accepted, []time.Time{accepted.Add(-time.Second)}), 1)
}

// TestFreezesHoldReleases are examples 1 and 2.
func TestFreezesHoldReleases_P7(t *testing.T) {
	some := func(s string) *string { return &s }
	freeze := func(starts, rule, length string) *calendar.Window {
		w, errs := calendar.New(calendar.Spec{StartsAt: some(starts), Recurrence: some(rule), Duration: some(length), TimeZone: some("Europe/Paris")})
		require.Empty(t, errs)
		return w
	}
	holds := func(key string, w *calendar.Window, when string) []string {
		instant := at(t, when)
		var list []release.Hold
		for _, o := range w.Occurrences(domain.TimeRange{From: instant, To: instant.Add(time.Second)}) {
			list = append(list, release.Hold{Freeze: key, Until: o.To.In(w.Zone())})
		}
		return told(release.NotHeld(list))
	}
	month := freeze("2026-01-25T00:00", "FREQ=MONTHLY;BYMONTHDAY=-7", "P7D")
	require.Equal(t, []string{"NOT_HELD close: a time outside freezes: close until 2026-03-01T00:00+01:00"}, holds("close", month, "2026-02-22T00:00:00+01:00"))
	require.Empty(t, holds("close", month, "2026-02-21T23:00:00+01:00"))

	year := freeze("2026-12-15T00:00", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15", "P32D")
	require.Len(t, holds("balance", year, "2027-01-15T23:59:00+01:00"), 1)
	require.Empty(t, holds("balance", year, "2027-01-16T00:00:00+01:00"))
}

func TestABoardRecommendsContentAndCalendar_R19(t *testing.T) {
	from, to := begin, begin.AddDate(0, 0, 7)
	advice := release.Advice{Board: "cab", Recommends: true, ContentVersion: 3, From: from, To: to}
	require.Empty(t, release.Advised(&advice, 3, from, to))
	require.Equal(t, []string{"BOARD_ADVICE : a board that recommends its contents and calendar"}, told(release.Advised(nil, 3, from, to)))
	require.Equal(t, []string{"BOARD_ADVICE cab: a recommendation of its present contents: cab gave its own before they changed"}, told(release.Advised(&advice, 4, from, to)))
	require.Equal(t, []string{"BOARD_ADVICE cab: a recommendation of its present calendar: cab gave its own before it changed"}, told(release.Advised(&advice, 3, from, to.AddDate(0, 0, 1))))
	advice.Recommends = false
	require.Equal(t, []string{"BOARD_ADVICE cab: a board that recommends it: cab does not"}, told(release.Advised(&advice, 3, from, to)))
}

func TestAReleasePassesItsPath_R15(t *testing.T) {
	require.Equal(t, []string{"PATH TEST: its promotion path: it has not been in TEST", "PATH ACCEPTANCE: its promotion path: BACKOUT was not shown in ACCEPTANCE"},
		told(release.PathPassed([]release.PathStep{
			{Environment: domain.Test}, {Environment: domain.Acceptance, Reached: true, Shows: []string{"INSTALLATION", "BACKOUT"}, Shown: []string{"INSTALLATION"}}, {Environment: domain.Live, Shows: []string{"ALL"}},
		})))
}
