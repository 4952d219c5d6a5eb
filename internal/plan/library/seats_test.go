package library_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/library"
)

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func on(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

func installed(day int, item, site string) library.Installation {
	return library.Installation{Item: item, Site: site, Since: on(day)}
}

func seats(n int) *int { return &n }

func users(site string) int { return map[string]int{"par": 420, "nyc": 300, "lyo": 80}[site] }

func used(t testing.TB, l []library.Licence, key string, of ...library.Installation) (library.Use, []string) {
	t.Helper()
	terms, counts := library.NewTerms(l), library.NewCounts()
	for _, i := range of {
		counts.Add(i)
		counts.Add(i)
	}
	u, err := counts.Use(context.Background(), terms, key, users, now)
	require.NoError(t, err)
	illegal, err := terms.IllegalUse(context.Background(), key, of, users, now)
	require.NoError(t, err)
	var places []string
	for _, i := range illegal {
		places = append(places, fmt.Sprint(i.Item, " ", i.Site, " ", i.Why))
	}
	return u, places
}

// TestSeatsAreCounted is example 13.
func TestSeatsAreCounted_L3(t *testing.T) {
	lic := library.Licence{Key: "lic", Metric: library.PerInstallation, Seats: seats(2), Items: []string{"db"}}
	u, illegal := used(t, []library.Licence{lic}, "lic", installed(3, "db", "par"), installed(1, "db", "lyo"), installed(2, "db", "nyc"))
	require.Equal(t, library.Use{Licence: "lic", Status: library.Valid, Used: 3, Over: 1}, u)
	require.Equal(t, []string{"db par OVER_SEATS"}, illegal)

	lic2 := library.Licence{Key: "lic2", Metric: library.PerUser, Seats: seats(600), Items: []string{"tool"}, PaidAt: map[string]int{"lyo": 80, "par": 420}}
	u, illegal = used(t, []library.Licence{lic2}, "lic2", installed(1, "tool", "par"), installed(2, "tool", "nyc"))
	require.Equal(t, library.Use{Licence: "lic2", Status: library.Valid, Used: 720, Over: 120, Waste: []string{"lyo"}}, u)
	require.Equal(t, []string{"tool nyc OVER_SEATS"}, illegal)
}

func TestAnInstallationCountsForItsLicence_L3(t *testing.T) {
	terms := library.NewTerms([]library.Licence{
		{Key: "a", Items: []string{"x", "y"}, Expires: now}, {Key: "b", Items: []string{"x"}}, {Key: "c", Items: []string{"x", "z"}, ValidFrom: now.Add(1)},
		{Key: "d", Items: []string{"y"}, EndedAt: now},
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
		l    library.Licence
		want string
	}{
		{library.Licence{Expires: now}, "x par EXPIRED"}, {library.Licence{EndedAt: now}, "x par ENDED"}, {library.Licence{ValidFrom: now.Add(1)}, "x par NOT_YET_VALID"},
	} {
		c.l.Key, c.l.Metric, c.l.Items = "l", library.PerSite, []string{"x"}
		u, illegal := used(t, []library.Licence{c.l}, "l", installed(1, "x", "par"))
		require.Equal(t, []string{c.want}, illegal)
		require.Equal(t, 1, u.Used)
		require.Zero(t, u.Over, "there is no limit")
	}
}

func TestASeatOfASiteCoversAllThatIsInstalledThere_L3(t *testing.T) {
	l := library.Licence{Key: "l", Metric: library.PerSite, Seats: seats(1), Items: []string{"x", "y"}}
	u, illegal := used(t, []library.Licence{l}, "l", installed(1, "x", "par"), installed(2, "x", "nyc"), installed(3, "y", "par"), installed(4, "y", "nyc"))
	require.Equal(t, 2, u.Used)
	require.Equal(t, []string{"x nyc OVER_SEATS", "y nyc OVER_SEATS"}, illegal)
}

func TestPlannedReleasesWillUseSeats_L3(t *testing.T) {
	terms := library.NewTerms([]library.Licence{{Key: "l", Metric: library.PerInstallation, Seats: seats(1), Items: []string{"x"}, PaidAt: map[string]int{"nyc": 1}}})
	counts := library.NewCounts()
	counts.Add(library.Installation{Item: "x", Site: "par", Licence: "l"})
	u, err := counts.PlannedUse(context.Background(), terms, "l", users, now, []library.Installation{installed(1, "x", "par"), installed(1, "x", "nyc"), installed(1, "q", "lyo")})
	require.NoError(t, err)
	require.Equal(t, library.Use{Licence: "l", Status: library.Valid, Used: 2, Over: 1}, u)
	u, err = counts.Use(context.Background(), terms, "l", users, now)
	require.NoError(t, err)
	require.Equal(t, library.Use{Licence: "l", Status: library.Valid, Used: 1, Waste: []string{"nyc"}}, u)
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
			l := library.Licence{Key: key, Metric: rapid.SampledFrom(library.Metrics).Draw(t, "metric"), Seats: seats(rapid.IntRange(0, 900).Draw(t, "seats"))}
			l.Items = rapid.SliceOfNDistinct(rapid.SampledFrom(items), 0, 3, rapid.ID).Draw(t, "items")
			if rapid.Bool().Draw(t, "expired") {
				l.Expires = now
			}
			licences = append(licences, l)
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
				takes := map[library.Metric]int{library.PerInstallation: 1, library.PerSite: 1, library.PerUser: users(i.Site)}[l.Metric]
				if l.Metric == library.PerInstallation || !at[i.Site] {
					sum += takes
					at[i.Site] = true
					legal[i.Site] = sum <= *l.Seats && l.Expires.IsZero()
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
		case l.Expires.IsZero():
			return l.Key
		case first == "":
			first = l.Key
		}
	}
	return first
}

func BenchmarkSeats(b *testing.B) {
	terms := library.NewTerms([]library.Licence{
		{Key: "each", Metric: library.PerInstallation, Items: []string{"i0", "i1", "i2", "i3", "i4"}}, {Key: "site", Metric: library.PerSite, Items: []string{"i5", "i6", "i7", "i8", "i9"}},
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
