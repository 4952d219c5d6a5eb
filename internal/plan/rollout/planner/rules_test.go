package planner_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
)

// world is a short way to tell an estate: items that depend on one another, and where
// they are installed in 1.0.0.
func world(depends string, installed string, changes ...rollout.Change) (*rollout.Input, func(string) rollout.ItemNo) {
	in := &rollout.Input{}
	items, sites := map[string]rollout.ItemNo{}, map[string]rollout.SiteNo{}
	item := func(key string) rollout.ItemNo {
		no, known := items[key]
		if !known {
			no = rollout.ItemNo(len(in.Items))
			items[key] = no
			in.Items = append(in.Items, rollout.Item{Key: key, Class: domain.Application, Status: domain.ItemLive, Environment: domain.Live})
		}
		return no
	}
	for _, link := range strings.Fields(depends) {
		from, to, _ := strings.Cut(link, ">")
		in.Dependencies = append(in.Dependencies, rollout.Dependency{From: item(from), To: item(to), Kind: domain.Uses, Impact: domain.ImpactFull})
	}
	for _, place := range strings.Fields(installed) {
		key, site, _ := strings.Cut(place, "@")
		no, known := sites[site]
		if !known {
			no = rollout.SiteNo(len(in.Sites))
			sites[site] = no
			in.Sites = append(in.Sites, rollout.Site{Key: site, Ring: domain.General, Users: pointer(10)})
		}
		in.Installed = append(in.Installed, rollout.Installation{Item: item(key), Site: no, Version: "1.0.0", ActiveVersion: "1.0.0"})
	}
	in.Releases = []rollout.Release{{Key: "R", Category: domain.DeltaRelease, Status: domain.ReleaseAccepted, Changes: changes}}
	in.Now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	return in, item
}

func modify(item rollout.ItemNo) rollout.Change {
	return rollout.Change{Item: item, Action: domain.ModifyItem, ToVersion: "2.0.0"}
}

// does writes what a site does, removals first.
func does(made *planner.Made, site string) string {
	var list []string
	for _, s := range made.Plan.Steps {
		if s.Site == site {
			c := made.Plan.Contents[s.Content]
			for _, a := range append(append([]rollout.Action{}, c.Remove...), c.Install...) {
				list = append(list, fmt.Sprintf("%s %s", a.Kind, a.Item))
			}
		}
	}
	return strings.Join(list, ", ")
}

func TestTheApproachDecidesTheWaves_P1(t *testing.T) {
	in, _ := world("a>b", "a@x b@y", modify(0), modify(1))
	require.Equal(t, "y | x", waves(plan(t, in).Plan))
	in.Approach = domain.BigBang
	made := plan(t, in)
	require.Equal(t, "y x", waves(made.Plan))
	require.Equal(t, "12-01T01:00 12-01T02:00", window(made, "x", 1), "by the hour the order stays")
	require.Contains(t, reasons(t, made, "x"), "P1.ONE_WAVE")

	in.Approach, in.Deadline = domain.Pull, pointer(in.Now.Add(72*time.Hour))
	in.Limits.SitesPerWave = pointer(1)
	in.Sites = append(in.Sites, rollout.Site{Key: "z", Users: pointer(1)})
	in.Installed = append(in.Installed, rollout.Installation{Item: 1, Site: 2, Version: "1.0.0"})
	made = plan(t, in)
	require.Equal(t, "y z | x", waves(made.Plan), "offers keep no limits")
	require.True(t, made.Plan.Waves[0].Offer)
	require.Equal(t, *in.Deadline, made.Plan.Steps[0].Window.To)
	require.Contains(t, reasons(t, made, "x"), "P1.OFFER")

	in.Approach, in.Deadline = domain.Continuous, nil
	in.Path = []rollout.PathEnvironment{{Environment: domain.Test, Gate: true}}
	made = plan(t, in)
	require.Equal(t, in.Path, made.Plan.Path)
	require.Equal(t, "y | z | x", waves(made.Plan))
}

