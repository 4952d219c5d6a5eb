package stock_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/stock"
	"releasegraph/internal/domain"
)

func TestSparesThatManyReserveAtOnceGoOnce_L4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Create(domain.KindHardwareSpare, "disks", apptest.Values{"model": "D1"})
		_, err := f.Stock.DeliverSpares(f.Ctx, stock.Stock{Ref: apptest.Key("disks"), Quantity: 5}, nil)
		require.NoError(t, err)
		for _, k := range []string{"R1", "R2", "R3", "R4"} {
			f.Create(domain.KindRelease, k, apptest.Values{"releaseVersion": "1.0.0", "type": "MINOR", "category": "DELTA"})
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		reserved := 0
		for _, k := range []string{"R1", "R2", "R3", "R4"} {
			all.Go(func() {
				_, err := f.Stock.ReserveSpares(f.As("olga", domain.OperationsManager), stock.Reserve{Ref: apptest.Key("disks"), Release: apptest.Key(k), Quantity: 2}, nil)
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
		_, err = f.Stock.WithdrawSpares(f.Ctx, stock.Stock{Ref: apptest.Key("disks"), Quantity: 2}, nil)
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
