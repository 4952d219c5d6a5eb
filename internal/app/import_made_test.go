package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
)

// items are those of lines of the interchange format.
func items(t *testing.T, lines ...string) (list []*interchange.Item) {
	t.Helper()
	for _, line := range lines {
		r, errs := interchange.Parse([]byte(line))
		require.Empty(t, errs)
		item, errs := interchange.Prepare(r)
		require.Empty(t, errs)
		list = append(list, item)
	}
	return list
}

// An import takes for granted that nothing joins what it has made: whoever joins
// it meanwhile is not overwritten (C6).
func TestALinkThatAPersonMakesBetweenTheBatchesOfAnImportStays_C6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		im, err := f.Bulk.Importer(f.Ctx, bulk.ImportOptions{})
		require.NoError(t, err)
		_, err = im.Write(f.Ctx, items(t,
			`{"node":"ConfigurationItem","key":"a","name":"a","class":"SERVER"}`,
			`{"node":"ConfigurationItem","key":"b","name":"b","class":"SERVER"}`,
			`{"node":"ConfigurationItem","key":"c","name":"c","class":"SERVER"}`,
		))
		require.NoError(t, err)
		f.Connect(domain.RelDependsOn, "a", "b", apptest.Values{"impact": "DEGRADED"})
		done, err := im.Write(f.Ctx, items(t,
			`{"edge":"DEPENDS_ON","from":"a","to":"b","kind":"USES","impact":"FULL"}`,
			`{"edge":"DEPENDS_ON","from":"a","to":"c","kind":"USES","impact":"FULL"}`,
		))
		require.NoError(t, err)
		require.Len(t, done.Kept, 1)
		require.Equal(t, 1, done.Counts[0].Created)
		same := f.Connect(domain.RelDependsOn, "a", "b", nil)
		require.Empty(t, same.Changes)
		require.Equal(t, domain.ImpactDegraded, same.Link.(*domain.Dependency).Impact)
	})
}

// What people removed of a record is remembered in it, also where the same import
// makes the record.
func TestARecordThatIsMadeKeepsOutTheLinksThatPeopleRemoved_C6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		im, err := f.Bulk.Importer(f.Ctx, bulk.ImportOptions{Source: "cmdb"})
		require.NoError(t, err)
		link := items(t, `{"edge":"DEPENDS_ON","from":"a","to":"b","kind":"USES","impact":"FULL"}`)
		made := items(t,
			`{"node":"ConfigurationItem","key":"a","name":"a","class":"SERVER"}`,
			`{"node":"ConfigurationItem","key":"b","name":"b","class":"SERVER"}`,
		)
		made[0].RemovedLinks = []string{entity.RemovedLink(link[0].Rel, "b", link[0].Rel.Tag(link[0].Props))}
		_, err = im.Write(f.Ctx, made)
		require.NoError(t, err)
		done, err := im.Write(f.Ctx, link)
		require.NoError(t, err)
		require.Len(t, done.Kept, 1)
		require.True(t, done.Kept[0].Removed)
		require.False(t, f.Linked(domain.RelDependsOn, "a", "b"))
	})
}
