package release_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
)

// paying is an application of two programs in one unit, in version 1.0.0, with a
// database below it and their master copies.
var paying = []string{
	`{"node":"ConfigurationItem","key":"pay-calc","name":"pay-calc","class":"PROGRAM","productVersion":"1.0.0"}`,
	`{"node":"ConfigurationItem","key":"pay-ui","name":"pay-ui","class":"PROGRAM","productVersion":"1.0.0"}`,
	`{"node":"ReleaseUnit","key":"pay","name":"pay"}`,
	`{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:pay-calc"}`,
	`{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:pay-ui"}`,
	`{"node":"Board","key":"CAB","name":"The board","members":["ann","bob"],"quorum":1}`,
	`{"node":"ChangeRequest","key":"C-1","name":"Round right","type":"NORMAL","status":"AUTHORISED","requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"}`,
	`{"edge":"AFFECTS","from":"ChangeRequest:C-1","to":"ConfigurationItem:pay-calc"}`,
	`{"edge":"DECIDED_BY","from":"ChangeRequest:C-1","to":"Board:CAB"}`,
	`{"node":"MediaItem","key":"pay-calc-1.0.0","name":"m","productVersion":"1.0.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED","stored":true}`,
	`{"edge":"MASTER_OF","from":"MediaItem:pay-calc-1.0.0","to":"ConfigurationItem:pay-calc"}`,
	`{"node":"MediaItem","key":"pay-calc-1.1.0","name":"m","productVersion":"1.1.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED","stored":true}`,
	`{"edge":"MASTER_OF","from":"MediaItem:pay-calc-1.1.0","to":"ConfigurationItem:pay-calc"}`,
	`{"node":"MediaItem","key":"pay-install","name":"m","kind":"SCRIPT","productVersion":"1.1.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED","stored":true}`,
}

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// delta plans a DELTA of pay-calc, which carries out C-1.
func delta(f *apptest.Fixture) {
	f.T.Helper()
	f.Create(domain.KindRelease, "R", apptest.Values{"releaseVersion": "1.1.0", "type": "MINOR", "category": "DELTA"})
	f.Connect(domain.RelChanges, "R", "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.1.0"})
	f.Connect(domain.RelImplements, "R", "C-1", nil)
}

// agreed agrees on how, when and by whom, and on the tests, which run a script.
func agreed(f *apptest.Fixture, k, script string) {
	f.T.Helper()
	f.PlanTests(k, script)
	_, err := f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key(k), apptest.Values{
		"approach": "PHASED", "plannedFrom": "2027-01-01T00:00:00Z", "plannedTo": "2027-01-05T00:00:00Z", "assembly": "make kit",
		"manager": "mia", "buildManager": "bea", "testManager": "tom", "deploymentManager": "dan",
	}, nil, nil)
	require.NoError(f.T, err)
}

func TestAReleaseIsCarriedFromItsPlanIntoAcceptance_R4_R5_R6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		delta(f)
		require.Equal(t, []string{
			"ROLES: all four roles: its manager is not named", "ROLES: all four roles: its buildManager is not named",
			"ROLES: all four roles: its testManager is not named", "ROLES: all four roles: its deploymentManager is not named",
			"TEST_PLAN: a planned test of each demanded kind: none is FUNCTIONAL", "TEST_PLAN: a planned test of each demanded kind: none is TECHNICAL",
			"TEST_PLAN: a planned test of each demanded kind: none is INSTALLATION", "TEST_PLAN: a planned test of each demanded kind: none is BACKOUT",
			"METHOD: a method: its approach", "CALENDAR: a calendar: plannedFrom and plannedTo",
			"TASKS: a task of kind QUALITY_PLAN, which the policy wants done before BUILDING (planReleaseTasks)",
			"TASKS: a task of kind RESOURCE, which the policy wants done before BUILDING (planReleaseTasks)",
		}, f.Lacks("R", domain.StartBuild))
		agreed(f, "R", "pay-install")
		require.Empty(t, f.Lacks("R", domain.StartBuild))

		w, err := f.Releases.StartBuild(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ReleaseBuilding, w.Record.(*domain.Release).Status)
		require.Equal(t, domain.ChangeInRelease, f.Status("C-1"), "H4")

		require.Equal(t, []string{
			"KIT: a kit in the library: no ACCEPTED media item of it is pay-calc 1.1.0",
			"SCRIPTS: a script that installs it: an ACCEPTED media item of kind SCRIPT in its kit (connectKitPart)",
			"SCRIPT_TESTS: tests that run what the sites will: R-INSTALLATION runs pay-install, which is no script of the kit",
			"SCRIPT_TESTS: tests that run what the sites will: R-BACKOUT runs pay-install, which is no script of the kit",
		}, f.Lacks("R", domain.SubmitForAcceptance))
		f.Connect(domain.RelKitOf, "pay-calc-1.1.0", "R", nil)
		f.Connect(domain.RelKitOf, "pay-install", "R", nil)
		before := f.Release("R")
		_, err = f.Releases.SubmitForAcceptance(f.As("bea", domain.BuildManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		r := f.Release("R")
		require.Equal(t, domain.ReleaseInAcceptance, r.Status)
		require.Equal(t, 1, r.Round, "R21")
		require.NotNil(t, r.ContentDigest)
		require.Equal(t, before.ContentVersion, r.ContentVersion)

		_, err = f.Records.Connect(f.Ctx, domain.RelChanges, apptest.Key("R"), apptest.Key("pay-ui"), apptest.Values{"action": "ADD", "toVersion": "2"}, nil)
		require.ErrorContains(t, err, "what it holds is locked")
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"releaseVersion": "1.2.0"}, nil, nil)
		require.ErrorContains(t, err, "closed of a release that is IN_ACCEPTANCE")

		_, err = f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ReleasePlanned, f.Release("R").Status)
		require.Equal(t, domain.ChangeAuthorised, f.Status("C-1"), "H9")
	})
}

