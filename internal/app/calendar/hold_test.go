package calendar_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
)

// HeldBy returns the freezes that hold a request.
// freeze declares a freeze of some days in March 2026.
func freeze(f *apptest.Fixture, k string, from, to int, in apptest.NewFreeze) *calendar.FreezeHold {
	f.T.Helper()
	in.Key, in.Name, in.From, in.To = k, "Freeze "+k, apptest.Some(apptest.March(from, 0)), apptest.Some(apptest.March(to, 0))
	got, err := f.CreateFreeze(f.Ctx, in, nil)
	require.NoError(f.T, err)
	return got
}

// H6: whatever changes which freezes a change meets, changes what holds it.
func TestAHoldFollowsTheEstateAndTheChangeItself_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		freeze(f, "data", 10, 11, apptest.NewFreeze{Classes: []domain.Class{domain.Database}})
		freeze(f, "emea", 10, 11, apptest.NewFreeze{Regions: []string{"emea"}})
		freeze(f, "shop", 10, 11, apptest.NewFreeze{Services: []*domain.Ref{apptest.Some(apptest.Key("shop"))}})
		update := func(kind, k string, patch apptest.Values) {
			t.Helper()
			_, err := f.Records.Update(f.Ctx, kind, apptest.Key(k), patch, nil, nil)
			require.NoError(t, err)
		}
		disconnect := func(rel, from, to string) {
			t.Helper()
			_, err := f.Records.Disconnect(f.Ctx, rel, apptest.Key(from), apptest.Key(to), nil, nil)
			require.NoError(t, err)
		}
		f.Change("A", 8, 12, "mail", nil)
		require.Empty(t, f.HeldBy("A"))
		update(domain.KindConfigurationItem, "mail", apptest.Values{"class": "DATABASE"})
		require.Equal(t, []string{"data"}, f.HeldBy("A"), "the item is something else")
		f.Connect(domain.RelDependsOn, "app", "mail", nil)
		require.Equal(t, []string{"data", "shop"}, f.HeldBy("A"), "the service has come to need it")
		f.Connect(domain.RelInstalledAt, "mail", "par", nil)
		require.Equal(t, []string{"data", "emea", "shop"}, f.HeldBy("A"), "the item has come to the site")
		update(domain.KindSite, "par", apptest.Values{"region": "apac"})
		require.Equal(t, []string{"data", "shop"}, f.HeldBy("A"), "the site lies elsewhere")
		disconnect(domain.RelDependsOn, "app", "mail")
		update(domain.KindConfigurationItem, "mail", apptest.Values{"class": "APPLICATION"})
		require.Empty(t, f.HeldBy("A"))

		all := freeze(f, "all", 10, 11, apptest.NewFreeze{Everywhere: apptest.Some(true)})
		require.Len(t, all.ChangeRequests(), 1)
		f.Change("B", 8, 12, "", nil)
		require.Equal(t, []string{"all"}, f.HeldBy("B"), "it is created into the freeze")
		withdrawn, err := f.Changes.WithdrawChangeRequest(f.Ctx, change.ChangeVerb{Ref: apptest.Key("B")}, nil)
		require.NoError(t, err)
		require.Empty(t, withdrawn.Record.(*domain.ChangeRequest).HeldBy, "what is given up is held by nothing")
		moved, err := f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("A"), apptest.Values{"plannedFrom": apptest.March(12, 1), "plannedTo": apptest.March(12, 2)}, nil, &domain.WriteOptions{DryRun: apptest.Some(true)})
		require.NoError(t, err)
		require.Empty(t, moved.Record.(*domain.ChangeRequest).HeldBy)
		require.Equal(t, []string{"all"}, f.HeldBy("A"), "that was a dry run")
		update(domain.KindFreeze, "all", apptest.Values{"key": "everything"})
		require.Equal(t, []string{"everything"}, f.HeldBy("A"))
		update(domain.KindChangeRequest, "A", apptest.Values{"key": "A-2"})
		require.Equal(t, []string{"everything"}, f.HeldBy("A-2"))
		update(domain.KindFreeze, "everything", apptest.Values{"from": apptest.March(15, 0), "to": apptest.March(16, 0)})
		require.Empty(t, f.HeldBy("A-2"))
	})
}

