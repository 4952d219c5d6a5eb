package release_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
)

// line writes a line of an import.
func line(kind, k, more string) string {
	return `{"node":"` + kind + `","key":"` + k + `","name":"` + k + `"` + more + `}`
}

func edge(rel, from, to, more string) string {
	return `{"edge":"` + rel + `","from":"` + from + `","to":"` + to + `"` + more + `}`
}

// live brings a release of an item that went live on a day of October 2026, with
// the status that it has since.
func live(k, version, kind, status, item string, day int) []string {
	at := `"2026-10-` + strconv.Itoa(100 + day)[1:] + `T12:00:00Z"`
	return []string{
		line("Release", k, `,"releaseVersion":"`+version+`","type":"`+kind+`","category":"DELTA","status":"`+status+`","liveAt":`+at),
		edge("CHANGES", "Release:"+k, "ConfigurationItem:"+item, `,"action":"MODIFY","toVersion":"`+version+`"`),
	}
}

// A new workstation is a standard installation, which goes by a model and no
// release.
func TestAStandardInstallationEntersNoRelease_H7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		f.Lines(
			line("ConfigurationItem", "ws-7", `,"class":"WORKSTATION"`),
			line("ChangeModel", "new-workstation", `,"preauthorised":true,"classes":["WORKSTATION"],"justification":"work","plan":"take it from stock","backOutKind":"FULL","backOutPlan":"put it back"`),
		)
		_, err := f.Changes.RequestStandardChange(f.As("rita", domain.Requester), change.FromModel{
			Key: "S-1", Name: "a new workstation", Model: apptest.Key("new-workstation"), Items: apptest.ByKeys("ws-7"),
		}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, f.Status("S-1"))
		delta(f)
		_, err = f.Records.Connect(f.Ctx, domain.RelImplements, apptest.Key("R"), apptest.Key("S-1"), nil, nil)
		require.ErrorContains(t, err, "a standard installation goes by implementChangeRequest")
	})
}

// accepting brings R into acceptance.
func accepting(f *apptest.Fixture) {
	f.T.Helper()
	f.Lines(paying...)
	delta(f)
	agreed(f, "R", "pay-install")
	f.Connect(domain.RelKitOf, "pay-calc-1.1.0", "R", nil)
	f.Connect(domain.RelKitOf, "pay-install", "R", nil)
	submitted(f)
}

func submitted(f *apptest.Fixture) {
	f.T.Helper()
	_, err := f.Releases.StartBuild(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
	require.NoError(f.T, err)
	_, err = f.Releases.SubmitForAcceptance(f.As("bea", domain.BuildManager), apptest.OfRelease("R"), nil)
	require.NoError(f.T, err)
}

func TestANegativeVerdictIsReplannedByChangeManagement_R8_H9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		_, err := f.Releases.RejectRelease(f.As("tom", domain.TestManager), domain.Verb{Ref: apptest.Key("R")}, nil)
		require.ErrorContains(t, err, "a reason")
		_, err = f.Releases.RejectRelease(f.As("tom", domain.TestManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ReleaseRejected, f.Release("R").Status)
		require.Equal(t, domain.ChangeInRelease, f.Status("C-1"))

		_, err = f.Releases.ReplanRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Releases.ReplanRelease(f.As("max", domain.ChangeManager), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ReleasePlanned, f.Release("R").Status)
		require.Equal(t, domain.ChangeAuthorised, f.Status("C-1"), "H9")
		require.Equal(t, 1, f.Rfc("C-1").ContentVersion, "its votes stand as long as its content does (H9)")
		submitted(f)
		require.Equal(t, 2, f.Release("R").Round, "R21")
	})
}

func TestWhatIsDecidedOfAReleaseStandsAgainstImports_C6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		again, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: append([]string{line("Release", "R", `,"releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"PLANNED"`)}, paying...)}, nil)
		require.NoError(t, err)
		require.Empty(t, again.Wrong)
		require.Equal(t, domain.ReleaseInAcceptance, f.Release("R").Status)
		require.Equal(t, domain.ChangeInRelease, f.Status("C-1"))
	})
}

