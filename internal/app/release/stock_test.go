package release_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/stock"
	"releasegraph/internal/domain"
)

// What an export writes of reservations an import takes, and stock stays reserved.
func TestReservationsAreBroughtWithTheirPieces_L4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		reserved := func() int { return f.Read(domain.KindHardwareSpare, "disks").(*domain.HardwareSpare).Reserved }
		f.Lines(
			`{"node":"HardwareSpare","key":"disks","name":"Disks","model":"m","quantity":5}`,
			`{"node":"Release","key":"R","name":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA"}`,
			`{"node":"Release","key":"Q","name":"Q","releaseVersion":"1.2.0","type":"MINOR","category":"DELTA"}`,
			`{"edge":"RESERVED_FOR","from":"HardwareSpare:disks","to":"Release:R","quantity":2}`,
			`{"edge":"RESERVED_FOR","from":"HardwareSpare:disks","to":"Release:Q","quantity":1}`,
		)
		require.Equal(t, 3, reserved())
		f.Lines(`{"edge":"RESERVED_FOR","from":"HardwareSpare:disks","to":"Release:R","quantity":4}`)
		require.Equal(t, 5, reserved())
		_, err := f.Stock.WithdrawSpares(f.Ctx, stock.Stock{Ref: apptest.Key("disks"), Quantity: 1}, nil)
		require.ErrorContains(t, err, "more than is free")
		f.Lines(`{"op":"remove","edge":"RESERVED_FOR","from":"HardwareSpare:disks","to":"Release:R"}`)
		require.Equal(t, 1, reserved())
	})
}

func TestSupersessionsAreBroughtWithTheirUnits_R1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(
			`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"FULL","status":"CLOSED"}`,
			`{"node":"Release","key":"Q","name":"Q","releaseVersion":"1.2.0","type":"MINOR","category":"DELTA","status":"CLOSED"}`,
			`{"edge":"SUPERSEDES","from":"Release:R","to":"Release:Q","units":["pay"]}`,
		)
	})
}
