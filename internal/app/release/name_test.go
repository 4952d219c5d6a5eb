package release_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// A release that nobody names is named by the policy that applies to all, however
// it comes.
func TestAReleaseIsNamedByTheTemplateOfItsPolicy_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		create := func(k string, more apptest.Values) string {
			in := apptest.Values{"key": k, "releaseVersion": "1.1.0", "type": "MINOR", "category": "DELTA"}
			for name, v := range more {
				in[name] = v
			}
			w, err := f.Records.Create(f.Ctx, domain.KindRelease, in, nil)
			require.NoError(t, err)
			stored := f.Release(k).Name
			require.Equal(t, stored, w.Record.(*domain.Release).Name, "the answer is what is kept")
			return stored
		}
		require.Equal(t, "PAY 1.1.0", create("PAY", nil), "the default policy's template")
		require.Equal(t, "PAY-2 1.1.0", create("PAY-2", apptest.Values{"name": nil}))
		require.Equal(t, "Payments in June", create("PAY-3", apptest.Values{"name": "Payments in June"}))

		f.Lines(`{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","nameTemplate":"{type} {key}, no. {releaseVersion} ({category})"}`,
			`{"node":"ReleasePolicy","key":"some","name":"Some","status":"IN_FORCE","nameTemplate":"{key}","classes":["DATABASE"]}`)
		require.Equal(t, "MINOR PAY-4, no. 1.1.0 (DELTA)", create("PAY-4", nil))
		f.Lines(`{"node":"Release","key":"PAY-5","releaseVersion":"2.0.0","type":"MAJOR","category":"FULL"}`,
			`{"node":"Release","key":"PAY-6","name":"Six","releaseVersion":"2.0.0","type":"MAJOR","category":"FULL"}`)
		require.Equal(t, "MAJOR PAY-5, no. 2.0.0 (FULL)", f.Release("PAY-5").Name)
		require.Equal(t, "Six", f.Release("PAY-6").Name)
		f.Lines(`{"node":"Release","key":"PAY-5","releaseVersion":"2.0.1"}`)
		require.Equal(t, "MAJOR PAY-5, no. 2.0.0 (FULL)", f.Release("PAY-5").Name, "a name that stands is nobody's to change")
	})
}

func TestANameOfAReleaseIsNeverEmptied_R3(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	in := apptest.Values{"key": "PAY", "name": " ", "releaseVersion": "1.1.0", "type": "MINOR", "category": "DELTA"}
	_, err := f.Records.Create(f.Ctx, domain.KindRelease, in, nil)
	apptest.Refused(t, err, domain.Invalid, "input.name")
	delete(in, "name")
	_, err = f.Records.Create(f.Ctx, domain.KindRelease, in, nil)
	require.NoError(t, err)
	_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("PAY"), apptest.Values{"name": nil}, nil, nil)
	apptest.Refused(t, err, domain.Invalid, "input.patch.name")

	f.Lines(`{"node":"ReleasePolicy","key":"long","name":"Long","status":"IN_FORCE","nameTemplate":"` + strings.Repeat("{key} of ", 1000) + `"}`)
	in["key"] = "PAY-2"
	_, err = f.Records.Create(f.Ctx, domain.KindRelease, in, nil)
	require.NoError(t, err)
	require.Equal(t, "PAY-2", f.Release("PAY-2").Name, "a text that is no name")
}
