package app_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func (f *fixture) heldBy(k string) []string {
	f.t.Helper()
	return f.read(domain.KindChangeRequest, k).(*domain.ChangeRequest).HeldBy
}

// freeze declares a freeze of some days in March 2026.
func (f *fixture) freeze(k string, from, to int, in newFreeze) *app.FreezeHold {
	f.t.Helper()
	in.Key, in.Name, in.From, in.To = k, "Freeze "+k, some(march(from, 0)), some(march(to, 0))
	got, err := f.CreateFreeze(f.ctx, in, nil)
	require.NoError(f.t, err)
	return got
}

// H6: whatever changes which freezes a change meets, changes what holds it.
func TestAHoldFollowsTheEstateAndTheChangeItself_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.freeze("data", 10, 11, newFreeze{Classes: []domain.Class{domain.Database}})
		f.freeze("emea", 10, 11, newFreeze{Regions: []string{"emea"}})
		f.freeze("shop", 10, 11, newFreeze{Services: []*domain.Ref{some(key("shop"))}})
		update := func(kind, k string, patch values) {
			t.Helper()
			_, err := f.Update(f.ctx, kind, key(k), patch, nil, nil)
			require.NoError(t, err)
		}
		disconnect := func(rel, from, to string) {
			t.Helper()
			_, err := f.Disconnect(f.ctx, rel, key(from), key(to), nil, nil)
			require.NoError(t, err)
		}
		f.change("A", 8, 12, "mail", nil)
		require.Empty(t, f.heldBy("A"))
		update(domain.KindConfigurationItem, "mail", values{"class": "DATABASE"})
		require.Equal(t, []string{"data"}, f.heldBy("A"), "the item is something else")
		f.connect(domain.RelDependsOn, "app", "mail", nil)
		require.Equal(t, []string{"data", "shop"}, f.heldBy("A"), "the service has come to need it")
		f.connect(domain.RelInstalledAt, "mail", "par", nil)
		require.Equal(t, []string{"data", "emea", "shop"}, f.heldBy("A"), "the item has come to the site")
		update(domain.KindSite, "par", values{"region": "apac"})
		require.Equal(t, []string{"data", "shop"}, f.heldBy("A"), "the site lies elsewhere")
		disconnect(domain.RelDependsOn, "app", "mail")
		update(domain.KindConfigurationItem, "mail", values{"class": "APPLICATION"})
		require.Empty(t, f.heldBy("A"))

		all := f.freeze("all", 10, 11, newFreeze{Everywhere: some(true)})
		require.Len(t, all.ChangeRequests(), 1)
		f.change("B", 8, 12, "", nil)
		require.Equal(t, []string{"all"}, f.heldBy("B"), "it is created into the freeze")
		withdrawn, err := f.WithdrawChangeRequest(f.ctx, app.ChangeVerb{Ref: key("B")}, nil)
		require.NoError(t, err)
		require.Empty(t, withdrawn.Record.(*domain.ChangeRequest).HeldBy, "what is given up is held by nothing")
		moved, err := f.Update(f.ctx, domain.KindChangeRequest, key("A"), values{"plannedFrom": march(12, 1), "plannedTo": march(12, 2)}, nil, &domain.WriteOptions{DryRun: some(true)})
		require.NoError(t, err)
		require.Empty(t, moved.Record.(*domain.ChangeRequest).HeldBy)
		require.Equal(t, []string{"all"}, f.heldBy("A"), "that was a dry run")
		update(domain.KindFreeze, "all", values{"key": "everything"})
		require.Equal(t, []string{"everything"}, f.heldBy("A"))
		update(domain.KindChangeRequest, "A", values{"key": "A-2"})
		require.Equal(t, []string{"everything"}, f.heldBy("A-2"))
		update(domain.KindFreeze, "everything", values{"from": march(15, 0), "to": march(16, 0)})
		require.Empty(t, f.heldBy("A-2"))
	})
}

