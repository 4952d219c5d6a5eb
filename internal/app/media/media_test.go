package media_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
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
