package library_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
)

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func on(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

func installed(day int, item, site string) library.Installation {
	return library.Installation{Item: item, Site: site, Since: on(day)}
}

func some[T any](v T) *T { return &v }

// of is a licence, the software that it is for, and where it is paid for.
func of(key string, l domain.Licence, paidAt map[string]int, items ...string) library.Licence {
	l.Key = key
	return library.Licence{Licence: &l, Items: items, PaidAt: paidAt}
}

func users(site string) int { return map[string]int{"par": 420, "nyc": 300, "lyo": 80}[site] }

func used(t testing.TB, l []library.Licence, key string, at ...library.Installation) (library.Use, []string) {
	t.Helper()
	terms, counts := library.NewTerms(l), library.NewCounts()
	for _, i := range at {
		counts.Add(i)
		counts.Add(i)
	}
	u, err := counts.Use(context.Background(), terms, key, users, now)
	require.NoError(t, err)
	illegal, err := terms.IllegalUse(context.Background(), key, at, users, now)
	require.NoError(t, err)
	var places []string
	for _, i := range illegal {
		places = append(places, fmt.Sprint(i.Item, " ", i.Site, " ", i.Why))
	}
	return u, places
}

// TestSeatsAreCounted is example 13.
func TestSeatsAreCounted_L3(t *testing.T) {
	lic := of("lic", domain.Licence{Metric: domain.PerInstallation, Seats: some(2)}, nil, "db")
	u, illegal := used(t, []library.Licence{lic}, "lic", installed(3, "db", "par"), installed(1, "db", "lyo"), installed(2, "db", "nyc"))
	require.Equal(t, library.Use{Licence: "lic", Status: domain.LicenceValid, Used: 3, Over: 1}, u)
	require.Equal(t, []string{"db par OVER_SEATS"}, illegal)

	lic2 := of("lic2", domain.Licence{Metric: domain.PerUser, Seats: some(600)}, map[string]int{"lyo": 80, "par": 420}, "tool")
	u, illegal = used(t, []library.Licence{lic2}, "lic2", installed(1, "tool", "par"), installed(2, "tool", "nyc"))
	require.Equal(t, library.Use{Licence: "lic2", Status: domain.LicenceValid, Used: 720, Over: 120, Waste: []string{"lyo"}}, u)
	require.Equal(t, []string{"tool nyc OVER_SEATS"}, illegal)
}

func TestAnInstallationCountsForItsLicence_L3(t *testing.T) {
	terms := library.NewTerms([]library.Licence{
		of("a", domain.Licence{Expires: &now}, nil, "x", "y"), of("b", domain.Licence{}, nil, "x"),
		of("c", domain.Licence{ValidFrom: some(now.Add(1))}, nil, "x", "z"), of("d", domain.Licence{EndedAt: &now}, nil, "y"),
	})
	for _, c := range []struct{ item, named, want string }{
		{"x", "c", "c"}, {"x", "", "b"}, {"y", "", "a"}, {"z", "", "c"}, {"free", "", ""},
	} {
		require.Equal(t, c.want, terms.Assign(c.item, c.named, now), "%s naming %q", c.item, c.named)
	}
	require.Equal(t, "a", terms.Assign("x", "", now.Add(-1)), "it has not expired yet")
}

func TestAfterItsEndALicenceCoversNothing_L3(t *testing.T) {
	for _, c := range []struct {
		l    domain.Licence
		want string
	}{
		{domain.Licence{Expires: &now}, "x par EXPIRED"}, {domain.Licence{EndedAt: &now}, "x par ENDED"}, {domain.Licence{ValidFrom: some(now.Add(1))}, "x par NOT_YET_VALID"},
	} {
		c.l.Metric = domain.PerSite
		u, illegal := used(t, []library.Licence{of("l", c.l, nil, "x")}, "l", installed(1, "x", "par"))
		require.Equal(t, []string{c.want}, illegal)
		require.Equal(t, 1, u.Used)
		require.Zero(t, u.Over, "there is no limit")
	}
}

func TestASeatOfASiteCoversAllThatIsInstalledThere_L3(t *testing.T) {
	l := of("l", domain.Licence{Metric: domain.PerSite, Seats: some(1)}, nil, "x", "y")
	u, illegal := used(t, []library.Licence{l}, "l", installed(1, "x", "par"), installed(2, "x", "nyc"), installed(3, "y", "par"), installed(4, "y", "nyc"))
	require.Equal(t, 2, u.Used)
	require.Equal(t, []string{"x nyc OVER_SEATS", "y nyc OVER_SEATS"}, illegal)
}

func TestPlannedReleasesWillUseSeats_L3(t *testing.T) {
	terms := library.NewTerms([]library.Licence{of("l", domain.Licence{Metric: domain.PerInstallation, Seats: some(1)}, map[string]int{"nyc": 1}, "x")})
	counts := library.NewCounts()
	counts.Add(library.Installation{Item: "x", Site: "par", Licence: "l"})
	u, err := counts.PlannedUse(context.Background(), terms, "l", users, now, []library.Installation{installed(1, "x", "par"), installed(1, "x", "nyc"), installed(1, "q", "lyo")})
	require.NoError(t, err)
	require.Equal(t, library.Use{Licence: "l", Status: domain.LicenceValid, Used: 2, Over: 1}, u)
	u, err = counts.Use(context.Background(), terms, "l", users, now)
	require.NoError(t, err)
	require.Equal(t, library.Use{Licence: "l", Status: domain.LicenceValid, Used: 1, Waste: []string{"nyc"}}, u)
}

func TestContractsForUnusedSitesAreWaste_L7(t *testing.T) {
	require.Equal(t, []string{"lyo", "nyc"}, library.Waste([]string{"nyc", "par", "lyo", "nyc"}, func(site string) bool { return site == "par" }))
}

// TestKeptCountsAreAsCountingAnew adds and removes at random, and compares with
// going through all installations.
func TestKeptCountsAreAsCountingAnew_L3(t *testing.T) {
	items, sites, keys := []string{"x", "y", "z"}, []string{"par", "nyc", "lyo"}, []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		var licences []library.Licence
		for _, key := range keys {
			l := domain.Licence{Metric: rapid.SampledFrom(domain.LicenceMetrics).Draw(t, "metric"), Seats: some(rapid.IntRange(0, 900).Draw(t, "seats"))}
			if rapid.Bool().Draw(t, "expired") {
				l.Expires = &now
			}
			licences = append(licences, of(key, l, nil, rapid.SliceOfNDistinct(rapid.SampledFrom(items), 0, 3, rapid.ID).Draw(t, "items")...))
		}
		terms := library.NewTerms(licences)
		counts, here := library.NewCounts(), map[[2]string]library.Installation{}
		for range rapid.IntRange(0, 20).Draw(t, "moves") {
			i := installed(rapid.IntRange(1, 9).Draw(t, "day"), rapid.SampledFrom(items).Draw(t, "item"), rapid.SampledFrom(sites).Draw(t, "site"))
			i.Licence = rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "names")
			place := [2]string{i.Item, i.Site}
			if old, ok := here[place]; ok {
				counts.Remove(old)
				delete(here, place)
			}
			if rapid.Bool().Draw(t, "ask") {
				for _, key := range keys {
					_, err := counts.Use(context.Background(), terms, key, users, now.Add(-time.Duration(rapid.IntRange(0, 1).Draw(t, "earlier"))))
					require.NoError(t, err)
				}
			}
			if rapid.Bool().Draw(t, "add") {
				counts.Add(i)
				here[place] = i
			}
		}
		var all []library.Installation
		for _, i := range here {
			all = append(all, i)
		}
		slices.SortFunc(all, func(a, b library.Installation) int {
			return slices.Compare([]string{a.Since.Format(time.RFC3339), a.Site, a.Item}, []string{b.Since.Format(time.RFC3339), b.Site, b.Item})
		})
		for _, l := range licences {
			sum, at, over, legal := 0, map[string]bool{}, map[string]bool{}, map[string]bool{}
			for _, i := range all {
				if slowlyAssigned(i, licences) != l.Key {
					continue
				}
				takes := map[domain.LicenceMetric]int{domain.PerInstallation: 1, domain.PerSite: 1, domain.PerUser: users(i.Site)}[l.Metric]
				if l.Metric == domain.PerInstallation || !at[i.Site] {
					sum += takes
					at[i.Site] = true
					legal[i.Site] = sum <= *l.Seats && l.Expires == nil
				}
				if !legal[i.Site] {
					over[i.Item+i.Site] = true
				}
			}
			u, err := counts.Use(context.Background(), terms, l.Key, users, now)
			require.NoError(t, err)
			require.Equal(t, sum, u.Used)
			require.Equal(t, max(0, sum-*l.Seats), u.Over)
			illegal, err := terms.IllegalUse(context.Background(), l.Key, all, users, now)
			require.NoError(t, err)
			got := map[string]bool{}
			for _, i := range illegal {
				got[i.Item+i.Site] = true
			}
			require.Equal(t, over, got)
		}
	})
}

