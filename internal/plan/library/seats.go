package library

import (
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Seats keeps licences, the software that they are for, and the installations that
// count for any: those of items that have a licence, and those that name one. They
// are kept in the form in which seats are counted, so that one more or less costs
// a step, whatever their number. It is for one goroutine at a time.
type Seats struct {
	licences map[string]*domain.Licence // by key
	paid     map[string]map[string]bool // sites, by the licence that is paid for there
	items    map[string]int32           // the first entry of each
	entries  []entry
	spare    []int32 // entries of nothing
	groups   []*group
	known    map[string]int32   // groups, by what they have in common
	covering map[string][]int32 // groups, by the licences that may count for them
	sites    sites
	tallies  map[string]*tally // by licence
	count    int
}

// entry is the installations that an item has in one group.
type entry struct {
	at    places
	group int32
	next  int32 // the next entry of the item, none below 0
}

// group is what the installations have in common that count for the same licence
// at every instant: the licence that they name or, where they name none, the
// licences of their items.
type group struct {
	names    string
	licences []string // by key
	count    int
	// at counts the installations at each site, where a licence needs that; else it
	// is nil.
	at      map[int32]int32
	tallies []*tally // that it is in
}

// NewSeats keeps nothing yet.
func NewSeats() *Seats {
	return &Seats{
		licences: map[string]*domain.Licence{}, paid: map[string]map[string]bool{}, items: map[string]int32{},
		known: map[string]int32{}, covering: map[string][]int32{}, sites: sites{index: map[string]int32{}}, tallies: map[string]*tally{},
	}
}

// Len is how many installations are kept.
func (s *Seats) Len() int { return s.count }

// PutLicence adds a licence, or changes what it says.
func (s *Seats) PutLicence(l *domain.Licence) {
	s.licences[l.Key] = l
	s.place(l.Key)
}

// RemoveLicence forgets a licence.
func (s *Seats) RemoveLicence(key string) {
	delete(s.licences, key)
	delete(s.paid, key)
	s.place(key)
}

// Pay notes whether a licence is paid for at a site.
func (s *Seats) Pay(licence, site string, paid bool) {
	if s.paid[licence] == nil {
		s.paid[licence] = map[string]bool{}
	}
	if paid {
		s.paid[licence][site] = true
	} else {
		delete(s.paid[licence], site)
	}
	s.place(licence)
}

// PutUsers says how many users a site has.
func (s *Seats) PutUsers(site string, users int) {
	at := s.sites.of(site)
	more := users - s.sites.users[at]
	s.sites.users[at] = users
	for _, t := range s.tallies {
		if t.at[at] > 0 {
			t.users += more
		}
	}
}

// License says which licences an item has. It reports whether its installations
// are to be put: those that name no licence are not kept of an item without one.
func (s *Seats) License(item string, licences ...string) (unknown bool) {
	licences = slices.Sorted(slices.Values(licences))
	at := s.entry(item, unnamed)
	switch {
	case at < 0 && len(licences) == 0:
		return false
	case at < 0:
		s.newEntry(item, s.groupOf("", licences))
		return true
	case len(licences) == 0:
		s.dropEntry(item, at)
		return false
	}
	if g := s.groupOf("", licences); g != s.entries[at].group {
		was := s.groups[s.entries[at].group]
		for site := range s.entries[at].at.all() {
			s.left(was, site)
			s.joined(s.groups[g], site)
		}
		s.entries[at].group = g
	}
	return false
}

// LicencesOf lists the licences that an item has, by key.
func (s *Seats) LicencesOf(item string) []string {
	if at := s.entry(item, unnamed); at >= 0 {
		return s.groups[s.entries[at].group].licences
	}
	return nil
}

// Naming is how many installations name a licence.
func (s *Seats) Naming(licence string) int {
	if at, known := s.known[common(licence, []string{licence})]; known {
		return s.groups[at].count
	}
	return 0
}

// Put keeps an installation, in the place of what was kept of the item at the
// site.
func (s *Seats) Put(i Installation) {
	site, here := s.sites.of(i.Site), false
	mine := s.entry(i.Item, func(g *group) bool { return g.names == i.Licence })
	for at := range s.entriesOf(i.Item) {
		if at == mine {
			here = s.entries[at].at.has(site)
		} else {
			s.leave(at, site)
		}
	}
	if mine < 0 && i.Licence != "" {
		mine = s.newEntry(i.Item, s.groupOf(i.Licence, []string{i.Licence}))
	}
	if mine >= 0 && !here {
		s.entries[mine].at.add(site)
		s.joined(s.groups[s.entries[mine].group], site)
	}
}

// Remove forgets that an item is at a site.
func (s *Seats) Remove(item, site string) {
	if at, known := s.sites.index[site]; known {
		for e := range s.entriesOf(item) {
			s.leave(e, at)
		}
	}
}

// RemoveItem forgets an item, with its licences and installations.
func (s *Seats) RemoveItem(item string) {
	for at := range s.entriesOf(item) {
		s.dropEntry(item, at)
	}
}

// Has reports whether an item is kept to be at a site.
func (s *Seats) Has(item, site string) bool {
	at, known := s.sites.index[site]
	for e := range s.entriesOf(item) {
		if known && s.entries[e].at.has(at) {
			return true
		}
	}
	return false
}

// Assign is the licence for which an installation of an item counts at an
// instant: the one that it names; else, of those of the item, the first by key
// that is VALID; else the first. It is empty for an item without licence.
func (s *Seats) Assign(item, named string, now time.Time) string {
	if named != "" {
		return named
	}
	if at := s.entry(item, unnamed); at >= 0 {
		return s.assign(s.groups[s.entries[at].group], now)
	}
	return ""
}

func unnamed(g *group) bool { return g.names == "" }

// assign is the licence for which the installations of a group count at an
// instant.
func (s *Seats) assign(g *group, now time.Time) string {
	for _, key := range g.licences {
		if l := s.licences[key]; l != nil && l.StatusAt(now) == domain.LicenceValid {
			return key
		}
	}
	return g.licences[0]
}

// groupOf finds the group of installations that name a licence, or that name none
// and whose items have some, and makes it the first time.
func (s *Seats) groupOf(names string, licences []string) int32 {
	in := common(names, licences)
	at, known := s.known[in]
	if !known {
		at = int32(len(s.groups))
		g := &group{names: names, licences: licences}
		s.known[in] = at
		s.groups = append(s.groups, g)
		for _, key := range licences {
			s.covering[key] = append(s.covering[key], at)
		}
		if s.places(g) {
			g.at = map[int32]int32{}
		}
	}
	return at
}

func common(names string, licences []string) string {
	return names + "\n" + strings.Join(licences, "\n")
}

// places reports whether the sites of a group's installations matter: to a licence
// that counts sites or their users, or that is paid for at some.
func (s *Seats) places(g *group) bool {
	return slices.ContainsFunc(g.licences, func(key string) bool {
		l := s.licences[key]
		return len(s.paid[key]) > 0 || l != nil && l.Metric != domain.PerInstallation
	})
}

// place counts by site, in the groups of a licence, where that has come to matter.
func (s *Seats) place(licence string) {
	for _, at := range s.covering[licence] {
		g := s.groups[at]
		switch matters := s.places(g); {
		case matters && g.at == nil:
			g.at = map[int32]int32{}
			for i := range s.entries {
				if s.entries[i].group == at {
					for site := range s.entries[i].at.all() {
						g.at[site]++
					}
				}
			}
		case !matters:
			g.at = nil
		default:
			continue
		}
		for _, t := range slices.Clone(g.tallies) {
			s.forget(t)
		}
	}
}

// joined counts an installation of a group at a site.
func (s *Seats) joined(g *group, site int32) {
	s.count++
	g.count++
	if g.at != nil {
		g.at[site]++
	}
	for _, t := range g.tallies {
		if t.at[site]++; t.at[site] == 1 {
			t.users += s.sites.users[site]
		}
	}
}

// left counts an installation of a group at a site no more.
func (s *Seats) left(g *group, site int32) {
	s.count--
	g.count--
	if g.at != nil {
		if g.at[site]--; g.at[site] == 0 {
			delete(g.at, site)
		}
	}
	for _, t := range g.tallies {
		if t.at[site]--; t.at[site] == 0 {
			delete(t.at, site)
			t.users -= s.sites.users[site]
		}
	}
}

func (s *Seats) leave(at, site int32) {
	if s.entries[at].at.remove(site) {
		s.left(s.groups[s.entries[at].group], site)
	}
}