func TestAnEmergencyThatIsNoneIsToldAllAtOnce_R9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(
			line("ConfigurationItem", "pay-calc", `,"class":"PROGRAM","productVersion":"1.0.0"`),
			line("ConfigurationItem", "pay-ui", `,"class":"PROGRAM","productVersion":"1.0.0"`),
			line("MediaItem", "pay-install", `,"kind":"SCRIPT","productVersion":"1.0.1","sha256":"`+digest+`","size":3,"status":"ACCEPTED","stored":true`),
			line("ReleasePolicy", "strict", `,"status":"IN_FORCE","emergency":{"maxProblems":2,"minimumPriority":"HIGH"}`),
			line("Board", "ecab", `,"members":["ann"],"quorum":1,"emergency":true`),
			line("Problem", "P-1", `,"status":"DIAGNOSED","priority":"CRITICAL","cause":"c"`),
			line("Problem", "P-2", `,"status":"OPEN","priority":"CRITICAL"`),
			line("Problem", "P-3", `,"status":"DIAGNOSED","priority":"LOW","cause":"c"`),
			line("ChangeRequest", "C-1", `,"type":"EMERGENCY","status":"AUTHORISED","requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"`),
			line("ChangeRequest", "C-2", `,"type":"NORMAL","status":"ASSESSED","requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"`),
			edge("DECIDED_BY", "ChangeRequest:C-1", "Board:ecab", ""),
			edge("RESOLVES", "ChangeRequest:C-1", "Problem:P-1", ""), edge("RESOLVES", "ChangeRequest:C-1", "Problem:P-2", ""),
			edge("RESOLVES", "ChangeRequest:C-1", "Problem:P-3", ""),
			edge("AFFECTS", "ChangeRequest:C-1", "ConfigurationItem:pay-calc", ""), edge("AFFECTS", "ChangeRequest:C-2", "ConfigurationItem:pay-calc", ""),
		)
		f.Create(domain.KindRelease, "E", apptest.Values{"releaseVersion": "1.0.1", "type": "EMERGENCY", "category": "DELTA"})
		for _, item := range []string{"pay-calc", "pay-ui"} {
			f.Connect(domain.RelChanges, "E", item, apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.0.1"})
		}
		f.Connect(domain.RelImplements, "E", "C-1", nil)
		f.Connect(domain.RelImplements, "E", "C-2", nil)
		agreed(f, "E", "pay-install")
		require.ElementsMatch(t, []string{
			"AUTHORISED: authorised requests: C-2 is ASSESSED",
			"TRACED: items that its requests are about: pay-ui is affected by none of its requests",
			"EMERGENCY_BOARD: requests that an emergency board decides only: not so C-2",
			"EMERGENCY_CHANGE: emergency changes only: C-2 is NORMAL",
			"FEW_PROBLEMS: at most 2 problems that it fixes: it has 3",
			"KNOWN: known problems only: P-2 is OPEN without a known error",
			"PRIORITY: problems of priority HIGH or above only: P-3 is LOW",
			"STOWAWAY_CHANGE: requests that resolve a problem only: C-2 resolves none",
			"STOWAWAY_ITEM: items that one of its requests affects only: not so pay-ui",
		}, f.Lacks("E", domain.StartBuild))
		_, err := f.Releases.StartBuild(f.As("mia", domain.ReleaseManager), apptest.OfRelease("E"), nil)
		require.Len(t, apptest.DomainErrors(err), 9)
		require.Equal(t, domain.ReleasePlanned, f.Release("E").Status)
	})
}

