package media_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
)

// software is two programs, and the master copy of one of them.
var software = []string{
	`{"node":"ConfigurationItem","key":"pay-calc","name":"pay-calc","class":"PROGRAM"}`, `{"node":"ConfigurationItem","key":"pay-ui","name":"pay-ui","class":"PROGRAM"}`,
	`{"node":"MediaItem","key":"m","name":"m","productVersion":"1.0.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED"}`,
	`{"edge":"MASTER_OF","from":"MediaItem:m","to":"ConfigurationItem:pay-calc"}`,
}

func TestInstallationsAreHeldToTheLibrary_L3_R15(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(software,
			`{"node":"Site","key":"lyo","name":"Lyon"}`, `{"node":"Site","key":"par","name":"Paris"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-calc","to":"Site:lyo","version":"0.9.0"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-calc","to":"Site:par","version":"1.0.0"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-ui","to":"Site:par"}`,
		)...)
		f.Brings(
			`{"node":"Release","key":"R0","name":"R0","releaseVersion":"1.0.0","type":"MAJOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-01T00:00:00Z"}`,
			`{"edge":"CHANGES","from":"Release:R0","to":"ConfigurationItem:pay-calc","action":"MODIFY","toVersion":"1.0.0"}`,
		)
		told := func(first *int, after *string) (list []string, next *string) {
			page, err := f.Media.LibraryFindings(f.Ctx, first, after)
			require.NoError(t, err)
			for i, one := range page.Nodes {
				list = append(list, fmt.Sprintf("%s %s %s", one.Kind, one.Item.Key, one.Site.Key))
				next = &page.Cursors[i]
			}
			return list, next
		}
		all, _ := told(nil, nil)
		require.Equal(t, []string{"UNAUTHORISED_COPY pay-calc lyo", "WILD_INSTALLATION pay-calc lyo", "UNKNOWN_VERSION pay-ui par"}, all)
		one := 1
		var paged []string
		for after := (*string)(nil); ; {
			page, next := told(&one, after)
			if len(page) == 0 {
				break
			}
			paged, after = append(paged, page...), next
		}
		require.Equal(t, all, paged)
	})
}

func TestAPageOfFindingsEndsWhereTheReportDoes_L3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		lines := []string{
			`{"node":"Site","key":"par","name":"Paris"}`,
			`{"node":"Release","key":"R0","name":"R0","releaseVersion":"1.0.0","type":"MAJOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-01T00:00:00Z"}`,
			`{"node":"MediaItem","key":"m","name":"m","productVersion":"1.0.0","sha256":"` + digest + `","size":3,"status":"ACCEPTED"}`,
		}
		var want []string
		for i := range 10 {
			item := fmt.Sprint("p", i)
			lines = append(lines, fmt.Sprintf(`{"node":"ConfigurationItem","key":%q,"name":%q,"class":"PROGRAM"}`, item, item))
			if i < 4 || i > 7 {
				lines = append(lines, fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:%s","to":"Site:par"}`, item))
				want = append(want, "UNKNOWN_VERSION "+item)
				continue
			}
			lines = append(lines,
				fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:%s","to":"Site:par","version":"1.0.0"}`, item),
				fmt.Sprintf(`{"edge":"MASTER_OF","from":"MediaItem:m","to":"ConfigurationItem:%s"}`, item),
				fmt.Sprintf(`{"edge":"CHANGES","from":"Release:R0","to":"ConfigurationItem:%s","action":"MODIFY","toVersion":"1.0.0"}`, item))
		}
		f.Brings(lines...)
		f.Media.GoesThrough(2, 2)
		var pages [][]string
		for after := (*string)(nil); ; {
			page, err := f.Media.LibraryFindings(f.Ctx, nil, after)
			require.NoError(t, err)
			var told []string
			for _, one := range page.Nodes {
				told = append(told, fmt.Sprint(one.Kind, " ", one.Item.Key))
			}
			pages = append(pages, told)
			if _, after = page.Ends(); !page.HasNext {
				break
			}
		}
		require.Equal(t, want, slices.Concat(pages...))
		require.Len(t, pages, 3, "of four items each, for that is how far two steps go")
		require.Empty(t, pages[1], "there is nothing to find of p4 to p7")
	})
}