func TestASiteReceivesWhatIsLowerAndKeepsWhatIsHigher_P2(t *testing.T) {
	in, _ := world("", "a@x a@y a@z b@x c@x", modify(0), rollout.Change{Item: 1, Action: domain.RemoveItem})
	in.Installed[1].Version, in.Installed[2].Version = "2.0.0", "3.0.0"
	made := plan(t, in)
	require.Equal(t, "REMOVE b, MODIFY a", does(made, "x"))
	require.Equal(t, []rollout.Present{{Site: "y", Item: "a", Version: "2.0.0"}}, made.Plan.UpToDate)
	require.Equal(t, []rollout.Present{{Site: "z", Item: "a", Version: "3.0.0"}}, made.Plan.Higher)

	in.Items[0].Status = domain.ItemWithdrawn
	require.Equal(t, "REMOVE b", does(plan(t, in), "x"))
}

func TestAFullReleaseHoldsItsUnitsWhereSomethingChanges_P2(t *testing.T) {
	in, _ := world("", "a@x b@x b@y c@x", modify(0))
	in.Releases[0].Category = domain.FullRelease
	in.Units = []rollout.Unit{{Key: "U", Items: []rollout.ItemNo{0, 1}}}
	made := plan(t, in)
	require.Equal(t, "MODIFY a, HELD b", does(made, "x"))
	require.Equal(t, "x", waves(made.Plan), "b alone at y is no reason to go there")
}

func TestAPackageBringsTheHighestOfItsParts_P2(t *testing.T) {
	in, _ := world("", "a@x b@x")
	higher := modify(0)
	higher.ToVersion, higher.Alone = "3.0.0", true
	in.Releases[0].Category, in.Releases[0].Bundles = domain.PackageRelease, []rollout.ReleaseNo{1, 2}
	in.Releases = append(in.Releases,
		rollout.Release{Key: "P1", Category: domain.DeltaRelease, Status: domain.ReleaseAccepted, Changes: []rollout.Change{modify(0), modify(1)}},
		rollout.Release{Key: "P2", Category: domain.DeltaRelease, Status: domain.ReleaseAccepted, Changes: []rollout.Change{higher}})
	c := plan(t, in).Plan.Contents[0]
	require.Equal(t, "3.0.0", c.Install[0].To)
	require.True(t, c.Install[0].Alone, "it coexists only when each part says so")
}

func TestAnAddedItemComesWhereSomethingThatChangesDependsOnIt_P2(t *testing.T) {
	in, item := world("a>lib lib>core", "a@x a@y b@z", modify(0))
	for _, key := range []string{"lib", "core"} {
		in.Releases[0].Changes = append(in.Releases[0].Changes, rollout.Change{Item: item(key), Action: domain.AddItem, ToVersion: "1.0.0"})
	}
	made := plan(t, in)
	require.Equal(t, "ADD core, ADD lib, MODIFY a", does(made, "x"), "what is needed first (P3)")
	require.Empty(t, does(made, "z"))
	in.Question.Sites = []rollout.SiteNo{2}
	require.Equal(t, "ADD core, ADD lib", does(plan(t, in), "z"), "the chosen sites get it")
}

func TestWhatDependsLeavesFirstAndCyclesStayTogether_P3(t *testing.T) {
	in, _ := world("a>mid mid>b b>host c>b b>c", "a@x b@x c@x host@x d@x", modify(0), modify(2), modify(3), modify(4), modify(5))
	require.Equal(t, "MODIFY d, MODIFY host, MODIFY b, MODIFY c, MODIFY a", does(plan(t, in), "x"))
	for i := range in.Releases[0].Changes {
		in.Releases[0].Changes[i] = rollout.Change{Item: in.Releases[0].Changes[i].Item, Action: domain.RemoveItem}
	}
	require.Equal(t, "REMOVE a, REMOVE b, REMOVE c, REMOVE d, REMOVE host", does(plan(t, in), "x"))
}

