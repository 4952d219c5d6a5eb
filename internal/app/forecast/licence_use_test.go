package forecast_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/forecast"
	"releasegraph/internal/domain"
)

// line writes a line of an import.
func line(kind, k, more string) string {
	return `{"node":"` + kind + `","key":"` + k + `","name":"` + k + `"` + more + `}`
}

func edge(rel, from, to, more string) string {
	return `{"edge":"` + rel + `","from":"` + from + `","to":"` + to + `"` + more + `}`
}

// licensed is an application at two sites, a database at one of them, which two
// licences are for, and two planned releases that bring the database elsewhere.
var licensed = []string{
	line("Site", "par", `,"users":420`), line("Site", "nyc", `,"users":300`), line("Site", "lyo", `,"users":80`),
	line("ConfigurationItem", "app", `,"class":"APPLICATION","productVersion":"1.0.0"`), line("ConfigurationItem", "db", `,"class":"DATABASE"`),
	line("ConfigurationItem", "web", `,"class":"PROGRAM"`),
	edge("INSTALLED_AT", "ConfigurationItem:app", "Site:par", ""), edge("INSTALLED_AT", "ConfigurationItem:app", "Site:nyc", ""),
	edge("INSTALLED_AT", "ConfigurationItem:db", "Site:nyc", ""), edge("INSTALLED_AT", "ConfigurationItem:web", "Site:lyo", ""),
	line("Licence", "each", `,"seats":1,"metric":"PER_INSTALLATION"`), line("Licence", "zeal", `,"seats":900,"metric":"PER_USER"`),
	edge("LICENSED_BY", "ConfigurationItem:db", "Licence:each", ""), edge("LICENSED_BY", "ConfigurationItem:db", "Licence:zeal", ""),
	edge("LICENSED_BY", "ConfigurationItem:app", "Licence:each", ""),
	line("Release", "R", `,"releaseVersion":"1.1.0","type":"MINOR","category":"DELTA"`),
	edge("CHANGES", "Release:R", "ConfigurationItem:app", `,"action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"`),
	edge("CHANGES", "Release:R", "ConfigurationItem:db", `,"action":"ADD","toVersion":"2"`),
	line("Release", "Q", `,"releaseVersion":"1.2.0","type":"MINOR","category":"DELTA"`),
	edge("CHANGES", "Release:Q", "ConfigurationItem:web", `,"action":"MODIFY","fromVersion":"1","toVersion":"2"`),
	edge("CHANGES", "Release:Q", "ConfigurationItem:db", `,"action":"ADD","toVersion":"2"`),
	line("Release", "M", `,"releaseVersion":"1.3.0","type":"MINOR","category":"DELTA"`),
	edge("CHANGES", "Release:M", "ConfigurationItem:db", `,"action":"MODIFY","fromVersion":"1","toVersion":"2"`),
}

// tell tells planned use in a line.
func tell(of ...*forecast.PlannedLicenceUse) string {
	var list []string
	for _, u := range of {
		text := fmt.Sprint(u.Licence.Key, " ", u.Used, "+", u.Adds, " over ", u.Over, " by")
		for _, r := range u.Releases {
			text += " " + r.Key
		}
		text += " at"
		for _, s := range u.Sites {
			text += " " + s.Key
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

func TestWhatAPlannedReleaseWouldUseIsCounted_L3_P2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(licensed...)
		of := func(ctx context.Context, k string) string {
			r, err := f.Records.Record(ctx, domain.KindRelease, apptest.Key(k), nil)
			require.NoError(t, err)
			use, err := f.Forecast.LicenceUse(ctx, r.(*domain.Release))
			require.NoError(t, err)
			return tell(use...)
		}
		all := func(ctx context.Context, k string) string {
			l, err := f.Records.Record(ctx, domain.KindLicence, apptest.Key(k), nil)
			require.NoError(t, err)
			use, err := f.Forecast.PlannedUse(ctx, l.(*domain.Licence))
			require.NoError(t, err)
			return tell(use)
		}
		admin := func() context.Context { return f.As("ann", domain.Admin) }
		require.Equal(t, "each 3+1 over 3 by R at par; zeal 0+0 over 0 by R at", of(admin(), "R"), "the database is at nyc already, and counts for the first of its licences")
		require.Equal(t, "each 3+2 over 4 by Q R at lyo par", all(admin(), "each"))
		require.Equal(t, "", of(admin(), "M"), "what is modified is counted already")

		f.Lines(`{"node":"Licence","key":"each","expires":"2020-01-01T00:00:00Z"}`)
		require.Equal(t, "each 2+0 over 1 by R at; zeal 300+420 over 0 by R at par", of(admin(), "R"))
		require.Equal(t, "zeal 300+500 over 0 by Q R at lyo par", all(admin(), "zeal"))

		f.Lines(line("Release", "P", `,"releaseVersion":"2026.6","type":"MINOR","category":"PACKAGE"`), edge("BUNDLES", "Release:P", "Release:R", ""), edge("BUNDLES", "Release:P", "Release:Q", ""))
		require.Equal(t, "each 2+0 over 1 by P at; zeal 300+500 over 0 by P at lyo par", of(admin(), "P"), "a package goes where its parts go")
		require.Equal(t, "zeal 300+500 over 0 by P Q R at lyo par", all(admin(), "zeal"))

		here := acting.WithActor(f.WithLoads(t.Context()), domain.Actor{Name: "olga", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"nyc"}})
		require.NotContains(t, all(here, "zeal"), "par", "who sees a part counts that part")
		require.NotContains(t, all(here, "zeal"), "lyo")

		_, err := f.Releases.CancelRelease(admin(), apptest.OfRelease("P"), nil)
		require.NoError(t, err)
		_, err = f.Releases.CancelRelease(admin(), apptest.OfRelease("R"), nil)
		require.NoError(t, err)
		require.Equal(t, "", of(admin(), "R"), "nothing comes of it")
		require.Equal(t, "zeal 300+80 over 0 by Q at lyo", all(admin(), "zeal"))
	})
}