// H6: a change that is planned in the very moment in which a freeze is declared
// does not escape it, by whichever way it comes into the freeze.
func TestWhatIsPlannedAtOnceWithAFreezeIsHeldByIt_H6(t *testing.T) {
	const rounds = 6
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db", apptest.Values{"class": "DATABASE"})
		f.Site("par")
		ways := map[string]func(*apptest.Fixture, string, time.Time) error{
			"by its time": func(f *apptest.Fixture, k string, at time.Time) error {
				_, err := f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key(k), apptest.Values{"plannedFrom": at, "plannedTo": at.Add(time.Hour)}, nil, nil)
				return err
			},
			"by an item": func(f *apptest.Fixture, k string, _ time.Time) error {
				_, err := f.Records.Connect(f.Ctx, domain.RelAffects, apptest.Key(k), apptest.Key("db"), nil, nil)
				return err
			},
			"by being made": func(f *apptest.Fixture, k string, at time.Time) error {
				_, err := f.Records.Create(f.Ctx, domain.KindChangeRequest, apptest.Values{"key": k, "name": k, "plannedFrom": at, "plannedTo": at.Add(time.Hour)}, nil)
				return err
			},
			"by an import": func(f *apptest.Fixture, k string, at time.Time) error {
				done, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
					fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"X","plannedFrom":%q,"plannedTo":%q}`, k, at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339)),
				}}, nil)
				require.Empty(t, done.Wrong)
				return err
			},
		}
		n := 0
		for range rounds {
			for way, plan := range ways {
				n++
				k, at := fmt.Sprintf("C-%03d", n), apptest.March(1, 12).AddDate(0, 0, n)
				freeze := apptest.NewFreeze{Key: fmt.Sprintf("F-%03d", n), Name: "F", From: &at, To: apptest.Some(at.Add(2 * time.Hour))}
				switch way {
				case "by its time":
					f.Create(domain.KindChangeRequest, k, nil)
					freeze.Everywhere = apptest.Some(true)
				case "by an item":
					f.Create(domain.KindChangeRequest, k, apptest.Values{"plannedFrom": at, "plannedTo": at.Add(time.Hour)})
					freeze.Classes = []domain.Class{domain.Database}
				default:
					freeze.Everywhere = apptest.Some(true)
				}
				var wg sync.WaitGroup
				var planned, declared error
				wg.Go(func() { planned = plan(asAnother(f), k, at) })
				wg.Go(func() { _, declared = declare(asAnother(f), freeze) })
				wg.Wait()
				require.NoError(t, planned, way)
				require.NoError(t, declared, way)
				require.Equal(t, []string{freeze.Key}, f.HeldBy(k), "round %d, %s", n, way)
			}
		}
	})
}

// asAnother is the same estate as another request sees it.
func asAnother(f *apptest.Fixture) *apptest.Fixture {
	g := *f
	g.Ctx = f.WithLoads(f.T.Context())
	return &g
}

func declare(f *apptest.Fixture, in apptest.NewFreeze) (*calendar.FreezeHold, error) {
	return f.CreateFreeze(f.Ctx, in, nil)
}

// H6: of freezes that are declared at once none overlooks what it holds.
func TestFreezesDeclaredAtOnceAllHold_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Change("A", 8, 12, "", nil)
		var wg sync.WaitGroup
		const many = 4
		errs := make([]error, many)
		for i := range many {
			wg.Go(func() {
				_, errs[i] = declare(asAnother(f), apptest.NewFreeze{
					Key: fmt.Sprintf("F-%d", i), Name: "F", From: apptest.Some(apptest.March(10, 0)), To: apptest.Some(apptest.March(11, 0)), Everywhere: apptest.Some(true),
				})
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, []string{"F-0", "F-1", "F-2", "F-3"}, f.HeldBy("A"))
	})
}

// What holds cost an import follows what it touches, whatever else is planned
// at other times or on other things.
func TestAnImportsHoldsCostWhatItTouches_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db", apptest.Values{"class": "DATABASE"})
		freeze(f, "data", 10, 11, apptest.NewFreeze{Classes: []domain.Class{domain.Database}})
		others := func(from, to int) {
			var lines []string
			for i := from; i < to; i++ {
				lines = append(lines,
					fmt.Sprintf(`{"node":"ConfigurationItem","key":"i-%d","name":"I","class":"APPLICATION"}`, i),
					fmt.Sprintf(`{"node":"ChangeRequest","key":"O-%d","name":"O","plannedFrom":"2026-09-10T00:00:00Z","plannedTo":"2026-09-11T00:00:00Z"}`, i),
					fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:O-%d","to":"ConfigurationItem:i-%d"}`, i, i))
			}
			f.Brings(lines...)
		}
		cost := func(k string) [2]int64 {
			g := asAnother(f)
			calls, rows := f.Store.Calls.Load(), f.Store.Rows.Load()
			done, err := g.Bulk.ImportLines(g.Ctx, bulk.ImportLinesInput{Lines: []string{
				fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"C","plannedFrom":"2026-03-10T00:00:00Z","plannedTo":"2026-03-10T01:00:00Z"}`, k),
				fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:%s","to":"ConfigurationItem:db"}`, k),
			}}, nil)
			require.NoError(t, err)
			require.Equal(t, []bulk.ImportHold{{ChangeRequest: k, Before: []string{}, After: []string{"data"}}}, done.Held)
			return [2]int64{f.Store.Calls.Load() - calls, f.Store.Rows.Load() - rows}
		}
		others(0, 5)
		few := cost("C-1")
		others(5, 150)
		require.Equal(t, few, cost("C-2"))
	})
}
