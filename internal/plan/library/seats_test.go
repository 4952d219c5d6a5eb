package library_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
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

// licensed is a licence with the software that it is for.
type licensed struct {
	domain.Licence
	items  []string
	paidAt []string
}

func of(key string, l domain.Licence, paidAt []string, items ...string) licensed {
	l.Key = key
	return licensed{l, items, paidAt}
}

var users = map[string]int{"par": 420, "nyc": 300, "lyo": 80}

// seats keeps licences and installations, of some sites with users.
func seats(licences []licensed, at ...library.Installation) *library.Seats {
	s := library.NewSeats()
	for site, n := range users {
		s.PutUsers(site, n)
	}
	has := map[string][]string{}
	for _, l := range licences {
		s.PutLicence(&l.Licence)
		for _, item := range l.items {
			has[item] = append(has[item], l.Key)
		}
		for _, site := range l.paidAt {
			s.Pay(l.Key, site, true)
		}
	}
	for item, keys := range has {
		s.License(item, keys...)
	}
	for _, i := range at {
		s.Put(i)
		s.Put(i)
	}
	return s
}

func used(t testing.TB, l []licensed, key string, at ...library.Installation) (library.Use, []string) {
	t.Helper()
	s := seats(l, at...)
	u, err := s.Use(context.Background(), key, now)
	require.NoError(t, err)
	illegal, err := s.IllegalUse(context.Background(), key, at, now)
	require.NoError(t, err)
	var list []string
	for _, i := range illegal {
		list = append(list, fmt.Sprint(i.Item, " ", i.Site, " ", i.Why))
	}
	return u, list
}

func wasted(t testing.TB, s *library.Seats, key string) []string {
	t.Helper()
	list, err := s.Waste(context.Background(), key, now)
	require.NoError(t, err)
	return list
}

// TestSeatsAreCounted is example 13.
func TestSeatsAreCounted_L3(t *testing.T) {
	lic := of("lic", domain.Licence{Metric: domain.PerInstallation, Seats: some(2)}, nil, "db")
	u, illegal := used(t, []licensed{lic}, "lic", installed(3, "db", "par"), installed(1, "db", "lyo"), installed(2, "db", "nyc"))
	require.Equal(t, library.Use{Status: domain.LicenceValid, Used: 3, Over: 1}, u)
	require.Equal(t, []string{"db par OVER_SEATS"}, illegal)

	lic2 := of("lic2", domain.Licence{Metric: domain.PerUser, Seats: some(600)}, []string{"lyo", "par"}, "tool")
	at := []library.Installation{installed(1, "tool", "par"), installed(2, "tool", "nyc")}
	u, illegal = used(t, []licensed{lic2}, "lic2", at...)
	require.Equal(t, library.Use{Status: domain.LicenceValid, Used: 720, Over: 120}, u)
	require.Equal(t, []string{"tool nyc OVER_SEATS"}, illegal)
	require.Equal(t, []string{"lyo"}, wasted(t, seats([]licensed{lic2}, at...), "lic2"), "L7")
}

func TestAnInstallationCountsForItsLicence_L3(t *testing.T) {
	s := seats([]licensed{
		of("a", domain.Licence{Expires: &now}, nil, "x", "y"), of("b", domain.Licence{}, nil, "x"),
		of("c", domain.Licence{ValidFrom: some(now.Add(1))}, nil, "x", "z"), of("d", domain.Licence{EndedAt: &now}, nil, "y"),
	})
	for _, c := range []struct{ item, named, want string }{
		{"x", "c", "c"}, {"x", "", "b"}, {"y", "", "a"}, {"z", "", "c"}, {"free", "", ""},
	} {
		require.Equal(t, c.want, s.Assign(c.item, c.named, now), "%s naming %q", c.item, c.named)
	}
	require.Equal(t, "a", s.Assign("x", "", now.Add(-1)), "it has not expired yet")
}

func TestAfterItsEndALicenceCoversNothing_L3(t *testing.T) {
	for _, c := range []struct {
		l    domain.Licence
		want string
	}{
		{domain.Licence{Expires: &now}, "x par EXPIRED"}, {domain.Licence{EndedAt: &now}, "x par ENDED"}, {domain.Licence{ValidFrom: some(now.Add(1))}, "x par NOT_YET_VALID"},
	} {
		c.l.Metric = domain.PerSite
		u, illegal := used(t, []licensed{of("l", c.l, nil, "x")}, "l", installed(1, "x", "par"))
		require.Equal(t, []string{c.want}, illegal)
		require.Equal(t, 1, u.Used)
		require.Zero(t, u.Over, "there is no limit")
	}
}

func TestASeatOfASiteCoversAllThatIsInstalledThere_L3(t *testing.T) {
	l := of("l", domain.Licence{Metric: domain.PerSite, Seats: some(1)}, nil, "x", "y")
	u, illegal := used(t, []licensed{l}, "l", installed(1, "x", "par"), installed(2, "x", "nyc"), installed(3, "y", "par"), installed(4, "y", "nyc"))
	require.Equal(t, 2, u.Used)
	require.Equal(t, []string{"x nyc OVER_SEATS", "y nyc OVER_SEATS"}, illegal)
}

