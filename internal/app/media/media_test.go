package media_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/media"
	"releasegraph/internal/domain"
)

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestAMediaItemIsAcceptedByAnotherThanWhoPutIt_L1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Create(domain.KindMediaItem, "kit", apptest.Values{"productVersion": "1.0.0", "sha256": digest, "size": 4, "terms": "LICENSED"})
		carl := f.As("carl", domain.ConfigurationManager)
		accept := func() error {
			_, err := f.Media.AcceptMediaItem(f.As("carl", domain.ConfigurationManager), domain.Verb{Ref: apptest.Key("kit")}, nil)
			return err
		}
		err := accept()
		require.ErrorContains(t, err, "its bytes")
		require.ErrorContains(t, err, "a licence that is valid now")
		require.ErrorContains(t, f.Media.Stored(carl, "kit", "00"+digest[2:], 4, "main"), "another digest or size")
		require.NoError(t, f.Media.Stored(carl, "kit", digest, 4, "main"))
		require.NoError(t, f.Media.Stored(carl, "kit", digest, 4, "main"), "told again")
		f.Create(domain.KindLicence, "lic", nil)
		f.Connect(domain.RelLicensedBy, "kit", "lic", nil)
		require.ErrorContains(t, accept(), "somebody else than carl")
		_, err = f.Media.AcceptMediaItem(f.As("cora", domain.ConfigurationManager), domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.NoError(t, err)

		_, err = f.Records.Update(f.Ctx, domain.KindMediaItem, apptest.Key("kit"), apptest.Values{"productVersion": "1.0.1"}, nil, nil)
		require.ErrorContains(t, err, "never changes")
		_, err = f.Records.Remove(f.Ctx, domain.KindMediaItem, apptest.Key("kit"), nil, nil)
		require.Error(t, err)
		_, err = f.Media.RetireMediaItem(carl, domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.NoError(t, err)
		_, err = f.Media.PurgeMediaItem(carl, domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.ErrorContains(t, err, "the end of its retention")
	})
}

func TestSeatsAreCountedAndWasteIsFound_L3_L7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Site","key":"lyo","name":"Lyon","users":80}`, `{"node":"Site","key":"nyc","name":"New York","users":300}`,
			`{"node":"Site","key":"par","name":"Paris","users":420}`,
			`{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE"}`, `{"node":"ConfigurationItem","key":"tool","name":"tool","class":"APPLICATION"}`,
			`{"node":"Licence","key":"lic","name":"lic","seats":2,"metric":"PER_INSTALLATION"}`,
			`{"node":"Licence","key":"lic2","name":"lic2","seats":600,"metric":"PER_USER"}`,
			`{"edge":"LICENSED_BY","from":"ConfigurationItem:db","to":"Licence:lic"}`, `{"edge":"LICENSED_BY","from":"ConfigurationItem:tool","to":"Licence:lic2"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:lyo","since":"2026-01-01T00:00:00Z"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:nyc","since":"2026-01-02T00:00:00Z"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:par","since":"2026-01-03T00:00:00Z"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:tool","to":"Site:par","since":"2026-01-01T00:00:00Z"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:tool","to":"Site:nyc","since":"2026-01-02T00:00:00Z"}`,
			`{"edge":"PAID_AT","from":"Licence:lic2","to":"Site:lyo"}`, `{"edge":"PAID_AT","from":"Licence:lic2","to":"Site:par"}`,
		)
		illegal, err := f.Media.IllegalUses(f.Ctx, nil, nil)
		require.NoError(t, err)
		var list []string
		for _, row := range illegal.Nodes {
			list = append(list, row.Licence.Key+" "+row.Item.Key+" "+row.Site.Key)
		}
		require.Equal(t, []string{"lic db par", "lic2 tool nyc"}, list)
		use, err := f.Media.Use(f.Ctx, f.Read(domain.KindLicence, "lic2").(*domain.Licence))
		require.NoError(t, err)
		require.Equal(t, []int{720, 120}, []int{use.Used, use.Over})
		waste, err := f.Media.WastedLicences(f.Ctx, nil, nil)
		require.NoError(t, err)
		require.Len(t, waste.Nodes, 1)
		require.Equal(t, "lyo", waste.Nodes[0].Site.Key)
	})
}

func TestSparesAreNeverReservedTwice_L4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Create(domain.KindHardwareSpare, "disks", apptest.Values{"model": "D1"})
		_, err := f.Media.DeliverSpares(f.Ctx, media.Stock{Ref: apptest.Key("disks"), Quantity: 5}, nil)
		require.NoError(t, err)
		for _, k := range []string{"R1", "R2", "R3", "R4"} {
			f.Create(domain.KindRelease, k, apptest.Values{"releaseVersion": "1.0.0", "type": "MINOR", "category": "DELTA"})
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		reserved := 0
		for _, k := range []string{"R1", "R2", "R3", "R4"} {
			all.Go(func() {
				_, err := f.Media.ReserveSpares(f.As("olga", domain.OperationsManager), media.Reserve{Ref: apptest.Key("disks"), Release: apptest.Key(k), Quantity: 2}, nil)
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					reserved++
				}
			})
		}
		all.Wait()
		disks := f.Read(domain.KindHardwareSpare, "disks").(*domain.HardwareSpare)
		require.Equal(t, 2, reserved, "five pieces are enough for two")
		require.Equal(t, 4, disks.Reserved)
		_, err = f.Media.WithdrawSpares(f.Ctx, media.Stock{Ref: apptest.Key("disks"), Quantity: 2}, nil)
		require.ErrorContains(t, err, "4 are reserved")
	})
}

// An import says which of its lines would reserve what is not there.
func TestAnImportReservesNoMoreThanThereIs_L4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		release := func(k string) string {
			return `{"node":"Release","key":"` + k + `","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA"}`
		}
		reserve := func(k, quantity string) string {
			return `{"edge":"RESERVED_FOR","from":"HardwareSpare:disks","to":"Release:` + k + `","quantity":` + quantity + `}`
		}
		bring := func(lines ...string) (wrong []string) {
			got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
			require.NoError(t, err)
			for _, w := range got.Wrong {
				wrong = append(wrong, fmt.Sprint(w.Line, " ", w.Rule, " ", w.Field, ": ", w.Message))
			}
			return wrong
		}
		spare := func(quantity string) string {
			return `{"node":"HardwareSpare","key":"disks","name":"Disks","model":"m","quantity":` + quantity + `}`
		}
		require.Equal(t, []string{
			"6 L4 quantity: is 3, more than is free: of 5 pieces of disks 2 are left for this line",
			"7 L4 quantity: is 9, more than is free: of 5 pieces of disks 2 are left for this line",
		}, bring(spare("5"), release("R"), release("Q"), release("S"), reserve("R", "3"), reserve("Q", "3"), reserve("S", "9")))
		require.Empty(t, bring(spare("5"), release("R"), release("Q"), reserve("R", "3"), reserve("Q", "2")))
		require.Empty(t, bring(reserve("Q", "2")), "what stays takes no more")
		require.Len(t, bring(reserve("Q", "3")), 1)
		require.Empty(t, bring(spare("6"), reserve("Q", "3")), "with what the import delivers")
		require.Equal(t, 6, f.Read(domain.KindHardwareSpare, "disks").(*domain.HardwareSpare).Reserved)
	})
}