func TestNumbersRiseOnTheirLine_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		f.Lines(live("M1", "1.0.0", "MAJOR", "CLOSED", "pay-calc", 1)...)
		f.Lines(live("N14", "1.4.0", "MINOR", "CLOSED", "pay-calc", 2)...)
		f.Lines(live("M2", "2.0.0", "MAJOR", "CLOSED", "pay-calc", 3)...)
		f.Create(domain.KindRelease, "R", apptest.Values{"releaseVersion": "1.4.1", "type": "EMERGENCY", "category": "DELTA"})
		f.Connect(domain.RelChanges, "R", "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.4.0", "toVersion": "1.4.1"})
		number := func(version, kind string) (list []string) {
			_, err := f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"releaseVersion": version, "type": kind}, nil, nil)
			require.NoError(t, err)
			for _, lack := range f.Lacks("R", domain.StartBuild) {
				if len(lack) > 7 && lack[:7] == "NUMBER:" {
					list = append(list, lack)
				}
			}
			return list
		}
		require.Empty(t, number("1.4.1", "EMERGENCY"), "it goes on on its line")
		falls := []string{"NUMBER: a number that rises: 1.9.0 of pay is below 2.0.0 of M2"}
		require.Equal(t, falls, number("1.9.0", "MINOR"))
		f.Lines(line("ReleasePolicy", "lines", `,"status":"IN_FORCE","parallelLines":true`))
		require.Empty(t, number("1.9.0", "MINOR"), "lines may go on in parallel")
		require.Equal(t, falls, number("1.9.0", "MAJOR"), "a MAJOR is above all")
	})
}

func TestTheNumberOfACancelledReleaseStaysTaken_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		f.Create(domain.KindRelease, "old", apptest.Values{"releaseVersion": "1.1.0+b1", "type": "MINOR", "category": "DELTA"})
		f.Connect(domain.RelChanges, "old", "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.1.0"})
		_, err := f.Releases.CancelRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("old"), nil)
		require.NoError(t, err)
		f.Create(domain.KindRelease, "R", apptest.Values{"releaseVersion": "1.2.0", "type": "MINOR", "category": "DELTA"})
		f.Connect(domain.RelChanges, "R", "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.1.0"})
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"releaseVersion": "1.1.0"}, nil, nil)
		require.ErrorContains(t, err, "1.1.0 of pay is taken by 1.1.0+b1 of old (CANCELLED)")
	})
}

func TestFixesAreGatheredByThePolicyOfTheirItems_R16(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		f.Lines(live("E1", "1.4.2", "EMERGENCY", "CLOSED", "pay-calc", 3)...)
		f.Lines(live("E2", "1.4.3", "EMERGENCY", "VERIFYING", "pay-ui", 9)...)
		f.Lines(live("E3", "1.4.4", "EMERGENCY", "BACKED_OUT", "pay-ui", 20)...)
		f.Lines(line("ReleasePolicy", "small", `,"status":"IN_FORCE","package":{"every":"P1M","maxReleases":1,"maxItems":9},"packagePattern":"pay-{year}"`))
		gather := release.Gather{Since: release.Since{Time: new(apptest.March(1, 0))}, Key: "P-10"}
		_, err := f.Releases.GatherEmergencyFixes(f.As("mia", domain.ReleaseManager), gather, nil)
		require.ErrorContains(t, err, "2 releases, the policy allows 1: take E1 first")
		first := f.Release("E1")
		gather.Since = release.Since{Release: &domain.Ref{Key: &first.Key}}
		w, err := f.Releases.GatherEmergencyFixes(f.As("mia", domain.ReleaseManager), gather, nil)
		require.NoError(t, err)
		pack := w.Record.(*domain.Release)
		require.Equal(t, domain.PackageRelease, pack.Category)
		require.Equal(t, domain.MinorRelease, pack.Type)
		require.Regexp(t, `^pay-\d{4}$`, pack.ReleaseVersion)
		gather.Key = "P-11"
		_, err = f.Releases.GatherEmergencyFixes(f.As("mia", domain.ReleaseManager), gather, nil)
		require.ErrorContains(t, err, "in no package")
	})
}