// H6: a change that is planned in the very moment in which a freeze is declared
// does not escape it, by whichever way it comes into the freeze.
func TestWhatIsPlannedAtOnceWithAFreezeIsHeldByIt_H6(t *testing.T) {
	const rounds = 6
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db", values{"class": "DATABASE"})
		f.site("par")
		ways := map[string]func(*fixture, string, time.Time) error{
			"by its time": func(f *fixture, k string, at time.Time) error {
				_, err := f.Update(f.ctx, domain.KindChangeRequest, key(k), values{"plannedFrom": at, "plannedTo": at.Add(time.Hour)}, nil, nil)
				return err
			},
			"by an item": func(f *fixture, k string, _ time.Time) error {
				_, err := f.Connect(f.ctx, domain.RelAffects, key(k), key("db"), nil, nil)
				return err
			},
			"by being made": func(f *fixture, k string, at time.Time) error {
				_, err := f.Create(f.ctx, domain.KindChangeRequest, values{"key": k, "name": k, "plannedFrom": at, "plannedTo": at.Add(time.Hour)}, nil)
				return err
			},
			"by an import": func(f *fixture, k string, at time.Time) error {
				done, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{
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
				k, at := fmt.Sprintf("C-%03d", n), march(1, 12).AddDate(0, 0, n)
				freeze := newFreeze{Key: fmt.Sprintf("F-%03d", n), Name: "F", From: &at, To: some(at.Add(2 * time.Hour))}
				switch way {
				case "by its time":
					f.create(domain.KindChangeRequest, k, nil)
					freeze.Everywhere = some(true)
				case "by an item":
					f.create(domain.KindChangeRequest, k, values{"plannedFrom": at, "plannedTo": at.Add(time.Hour)})
					freeze.Classes = []domain.Class{domain.Database}
				default:
					freeze.Everywhere = some(true)
				}
				var wg sync.WaitGroup
				var planned, declared error
				wg.Go(func() { planned = plan(f.asAnother(), k, at) })
				wg.Go(func() { _, declared = f.asAnother().declare(freeze) })
				wg.Wait()
				require.NoError(t, planned, way)
				require.NoError(t, declared, way)
				require.Equal(t, []string{freeze.Key}, f.heldBy(k), "round %d, %s", n, way)
			}
		}
	})
}

// asAnother is the same estate as another request sees it.
func (f *fixture) asAnother() *fixture {
	g := *f
	g.ctx = f.WithLoads(f.t.Context())
	return &g
}

func (f *fixture) declare(in newFreeze) (*app.FreezeHold, error) {
	return f.CreateFreeze(f.ctx, in, nil)
}

// H6: of freezes that are declared at once none overlooks what it holds.
func TestFreezesDeclaredAtOnceAllHold_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.change("A", 8, 12, "", nil)
		var wg sync.WaitGroup
		const many = 4
		errs := make([]error, many)
		for i := range many {
			wg.Go(func() {
				_, errs[i] = f.asAnother().declare(newFreeze{
					Key: fmt.Sprintf("F-%d", i), Name: "F", From: some(march(10, 0)), To: some(march(11, 0)), Everywhere: some(true),
				})
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Equal(t, []string{"F-0", "F-1", "F-2", "F-3"}, f.heldBy("A"))
	})
}

// What holds cost an import follows what it touches, whatever else is planned
// at other times or on other things.
func TestAnImportsHoldsCostWhatItTouches_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db", values{"class": "DATABASE"})
		f.freeze("data", 10, 11, newFreeze{Classes: []domain.Class{domain.Database}})
		others := func(from, to int) {
			var lines []string
			for i := from; i < to; i++ {
				lines = append(lines,
					fmt.Sprintf(`{"node":"ConfigurationItem","key":"i-%d","name":"I","class":"APPLICATION"}`, i),
					fmt.Sprintf(`{"node":"ChangeRequest","key":"O-%d","name":"O","plannedFrom":"2026-09-10T00:00:00Z","plannedTo":"2026-09-11T00:00:00Z"}`, i),
					fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:O-%d","to":"ConfigurationItem:i-%d"}`, i, i))
			}
			f.brings(lines...)
		}
		cost := func(k string) [2]int64 {
			g := f.asAnother()
			calls, rows := f.store.calls.Load(), f.store.rows.Load()
			done, err := g.ImportLines(g.ctx, app.ImportLinesInput{Lines: []string{
				fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"C","plannedFrom":"2026-03-10T00:00:00Z","plannedTo":"2026-03-10T01:00:00Z"}`, k),
				fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:%s","to":"ConfigurationItem:db"}`, k),
			}}, nil)
			require.NoError(t, err)
			require.Equal(t, []app.ImportHold{{ChangeRequest: k, Before: []string{}, After: []string{"data"}}}, done.Held)
			return [2]int64{f.store.calls.Load() - calls, f.store.rows.Load() - rows}
		}
		others(0, 5)
		few := cost("C-1")
		others(5, 150)
		require.Equal(t, few, cost("C-2"))
	})
}
