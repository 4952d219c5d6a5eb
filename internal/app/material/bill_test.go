package material_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/material"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/bill"
)

// bills are the bills of a library, by media item.
type bills map[string][]bill.Component

func (b bills) Components(_ context.Context, m *domain.MediaItem) ([]bill.Component, error) {
	if list, ok := b[m.Key]; ok {
		return list, nil
	}
	return nil, &domain.Error{Code: domain.Invalid, Message: "is no bill of materials"}
}

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// shop is an application of parts, of which a release raises one, removes one and
// adds one.
var shop = []string{
	`{"node":"ConfigurationItem","key":"shop","name":"shop","class":"APPLICATION","productVersion":"1.0.0"}`,
	`{"node":"ConfigurationItem","key":"pkg:npm/lodash","name":"lodash","class":"PROGRAM","productVersion":"4.17.21"}`,
	`{"node":"ConfigurationItem","key":"pkg:npm/moment@2.29.4","name":"moment","class":"PROGRAM","productVersion":"2.29.4"}`,
	`{"node":"ConfigurationItem","key":"dayjs","name":"dayjs","class":"PROGRAM","productVersion":"1.11.0"}`,
	`{"node":"ConfigurationItem","key":"semver","name":"semver","class":"PROGRAM","productVersion":"7.5.0"}`,
	`{"node":"ConfigurationItem","key":"old","name":"old","class":"PROGRAM","productVersion":"1","status":"WITHDRAWN"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:pkg:npm/lodash","to":"ConfigurationItem:shop","kind":"PART_OF","impact":"NONE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:pkg:npm/moment@2.29.4","to":"ConfigurationItem:shop","kind":"PART_OF","impact":"NONE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:dayjs","to":"ConfigurationItem:shop","kind":"PART_OF","impact":"NONE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:semver","to":"ConfigurationItem:dayjs","kind":"PART_OF","impact":"NONE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:old","to":"ConfigurationItem:shop","kind":"PART_OF","impact":"NONE"}`,
	`{"node":"Release","key":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:shop","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pkg:npm/lodash","action":"MODIFY","fromVersion":"4.17.21","toVersion":"4.17.22"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pkg:npm/moment@2.29.4","action":"REMOVE","fromVersion":"2.29.4"}`,
	`{"node":"MediaItem","key":"shop-bom","name":"m","kind":"SBOM","productVersion":"2.0.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED","stored":true}`,
	`{"edge":"MASTER_OF","from":"MediaItem:shop-bom","to":"ConfigurationItem:shop"}`,
	`{"edge":"KIT_OF","from":"MediaItem:shop-bom","to":"Release:R"}`,
	`{"node":"MediaItem","key":"torn","name":"m","kind":"SBOM","productVersion":"2.0.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED","stored":true}`,
	`{"edge":"KIT_OF","from":"MediaItem:torn","to":"Release:R"}`,
	`{"node":"MediaItem","key":"unsent","name":"m","kind":"SBOM","productVersion":"2.0.0","sha256":"` + digest + `","size":3}`,
	`{"edge":"KIT_OF","from":"MediaItem:unsent","to":"Release:R"}`,
}

func told(different []*material.BillDifference) (list []string) {
	for _, d := range different {
		line := fmt.Sprint(d.Kind, " ", d.Package, " ", d.Versions)
		for _, item := range d.Parts {
			line += " " + item.Key
		}
		list = append(list, line)
	}
	return list
}

// A bill is held to the parts that the graph knows, in the versions in which the
// release leaves them, and what cannot be read says why.
func TestABillIsComparedWithWhatTheReleaseLeaves_R6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(shop...)
		f.Materials.ReadBy(bills{"shop-bom": {
			{Name: "shop", Version: "2.0.0"}, {Name: "lodash", Version: "4.17.21", Purl: "pkg:npm/lodash@4.17.21"},
			{Name: "moment", Version: "2.29.4", Purl: "pkg:npm/moment@2.29.4"}, {Name: "dayjs", Version: "1.11.0"},
		}})
		list, err := f.Materials.Bills(f.WithLoads(f.Ctx), f.Release("R"))
		require.NoError(t, err)
		require.Len(t, list, 3)
		shop, torn, unsent := list[0], list[1], list[2]
		require.Equal(t, "is no bill of materials", *torn.Problem)
		require.Contains(t, *unsent.Problem, "not in the library")
		require.Equal(t, []any{"shop", 4, 3}, []any{shop.Of.Key, shop.Components, shop.Total})
		different, err := shop.Differences(100)
		require.NoError(t, err)
		require.Equal(t, []string{
			"OTHER_VERSION pkg:npm/lodash [4.17.21] pkg:npm/lodash",
			"UNEXPECTED pkg:npm/moment [2.29.4]",
			"MISSING semver [] semver",
		}, told(different))
		page, err := shop.Differences(1)
		require.NoError(t, err)
		require.Len(t, page, 1)
		_, err = shop.Differences(-1)
		require.ErrorContains(t, err, "must not be negative")
	})
}
