package preparation_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/preparation"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// shop is an estate in which a release changes what runs at two sites and a team
// supports.
var shop = []string{
	`{"node":"Site","key":"lyo","name":"Lyon"}`, `{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"nyc","name":"New York"}`,
	`{"node":"Party","key":"desk","name":"Service desk","type":"TEAM"}`, `{"node":"Party","key":"ann","name":"Ann","type":"PERSON"}`,
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"APPLICATION"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo"}`, `{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par"}`,
	`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:pay","to":"Party:desk"}`, `{"edge":"SUPPORTED_BY","from":"ConfigurationItem:pay","to":"Party:ann"}`,
	`{"node":"Release","key":"R-1","name":"R-1","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"PLANNED",
	  "plannedFrom":"2027-03-10T00:00:00Z","plannedTo":"2027-03-12T00:00:00Z","budgetPlanned":"1000","currency":"EUR"}`,
	`{"edge":"CHANGES","from":"Release:R-1","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
}

func estateOf(f *apptest.Fixture) {
	lines := make([]string, len(shop))
	for i, line := range shop {
		lines[i] = oneLine(line)
	}
	f.Brings(lines...)
}

func oneLine(s string) string {
	var b []rune
	for _, r := range s {
		if r != '\n' && r != '\t' {
			b = append(b, r)
		}
	}
	return string(b)
}

// tasksLacking are what the move lacks of its tasks.
func tasksLacking(f *apptest.Fixture, verb string) (list []string) {
	for _, lack := range f.Lacks("R-1", verb) {
		if len(lack) > 6 && lack[:6] == "TASKS:" {
			list = append(list, lack[7:])
		}
	}
	return list
}

func TestThePolicysTasksArePlannedAndDoneBeforeBuilding_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		estateOf(f)
		require.Len(t, tasksLacking(f, domain.StartBuild), 2)
		lead := f.As("marta", domain.ReleaseManager)
		for range 2 { // the second time there is nothing left to plan
			_, err := f.Preparation.PlanReleaseTasks(lead, domain.Verb{Ref: apptest.Key("R-1")}, nil)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"the task r-1-quality_plan (QUALITY_PLAN) done", "the task r-1-resource (RESOURCE) done"}, tasksLacking(f, domain.StartBuild))
		for _, key := range []string{"r-1-quality_plan", "r-1-resource"} {
			_, err := f.Records.Update(f.Ctx, domain.KindTask, apptest.Key(key), apptest.Values{"done": true}, nil, nil)
			require.NoError(t, err)
		}
		require.Empty(t, tasksLacking(f, domain.StartBuild))
		require.False(t, f.Read(domain.KindTask, "r-1-training").(*domain.Task).Done, "it is due before DEPLOYING")
	})
}

func TestTasksWaitForOneAnotherInNoCircleAndInOrder_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		estateOf(f)
		for _, key := range []string{"a", "b", "c"} {
			f.Create(domain.KindTask, key, apptest.Values{"kind": "OTHER"})
		}
		f.Connect(domain.RelBlockedBy, "a", "b", nil)
		f.Connect(domain.RelBlockedBy, "b", "c", nil)
		_, err := f.Records.Connect(f.Ctx, domain.RelBlockedBy, apptest.Key("c"), apptest.Key("a"), nil, nil)
		require.ErrorContains(t, err, "c → a → b → c")
		_, err = f.Records.Connect(f.Ctx, domain.RelBlockedBy, apptest.Key("a"), apptest.Key("a"), nil, nil)
		require.Error(t, err)
		done := func(key string) error {
			_, err := f.Records.Update(f.Ctx, domain.KindTask, apptest.Key(key), apptest.Values{"done": true}, nil, nil)
			return err
		}
		require.ErrorContains(t, done("a"), "waits for b")
		require.NoError(t, done("c"))
		require.NoError(t, done("b"))
		require.NoError(t, done("a"))
	})
}

func TestABudgetHasOneCurrencyAndAddsUp_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		estateOf(f)
		f.Create(domain.KindTask, "disks", apptest.Values{"kind": "PURCHASE", "plannedCost": "800.50", "currency": "EUR"})
		f.Create(domain.KindTask, "course", apptest.Values{"kind": "TRAINING", "plannedCost": "300", "spentCost": "100", "currency": "EUR"})
		f.Create(domain.KindTask, "travel", apptest.Values{"kind": "OTHER", "plannedCost": "5", "currency": "USD"})
		for _, key := range []string{"disks", "course"} {
			_, err := f.Records.Connect(f.Ctx, domain.RelPrepares, apptest.Key(key), apptest.Key("R-1"), nil, nil)
			require.NoError(t, err)
		}
		_, err := f.Records.Connect(f.Ctx, domain.RelPrepares, apptest.Key("travel"), apptest.Key("R-1"), nil, nil)
		require.ErrorContains(t, err, "the budget of R-1 is in EUR")
		b, err := f.Preparation.Budget(f.Ctx, f.Release("R-1"))
		require.NoError(t, err)
		require.Equal(t, []string{"EUR", "1000.00", "1100.50", "100.00", "1100.50", "100.50"}, []string{*b.Currency, *b.Approved, b.Planned, b.Spent, b.Expected, *b.Over})
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R-1"), apptest.Values{"currency": "USD"}, nil, nil)
		require.ErrorContains(t, err, "is in EUR")
	})
}

func TestTheCalendarIsAcceptedByThoseWhomItConcerns_R13(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		estateOf(f)
		r, desk, ann, lyo, nyc := apptest.Key("R-1"), apptest.Key("desk"), apptest.Key("ann"), apptest.Key("lyo"), apptest.Key("nyc")
		support := f.As("sue", domain.SupportManager)
		yes := func(in preparation.AnswerCalendar) preparation.AnswerCalendar {
			in.Release, in.Verdict = r, domain.AcceptCalendar
			return in
		}
		_, err := f.Preparation.AnswerReleaseCalendar(support, yes(preparation.AnswerCalendar{Party: &desk}), nil)
		require.NoError(t, err)
		_, err = f.Preparation.AnswerReleaseCalendar(support, yes(preparation.AnswerCalendar{Party: &ann}), nil)
		require.ErrorContains(t, err, "does not answer for ann")
		_, err = f.Preparation.AnswerReleaseCalendar(support, yes(preparation.AnswerCalendar{Site: &lyo}), nil)
		require.ErrorContains(t, err, "SITE_OPERATOR of it does")
		_, err = f.Preparation.AnswerReleaseCalendar(f.Ctx, yes(preparation.AnswerCalendar{Site: &nyc}), nil)
		require.ErrorContains(t, err, "nyc is not asked")
		_, err = f.Preparation.AnswerReleaseCalendar(f.Ctx, yes(preparation.AnswerCalendar{Site: &nyc, Party: &desk}), nil)
		require.ErrorContains(t, err, "either party or site")
		_, err = f.Preparation.AnswerReleaseCalendar(f.Ctx, yes(preparation.AnswerCalendar{Site: &lyo}), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"ann", "desk +", "lyo +", "par"}, asked(t, f))

		_, err = f.Records.Update(f.Ctx, domain.KindRelease, r, apptest.Values{"plannedTo": "2027-03-11T00:00:00Z"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"ann", "desk +", "lyo +", "par"}, asked(t, f), "shorter, within what was accepted")
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, r, apptest.Values{"plannedTo": "2027-03-20T00:00:00Z"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"ann", "desk", "lyo", "par"}, asked(t, f), "longer: asked again")
	})
}

// asked are the keys of those who are asked, those with a standing answer marked.
func asked(t *testing.T, f *apptest.Fixture) (list []string) {
	t.Helper()
	asks, err := f.Preparation.CalendarAsked(f.Ctx, f.Release("R-1"))
	require.NoError(t, err)
	for _, a := range asks {
		var key string
		if a.Party != nil {
			key = a.Party.Key
		} else {
			key = a.Site.Key
		}
		if a.Stands {
			key += " +"
		}
		list = append(list, key)
	}
	return list
}

func TestAnImportBringsNoTaskThatPreparesTwoThings_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		estateOf(f)
		f.Create(domain.KindChangeRequest, "C-1", nil)
		got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
			`{"node":"Task","key":"both","name":"both","kind":"OTHER"}`,
			`{"edge":"PREPARES","from":"Task:both","to":"Release:R-1"}`, `{"edge":"PREPARES","from":"Task:both","to":"ChangeRequest:C-1"}`,
		}}, nil)
		require.NoError(t, err)
		require.NotEmpty(t, got.Wrong)
		require.Contains(t, got.Wrong[0].Message, "a task prepares one thing")
	})
}

// Two who act at once: of a task that is done and one that is found to block it, one
// is refused, and a task never prepares two things.
func TestTwoAtOnceDoNotMissEachOther_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		estateOf(f)
		f.Create(domain.KindChangeRequest, "C-1", nil)
		for n := range 8 {
			first, second, plan := fmt.Sprint("first", n), fmt.Sprint("second", n), fmt.Sprint("plan", n)
			for _, key := range []string{first, second, plan} {
				f.Create(domain.KindTask, key, apptest.Values{"kind": "OTHER"})
			}
			atOnce(func() error {
				_, err := f.Records.Update(f.Ctx, domain.KindTask, apptest.Key(second), apptest.Values{"done": true}, nil, nil)
				return err
			}, func() error {
				_, err := f.Records.Connect(f.Ctx, domain.RelBlockedBy, apptest.Key(second), apptest.Key(first), nil, nil)
				return err
			})
			waits, done := f.Linked(domain.RelBlockedBy, second, first), f.Read(domain.KindTask, second).(*domain.Task).Done
			require.False(t, waits && done, "%s is done, and waits for %s", second, first)
			require.True(t, waits || done, "one of both holds")

			prepares := func(what, key string) func() error {
				return func() error {
					_, err := f.Records.Connect(f.Ctx, what, apptest.Key(plan), apptest.Key(key), nil, nil)
					return err
				}
			}
			atOnce(prepares("ReleasePreparation", "R-1"), prepares("Preparation", "C-1"))
			task := store.ID(f.Read(domain.KindTask, plan).(*domain.Task).ID)
			pages, err := f.Store.Edges(f.Ctx, store.EdgeQuery{Nodes: []store.ID{task}, Rel: domain.RelPrepares, Direction: store.Out})
			require.NoError(t, err)
			require.Len(t, pages[0].Edges, 1, "a task prepares one thing")
		}
	})
}

func atOnce(list ...func() error) {
	var all sync.WaitGroup
	for _, do := range list {
		all.Go(func() { _ = do() }) // which of them is refused does not matter
	}
	all.Wait()
}