func TestWhatAReleaseHoldsIsComputed_R2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(append(slices.Clone(paying),
			`{"node":"ConfigurationItem","key":"payroll","name":"payroll","class":"SERVICE"}`, `{"node":"ConfigurationItem","key":"portal","name":"portal","class":"SERVICE"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:payroll","to":"ConfigurationItem:pay-calc","kind":"USES"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:portal","to":"ConfigurationItem:pay-ui","kind":"USES"}`,
		)...)
		delta(f)
		hurt := func() (keys []string) {
			found, err := f.Impact.Impact(f.Ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Releases: []*domain.Ref{apptest.ByKey("R")}}}, nil)
			require.NoError(t, err)
			page, err := found.Hits(f.Ctx, nil, nil)
			require.NoError(t, err)
			for _, hit := range page.Nodes {
				item, err := hit.Item(f.Ctx)
				require.NoError(t, err)
				keys = append(keys, item.Key)
			}
			return keys
		}
		require.Equal(t, []string{"payroll"}, hurt(), "an analysis starts from what a release holds (I1)")
		c, err := f.Releases.Contents(f.Ctx, f.Release("R"))
		require.NoError(t, err)
		require.Len(t, c.Nodes, 1)
		require.Len(t, c.LeftOut, 1)
		require.Equal(t, "pay", c.LeftOut[0].Unit)
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"category": "FULL"}, nil, nil)
		require.NoError(t, err)
		c, err = f.Releases.Contents(f.Ctx, f.Release("R"))
		require.NoError(t, err)
		require.Len(t, c.Nodes, 2)
		require.Equal(t, "held by pay with pay-calc", c.Nodes[1].Because.Text)
		require.Empty(t, c.LeftOut)
		require.Equal(t, []string{"payroll", "portal"}, hurt(), "a FULL release holds all of its unit")
		require.Equal(t, 4, f.Release("R").ContentVersion, "the item, the request and the category were counted (R21)")
	})
}

// What is decided of a release says why in its own words, whatever the change set
// is said to be made for.
func TestADecisionAboutAReleaseKeepsItsOwnReason_R1_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		delta(f)
		f.Create(domain.KindRelease, "Q", apptest.Values{"releaseVersion": "1.0.1", "type": "MINOR", "category": "DELTA"})
		waive := release.Waive{Ref: apptest.Key("R"), Need: domain.NeedFrequency, Reason: "the law"}
		keep := release.Keep{Ref: apptest.Key("R"), Release: apptest.Key("Q"), Reason: "a site needs it"}
		for _, of := range []*domain.WriteOptions{nil, {Reason: apptest.Some("")}, {Reason: apptest.Some("tidy up")}} {
			_, err := f.Releases.WaiveReleaseNeed(f.Ctx, waive, of)
			require.NoError(t, err)
			_, err = f.Releases.KeepInForce(f.Ctx, keep, of)
			require.NoError(t, err)
		}
		r := f.Release("R")
		require.Len(t, r.Waivers, 1, "what is waived is not waived again")
		require.Equal(t, "the law", r.Waivers[0].Reason)
		require.Equal(t, "a site needs it", r.KeptInForce[0].Reason)

		waive.Reason, keep.Reason = " ", ""
		_, err := f.Releases.WaiveReleaseNeed(f.Ctx, waive, &domain.WriteOptions{Reason: apptest.Some("tidy up")})
		require.ErrorContains(t, err, "must say why")
		_, err = f.Releases.KeepInForce(f.Ctx, keep, &domain.WriteOptions{Reason: apptest.Some("tidy up")})
		require.ErrorContains(t, err, "must say why")
	})
}

// A reason is given when a move is made: no release lacks one before.
func TestMovesLackNothingThatIsGivenWithThem_R4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		delta(f)
		require.Empty(t, f.Lacks("R", domain.CancelRelease))
		_, err := f.Releases.CancelRelease(f.Ctx, domain.Verb{Ref: apptest.Key("R")}, nil)
		require.Equal(t, "R4", apptest.Refused(t, err, domain.RuleViolation, "input.reason").Rule)
		_, err = f.Releases.CancelRelease(f.Ctx, apptest.OfRelease("R"), nil)
		require.NoError(t, err)
	})
}