func TestTheInstanceThatServesDecidesTheOrder_P4(t *testing.T) {
	// Each site has its own db: no site waits for another.
	in, _ := world("a>db", "a@x db@x a@y db@y", modify(0), modify(1))
	require.Equal(t, "x y", waves(plan(t, in).Plan))
	// y has none, and needs hub; else any that has it.
	in, _ = world("a>db", "a@x db@x a@y db@hub", modify(0), modify(1))
	require.Equal(t, "hub x | y", waves(plan(t, in).Plan))
	in.Needs = []rollout.SiteLink{{From: 1, To: 2}}
	in.Limits.SitesPerWave = pointer(1)
	require.Equal(t, "hub | x | y", waves(plan(t, in).Plan), "x is not waited for")
	// What is removed goes after what depends on it.
	in, _ = world("a>db", "a@x db@y", modify(0), rollout.Change{Item: 1, Action: domain.RemoveItem})
	require.Equal(t, "x | y", waves(plan(t, in).Plan))
	// What only documents orders nothing (I11).
	in, _ = world("a>db", "a@x db@y", modify(0), modify(1))
	in.Dependencies[0].Impact = domain.ImpactNone
	require.Equal(t, "x y", waves(plan(t, in).Plan))
	// An item that is nowhere carries the chain.
	in, _ = world("a>ghost ghost>db", "a@x db@y", modify(0), modify(2))
	require.Equal(t, "y | x", waves(plan(t, in).Plan))
}

func TestAllCoexistsBeforeOneInstant_P4(t *testing.T) {
	in := example(t, "2")
	in.Activation = domain.Triggered
	require.Equal(t, "c | a", waves(plan(t, in).Plan), "order stays, together goes")
}

func TestWavesOfTheLastStageHaveARegionInCommon_P6(t *testing.T) {
	in, _ := world("", "a@p a@w a@x a@y a@z", modify(0))
	for i, region := range []string{"emea", "amer", "emea", "amer", "emea"} {
		in.Sites[i].Region = region
	}
	in.Sites[0].Ring = domain.PilotAlpha
	in.GroupByRegion = true
	made := plan(t, in)
	require.Equal(t, "p | w y | x z", waves(made.Plan))
	require.Equal(t, []string{"P6.REGION"}, reasons(t, made, "x"))
	require.Equal(t, 3, made.Plan.LowerBound)
}

func TestOtherWorkAndServiceHoursAreNotTouched_P7(t *testing.T) {
	in, _ := world("a>db", "a@x a@y", modify(0))
	in.Sites[0].Zone, in.Sites[0].ServiceHours = "Europe/Paris", "Mo-Fr 01:00-09:00"
	db := domain.TimeRange{From: in.Now, To: in.Now.Add(10 * time.Hour)}
	in.Works = []rollout.Work{{Record: "ChangeRequest:C-1", When: db, Items: []rollout.ItemNo{1}}}
	made := plan(t, in)
	// a depends on db, so that both sites wait for C-1; x's hours are over by then.
	require.Equal(t, "12-01T10:00 12-01T11:00", window(made, "x", 1))
	require.Equal(t, []string{"P7.CONFLICT ChangeRequest:C-1"}, reasons(t, made, "x"))
	in.Works = nil
	made = plan(t, in)
	require.Equal(t, "12-01T08:00 12-01T09:00", window(made, "x", 1))
	require.Equal(t, []string{"P7.HOURS x"}, reasons(t, made, "x"))
}

func TestTheLengthOfAStepIsThatOfThePast_P7(t *testing.T) {
	in, _ := world("", "a@x", modify(0))
	for n := range 10 {
		in.Past = append(in.Past, rollout.PastRollout{Items: []rollout.ItemNo{0}, Took: time.Duration(10-n) * 10 * time.Minute})
	}
	e := plan(t, in).Plan.Steps[0].Effort
	require.Equal(t, rollout.Effort{Duration: 90 * time.Minute, Median: 50 * time.Minute, P90: 90 * time.Minute, Samples: 10}, e)
}

func TestWithADateThereAreAsManyWavesAsItTakes_P7(t *testing.T) {
	// x opens on the 20th only. In two waves it ends on the 21st; where x comes last, on
	// the 20th.
	in, _ := world("", "a@x a@y a@z", modify(0))
	from, to := in.Now.Add(20*24*time.Hour), in.Now.Add(20*24*time.Hour+time.Hour)
	in.Windows = []rollout.Opening{{Key: "w", Sites: []rollout.SiteNo{0}}}
	in.Windows[0].Spec.From, in.Windows[0].Spec.To = &from, &to
	in.Limits.SitesPerWave, in.Soak = pointer(2), 24*time.Hour
	made := plan(t, in)
	require.Equal(t, to, made.Plan.Window().To)
	require.Equal(t, 2, made.Plan.Steps[2].Wave)
	require.Equal(t, "x", made.Plan.Steps[2].Site)
}

