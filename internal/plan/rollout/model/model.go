// Package model numbers the records of an input by their keys, and lays them out
// for those who walk them (P4): so that a plan never follows from the order in
// which records were given.
package model

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/version"
)

// Model is an input with its records numbered by their keys. All lists are by
// these numbers. It is not changed any more.
type Model struct {
	In       *rollout.Input
	items    Order
	sites    Order
	releases Order
	parties  Order

	// Usable are the items that are neither withdrawn nor disposed of: others neither
	// receive nor carry a chain (P2).
	Usable []bool
	// Depends are the ordering links between usable items (P4, I11), by item.
	Depends *digraph.Graph
	// SiteNeeds are SITE_NEEDS, by site.
	SiteNeeds *digraph.Graph
	// installed items stand by site, and by item within it.
	start []int32
	item  []int32
	at    []int32 // their places in the input
	// Reader reads the versions of items.
	Reader *version.Reader
	opens
}

// New numbers the records of an input. It fails where the input does not fit
// together; what a person can get wrong is for Check.
func New(ctx context.Context, in *rollout.Input) (*Model, error) {
	m := &Model{In: in}
	var err error
	for _, kind := range []struct {
		of   *Order
		name string
		n    int
		key  func(int32) string
	}{
		{&m.items, domain.KindConfigurationItem, len(in.Items), func(i int32) string { return in.Items[i].Key }},
		{&m.sites, domain.KindSite, len(in.Sites), func(i int32) string { return in.Sites[i].Key }},
		{&m.releases, domain.KindRelease, len(in.Releases), func(i int32) string { return in.Releases[i].Key }},
		{&m.parties, domain.KindParty, len(in.Parties), func(i int32) string { return in.Parties[i].Key }},
	} {
		if *kind.of, err = ordered(kind.name, kind.n, kind.key); err != nil {
			return nil, err
		}
	}
	scheme := in.Versions
	if scheme.Kind == "" {
		scheme.Kind = version.Natural
	}
	if m.Reader, err = scheme.Reader(); err != nil {
		return nil, err
	}
	if err := m.link(); err != nil {
		return nil, err
	}
	m.open()
	return m, m.install(ctx)
}

// link lays out the links between items and between sites.
func (m *Model) link() error {
	m.Usable = make([]bool, m.items.Len())
	for i := range m.Usable {
		m.Usable[i] = m.Item(int32(i)).Status.Changeable()
	}
	depends := digraph.New(m.items.Len())
	for _, d := range m.In.Dependencies {
		from, err := m.ItemNo(d.From)
		if err != nil {
			return err
		}
		to, err := m.ItemNo(d.To)
		if err != nil {
			return err
		}
		if d.Impact != domain.ImpactNone && m.Usable[from] && m.Usable[to] {
			depends.Add(from, to)
		}
	}
	m.Depends = depends.Unique()
	needs := digraph.New(m.sites.Len())
	for _, l := range m.In.Needs {
		from, err := m.SiteNo(l.From)
		if err != nil {
			return err
		}
		to, err := m.SiteNo(l.To)
		if err != nil {
			return err
		}
		needs.Add(from, to)
	}
	m.SiteNeeds = needs.Unique()
	return nil
}

// install sorts the installations by site, and by item within it.
func (m *Model) install(ctx context.Context) error {
	p := pace.Of(ctx)
	in := m.In.Installed
	for i := range in {
		if _, err := m.ItemNo(in[i].Item); err != nil {
			return err
		}
		if _, err := m.SiteNo(in[i].Site); err != nil {
			return err
		}
	}
	byItem, err := sorted(p, len(in), m.items.Len(), func(i int32) int32 { return m.items.No[in[i].Item] })
	if err != nil {
		return err
	}
	bySite, err := sorted(p, len(in), m.sites.Len(), func(i int32) int32 { return m.sites.No[in[byItem[i]].Site] })
	if err != nil {
		return err
	}
	m.start, m.item, m.at = make([]int32, m.sites.Len()+1), make([]int32, len(in)), make([]int32, len(in))
	for to, i := range bySite {
		at := byItem[i]
		m.at[to], m.item[to] = at, m.items.No[in[at].Item]
		site := m.sites.No[in[at].Site]
		m.start[site+1]++
		if to > 0 && m.item[to-1] == m.item[to] && in[m.at[to-1]].Site == in[at].Site {
			return fmt.Errorf("the input has %s installed at %s twice", quoted(m.Item(m.item[to]).Key), quoted(m.Site(site).Key))
		}
	}
	for s := range m.sites.Len() {
		m.start[s+1] += m.start[s]
	}
	return nil
}

func quoted(key string) string { return fmt.Sprintf("%q", key) }

// sorted orders 0 to n-1 by a number below size; equal ones keep their order.
func sorted(p *pace.Pace, n, size int, by func(int32) int32) ([]int32, error) {
	next := make([]int32, size+1)
	for i := range int32(n) {
		next[by(i)+1]++
	}
	for i := range size {
		next[i+1] += next[i]
	}
	list := make([]int32, n)
	for i := range int32(n) {
		if err := p.Step(); err != nil {
			return nil, err
		}
		to := &next[by(i)]
		list[*to] = i
		*to++
	}
	return list, nil
}

// Items counts the items, Sites the sites.
func (m *Model) Items() int { return m.items.Len() }

// Sites counts the sites.
func (m *Model) Sites() int { return m.sites.Len() }

// Item returns an item by its number.
func (m *Model) Item(no int32) *rollout.Item { return &m.In.Items[m.items.At[no]] }

// Site returns a site by its number.
func (m *Model) Site(no int32) *rollout.Site { return &m.In.Sites[m.sites.At[no]] }

// UsersAt returns how many users a site has, 0 where nobody told.
func (m *Model) UsersAt(no int32) int64 {
	if u := m.Site(no).Users; u != nil {
		return int64(*u)
	}
	return 0
}

// Release returns a release by its number.
func (m *Model) Release(no int32) *rollout.Release { return &m.In.Releases[m.releases.At[no]] }

// Party returns a party by its number.
func (m *Model) Party(no int32) *rollout.Party { return &m.In.Parties[m.parties.At[no]] }

// Parties counts the parties.
func (m *Model) Parties() int { return m.parties.Len() }

// ItemNo numbers an item of the input.
func (m *Model) ItemNo(at rollout.ItemNo) (int32, error) {
	return m.items.number(domain.KindConfigurationItem, int32(at))
}

// SiteNo numbers a site of the input.
func (m *Model) SiteNo(at rollout.SiteNo) (int32, error) {
	return m.sites.number(domain.KindSite, int32(at))
}

// ReleaseNo numbers a release of the input.
func (m *Model) ReleaseNo(at rollout.ReleaseNo) (int32, error) {
	return m.releases.number(domain.KindRelease, int32(at))
}

// PartyNo numbers a party of the input.
func (m *Model) PartyNo(at rollout.PartyNo) (int32, error) {
	return m.parties.number(domain.KindParty, int32(at))
}

// SiteNamed finds a site by its key.
func (m *Model) SiteNamed(key string) (int32, bool) {
	i, found := slices.BinarySearchFunc(m.sites.At, key, func(at int32, key string) int { return compare(m.In.Sites[at].Key, key) })
	return int32(i), found
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// At lists the items that are installed at a site, in order. The slice must not be
// changed.
func (m *Model) At(site int32) []int32 { return m.item[m.start[site]:m.start[site+1]] }

// Installation returns the i-th installation at a site.
func (m *Model) Installation(site int32, i int) *rollout.Installation {
	return &m.In.Installed[m.at[m.start[site]+int32(i)]]
}
