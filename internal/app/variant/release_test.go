package variant_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// A release that would raise the number of variants above what the policy allows says so,
// and is not held by it.
func TestAReleaseSaysWhatItMakesOfTheVariants_R18(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"ConfigurationItem","key":"calc","name":"calc","class":"PROGRAM"}`, `{"node":"ReleaseUnit","key":"pay","name":"pay"}`,
			`{"node":"ConfigurationItem","key":"lone","name":"lone","class":"PROGRAM"}`,
			`{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:calc"}`,
			`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"PLANNED"}`,
			`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:calc","action":"MODIFY","toVersion":"2.0.0"}`,
			`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:lone","action":"MODIFY","toVersion":"2.0.0"}`,
		)
		for i, version := range []string{"1.0.0", "1.1.0", "1.2.0", "3.0.0"} {
			f.Brings(fmt.Sprintf(`{"node":"Site","key":"s%d","name":"S"}`, i),
				fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:calc","to":"Site:s%d","version":%q}`, i, version))
		}
		f.Brings(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:lone","to":"Site:s0","version":"1.0.0"}`)
		told := func() (list []string) {
			found, err := f.Variants.Of(f.Ctx, f.Read(domain.KindRelease, "R").(*domain.Release))
			require.NoError(t, err)
			for _, one := range found {
				line := fmt.Sprintf("%s %d %d %d of %d", one.Unit, one.Now, one.During, one.After, *one.Allowed)
				if one.Warning != nil {
					line += ": " + *one.Warning
				}
				list = append(list, line)
			}
			return list
		}
		const text = "fewer variants of pay: 4 now, 5 during the roll-out and 2 after it, the policy allows 3"
		require.Equal(t, []string{"lone 1 2 1 of 3", "pay 4 5 2 of 3: " + text}, told(), "the site that has a higher version keeps it")
		f.Brings(`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"PLANNED","approach":"BIG_BANG"}`)
		require.Equal(t, []string{"lone 1 1 1 of 3", "pay 4 4 2 of 3"}, told(), "all sites change at once")
	})
}