func slowlyAssigned(i library.Installation, licences []library.Licence) string {
	first := ""
	for _, l := range licences { // by key
		switch {
		case i.Licence != "":
			return i.Licence
		case !slices.Contains(l.Items, i.Item):
		case l.Expires == nil:
			return l.Key
		case first == "":
			first = l.Key
		}
	}
	return first
}

func BenchmarkSeats(b *testing.B) {
	terms := library.NewTerms([]library.Licence{
		of("each", domain.Licence{Metric: domain.PerInstallation}, nil, "i0", "i1", "i2", "i3", "i4"),
		of("site", domain.Licence{Metric: domain.PerSite}, nil, "i5", "i6", "i7", "i8", "i9"),
	})
	counts := library.NewCounts()
	for n := range 1_000_000 {
		counts.Add(library.Installation{Item: fmt.Sprint("i", n%10), Site: fmt.Sprint("s", n/10)})
	}
	for _, key := range []string{"each", "site"} {
		b.Run("use/"+key, func(b *testing.B) {
			for b.Loop() {
				if _, err := counts.Use(context.Background(), terms, key, users, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("one more", func(b *testing.B) {
		one := library.Installation{Item: "i3", Site: "new"}
		for b.Loop() {
			counts.Add(one)
			counts.Remove(one)
		}
	})
}