// What counts for nothing is not kept, and is given anew when it comes to count.
func TestInstallationsWithoutALicenceAreNotKept_L3(t *testing.T) {
	s := seats(nil, installed(1, "x", "par"))
	require.Zero(t, s.Len())
	s.PutLicence(&domain.Licence{Record: domain.Record{Key: "l"}, Metric: domain.PerInstallation})
	require.True(t, s.License("x", "l"), "its installations are unknown")
	s.Put(installed(1, "x", "par"))
	require.False(t, s.License("x", "l"))
	u, err := s.Use(t.Context(), "l", now)
	require.NoError(t, err)
	require.Equal(t, 1, u.Used)
	require.False(t, s.License("x"))
	require.Zero(t, s.Len())
}

func TestContractsForUnusedSitesAreWaste_L7(t *testing.T) {
	require.Equal(t, []string{"lyo", "nyc"}, library.Waste([]string{"nyc", "par", "lyo", "nyc"}, func(site string) bool { return site == "par" }))
}

// estate is what the slow reference goes through.
type estate struct {
	licences map[string]licensed
	has      map[string][]string // licences by item
	users    map[string]int
	at       map[[2]string]library.Installation
}

// assigned is the licence that an installation counts for, slowly.
func (e *estate) assigned(i library.Installation, now time.Time) string {
	if i.Licence != "" {
		return i.Licence
	}
	list := slices.Sorted(slices.Values(e.has[i.Item]))
	for _, key := range list {
		if l := e.licences[key]; l.StatusAt(now) == domain.LicenceValid {
			return key
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (e *estate) takes(l licensed, site string) int {
	return map[domain.LicenceMetric]int{domain.PerInstallation: 1, domain.PerSite: 1, domain.PerUser: e.users[site]}[l.Metric]
}

// used counts a licence by going through all installations.
func (e *estate) used(key string, now time.Time, more ...library.Installation) (sum int, at map[string]bool) {
	l, at := e.licences[key], map[string]bool{}
	all := map[[2]string]library.Installation{}
	for _, i := range more {
		all[[2]string{i.Item, i.Site}] = i
	}
	for place, i := range e.at {
		all[place] = i
	}
	for _, i := range all {
		if e.assigned(i, now) != key {
			continue
		}
		if l.Metric == domain.PerInstallation || !at[i.Site] {
			sum += e.takes(l, i.Site)
		}
		at[i.Site] = true
	}
	return sum, at
}

// illegal lists what a licence does not cover by going through all installations.
func (e *estate) illegal(key string, now time.Time) (list []string) {
	l, all := e.licences[key], []library.Installation{}
	for _, i := range e.at {
		if e.assigned(i, now) == key {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b library.Installation) int {
		return slices.Compare([]string{a.Since.Format(time.RFC3339), a.Site, a.Item}, []string{b.Since.Format(time.RFC3339), b.Site, b.Item})
	})
	sum, legal := 0, map[string]bool{}
	for _, i := range all {
		if _, seen := legal[i.Site]; l.Metric == domain.PerInstallation || !seen {
			sum += e.takes(l, i.Site)
			legal[i.Site] = sum <= *l.Seats && l.StatusAt(now) == domain.LicenceValid
		}
		if !legal[i.Site] {
			list = append(list, i.Item+i.Site)
		}
	}
	return list
}

// TestWhatIsKeptIsAsCountingAnew does whatever comes at random, and compares with
// going through all installations.
func TestWhatIsKeptIsAsCountingAnew_L3_L7(t *testing.T) {
	items, places, keys := []string{"x", "y", "z"}, []string{"par", "nyc", "lyo"}, []string{"a", "b", "c"}
	instants := []time.Time{now.Add(-1), now}
	rapid.Check(t, func(t *rapid.T) {
		pick := func(from []string, label string) string { return rapid.SampledFrom(from).Draw(t, label) }
		s, e := library.NewSeats(), &estate{map[string]licensed{}, map[string][]string{}, map[string]int{}, map[[2]string]library.Installation{}}
		license := func(key string) {
			l := licensed{Licence: domain.Licence{Record: domain.Record{Key: key}}, paidAt: e.licences[key].paidAt}
			l.Metric, l.Seats = rapid.SampledFrom(domain.LicenceMetrics).Draw(t, "metric"), some(rapid.IntRange(0, 900).Draw(t, "seats"))
			if rapid.Bool().Draw(t, "expired") {
				l.Expires = &now
			}
			e.licences[key] = l
			s.PutLicence(&l.Licence)
		}
		for _, key := range keys {
			license(key)
		}
		put := func(i library.Installation) {
			e.at[[2]string{i.Item, i.Site}] = i
			s.Put(i)
		}
		moves := map[string]func(){
			"install": func() {
				i := installed(rapid.IntRange(1, 9).Draw(t, "day"), pick(items, "item"), pick(places, "site"))
				i.Licence = pick([]string{"", "", "a", "b"}, "names")
				put(i)
			},
			"remove": func() {
				item, site := pick(items, "item"), pick(places, "site")
				delete(e.at, [2]string{item, site})
				s.Remove(item, site)
			},
			"license": func() {
				item := pick(items, "item")
				e.has[item] = rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 3, rapid.ID).Draw(t, "licences")
				if s.License(item, e.has[item]...) {
					for _, i := range e.at {
						if i.Item == item {
							s.Put(i)
						}
					}
				}
			},
			"change": func() { license(pick(keys, "licence")) },
			"pay": func() {
				key, site, paid := pick(keys, "licence"), pick(places, "site"), rapid.Bool().Draw(t, "paid")
				l := e.licences[key]
				l.paidAt = slices.DeleteFunc(slices.Clone(l.paidAt), func(other string) bool { return other == site })
				if paid {
					l.paidAt = append(l.paidAt, site)
				}
				e.licences[key] = l
				s.Pay(key, site, paid)
			},
			"people": func() {
				site := pick(places, "site")
				e.users[site] = rapid.IntRange(0, 500).Draw(t, "users")
				s.PutUsers(site, e.users[site])
			},
			"item": func() {
				item := pick(items, "item")
				for _, site := range places {
					delete(e.at, [2]string{item, site})
				}
				delete(e.has, item)
				s.RemoveItem(item)
			},
		}
		names := []string{"install", "install", "install", "remove", "license", "change", "pay", "people", "item"}
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			moves[pick(names, "move")]()
			key, at := pick(keys, "ask"), instants[rapid.IntRange(0, 1).Draw(t, "instant")]
			e.compare(t, s, key, at, items, places)
		}
		kept := 0
		for _, i := range e.at {
			if i.Licence != "" || len(e.has[i.Item]) > 0 {
				kept++
			}
		}
		require.Equal(t, kept, s.Len())
	})
}

// compare asks both for all that can be asked of a licence.
func (e *estate) compare(t *rapid.T, s *library.Seats, key string, at time.Time, items, places []string) {
	ctx := context.Background()
	sum, sites := e.used(key, at)
	l := e.licences[key]
	u, err := s.Use(ctx, key, at)
	require.NoError(t, err)
	require.Equal(t, library.Use{Status: l.StatusAt(at), Used: sum, Over: max(0, sum-*l.Seats)}, u)

	waste := slices.Clone(l.paidAt)
	waste = slices.DeleteFunc(waste, func(site string) bool { return sites[site] })
	slices.Sort(waste)
	wasted, err := s.Waste(ctx, key, at)
	require.NoError(t, err)
	require.Equal(t, strings.Join(waste, " "), strings.Join(wasted, " "))

	var all []library.Installation
	for _, i := range e.at {
		all = append(all, i)
	}
	illegal, err := s.IllegalUse(ctx, key, all, at)
	require.NoError(t, err)
	var got []string
	for _, i := range illegal {
		got = append(got, i.Item+i.Site)
	}
	require.Equal(t, e.illegal(key, at), got)

	var planned []library.Installation
	for _, item := range items {
		for _, site := range append(places, "new") {
			if rapid.IntRange(0, 3).Draw(t, "planned") == 0 {
				planned = append(planned, installed(1, item, site))
			}
		}
	}
	p, err := s.Planned(ctx, key, at, slices.Values(planned))
	require.NoError(t, err)
	// What is installed of an item that counts for nothing is not kept, and is no
	// licence's either.
	after, _ := e.used(key, at, planned...)
	require.Equal(t, library.Use{Status: l.StatusAt(at), Used: sum, Over: max(0, after-*l.Seats)}, p.Use)
	require.Equal(t, after-sum, p.Adds)
	require.Equal(t, e.newly(key, at, planned), p.At)
}

// newly lists the sites of planned installations that are going to count for a
// licence.
func (e *estate) newly(key string, now time.Time, planned []library.Installation) (list []string) {
	for _, i := range planned {
		if _, there := e.at[[2]string{i.Item, i.Site}]; !there && e.assigned(i, now) == key && !slices.Contains(list, i.Site) {
			list = append(list, i.Site)
		}
	}
	slices.Sort(list)
	return list
}

func TestPlannedReleasesWillUseSeats_L3(t *testing.T) {
	s := seats([]licensed{of("l", domain.Licence{Metric: domain.PerInstallation, Seats: some(1)}, nil, "x")},
		library.Installation{Item: "x", Site: "par", Licence: "l"})
	p, err := s.Planned(t.Context(), "l", now, slices.Values([]library.Installation{installed(1, "x", "par"), installed(1, "x", "nyc"), installed(1, "q", "lyo")}))
	require.NoError(t, err)
	require.Equal(t, library.Planned{Use: library.Use{Status: domain.LicenceValid, Used: 1, Over: 1}, Adds: 1, At: []string{"nyc"}}, p)
	p, err = s.Planned(t.Context(), "none", now, library.Installs())
	require.NoError(t, err)
	require.Equal(t, library.Planned{}, p)
}