func TestEachSiteIsInstalledBeforeTheInstant_P8(t *testing.T) {
	in, _ := world("a>b", "a@x b@y", modify(0), modify(1))
	in.Activation, in.ActivateAt, in.Soak = domain.Scheduled, pointer(in.Now.Add(26*time.Hour)), 24*time.Hour
	made := plan(t, in)
	require.Equal(t, "y | x", waves(made.Plan))
	require.Equal(t, *in.ActivateAt, made.Plan.Window().To, "no soak after the last wave")
	in.ActivateAt = pointer(in.Now.Add(26*time.Hour - time.Minute))
	require.Nil(t, plan(t, in).Plan)
}

func TestWhatAnotherPlanBringsCountsAsBrought_P9(t *testing.T) {
	in := example(t, "11")
	var required rollout.ReleaseNo
	for i, r := range in.Releases {
		if r.Key == "REL-0" {
			required = rollout.ReleaseNo(i)
		}
	}
	by := in.Now.Add(30 * time.Hour)
	in.Brought = []rollout.Brought{{Release: required, Site: 0, Deployment: "D-7", By: by}}
	made := plan(t, in)
	require.Equal(t, "b a", waves(made.Plan))
	require.Equal(t, by, made.Plan.Steps[1].Window.From)
	require.Equal(t, []rollout.Reliance{{Deployment: "D-7", Site: "a", Release: "REL-0", By: by}}, made.Plan.Relies)
	require.Contains(t, reasons(t, made, "a"), "P9.AFTER REL-0")
}

func TestAPartyTakesSoManySitesADay_P13(t *testing.T) {
	in, _ := world("", "a@x a@y a@z", modify(0))
	in.Parties = []rollout.Party{{Key: "desk", Zone: "Europe/Paris", SitesPerDay: pointer(1)}}
	in.Items[0].SupportedBy = []rollout.PartyNo{0}
	in.Loads = []rollout.Load{{Party: 0, At: in.Now.Add(24 * time.Hour), Sites: 1}}
	made := plan(t, in)
	require.Equal(t, "x | y | z", waves(made.Plan))
	// The 2nd is taken by another plan; days begin at 23:00 UTC.
	require.Equal(t, "12-02T23:00 12-03T00:00", window(made, "y", 2))
	require.Contains(t, reasons(t, made, "y"), "P13.CAPACITY sitesPerDay")
}

func TestOneWaveCannotHoldAPair_P1(t *testing.T) {
	in := example(t, "6")
	in.Approach = domain.BigBang
	require.Equal(t, []string{"P1 BIG_BANG", "P13 Site:a Site:b"}, constraintNames(plan(t, in)))
}

// Work longer than what the calendar is looked at for at once.
func TestLongWorkFindsItsPlace_P7(t *testing.T) {
	in, _ := world("", "a@x", modify(0))
	from, to := in.Now, in.Now.Add(20*24*time.Hour)
	again, until := in.Now.Add(62*24*time.Hour), in.Now.Add(70*24*time.Hour)
	in.Freezes = []rollout.Opening{{Key: "f", Everywhere: true}, {Key: "g", Everywhere: true}}
	in.Freezes[0].Spec.From, in.Freezes[0].Spec.To = &from, &to
	in.Freezes[1].Spec.From, in.Freezes[1].Spec.To = &again, &until
	in.WorkDuration = 40 * 24 * time.Hour
	require.Equal(t, to, plan(t, in).Plan.Window().From, "40 of the 42 days between the freezes")
	in.WorkDuration = 43 * 24 * time.Hour
	require.Equal(t, until, plan(t, in).Plan.Window().From)
}

// What sites choose is in waves by order alone, however long it takes.
func TestOffersComeAsEarlyAsTheOrderLetsThem_P1(t *testing.T) {
	in, _ := world("a>b b>c", "a@x b@y c@z d@w", modify(0), modify(1), modify(2), modify(3))
	in.Approach = domain.Pull
	in.Past = []rollout.PastRollout{{Items: []rollout.ItemNo{0}, Took: 9 * time.Hour}, {Items: []rollout.ItemNo{3}, Took: 9 * time.Hour}}
	require.Equal(t, "w z | y | x", waves(plan(t, in).Plan))
}
