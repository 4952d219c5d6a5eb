package support_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// Support is wasted at the sites for which a contract or a team is paid and where
// nothing that it supports is installed.
func TestSupportThatNothingUsesIsWasted_L7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(
			`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`, `{"node":"Site","key":"nyc","name":"New York"}`,
			`{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE"}`,
			`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION"}`,
			`{"node":"ConfigurationItem","key":"uc-db","name":"Support of db","class":"UNDERPINNING_CONTRACT"}`,
			`{"node":"ConfigurationItem","key":"uc-old","name":"Support of nothing","class":"UNDERPINNING_CONTRACT"}`,
			`{"node":"Party","key":"desk","name":"Desk","type":"TEAM"}`, `{"node":"Party","key":"unpaid","name":"Unpaid","type":"TEAM"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:uc-db","to":"ConfigurationItem:db","kind":"USES"}`,
			`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:app","to":"Party:desk"}`, `{"edge":"SUPPORTED_BY","from":"ConfigurationItem:db","to":"Party:desk"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:par"}`, `{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:lyo"}`,
			`{"edge":"COVERS_COST","from":"ConfigurationItem:uc-db","to":"Site:par"}`, `{"edge":"COVERS_COST","from":"ConfigurationItem:uc-db","to":"Site:lyo"}`,
			`{"edge":"COVERS_COST","from":"ConfigurationItem:uc-old","to":"Site:nyc"}`,
			`{"edge":"COVERS_COST","from":"Party:desk","to":"Site:par"}`, `{"edge":"COVERS_COST","from":"Party:desk","to":"Site:lyo"}`, `{"edge":"COVERS_COST","from":"Party:desk","to":"Site:nyc"}`,
		)
		one, all, after := 1, []string{}, (*string)(nil)
		for {
			page, err := f.Support.Wasted(f.WithLoads(f.Ctx), &one, after)
			require.NoError(t, err)
			for _, row := range page.Nodes {
				switch {
				case row.Party == nil:
					all = append(all, fmt.Sprint("contract ", row.Contract.Key, " ", row.Site.Key))
				case row.Contract == nil:
					all = append(all, fmt.Sprint("team ", row.Party.Key, " ", row.Site.Key))
				}
			}
			if !page.HasNext {
				break
			}
			_, after = page.Ends()
		}
		require.Equal(t, []string{"contract uc-db lyo", "contract uc-old nyc", "team desk nyc"}, all)
		wrong := "%"
		_, err := f.Support.Wasted(f.Ctx, nil, &wrong)
		require.ErrorContains(t, err, "is no cursor")
		_, err = f.Support.Wasted(f.As("nobody", domain.Role("NONE")), nil, nil)
		require.Error(t, err)
	})
}
