package announcement

import (
	"cmp"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// Listener is one who is told of a release.
type Listener struct {
	Kind, Key string // domain.KindParty or domain.KindSite
	Name      string
	Audience  domain.AnnouncementAudience
	Address   string // empty: told by the event alone
	Language  string
	TimeZone  string
}

// channel is the one by which the listener is told.
func (l Listener) channel() domain.AnnouncementChannel {
	if l.Address == "" {
		return domain.ByEvent
	}
	return domain.ByEmail
}

// who names the listener; mailbox the address at which nobody is told twice. A site
// has one of its own: an address that stands for several sites is told of each.
func (l Listener) who() string { return l.Kind + ":" + l.Key }

func (l Listener) mailbox() string {
	switch {
	case l.Address == "":
		return ""
	case l.Kind == domain.KindSite:
		return strings.ToLower(l.Address) + " for " + l.Key
	}
	return strings.ToLower(l.Address)
}

// Concerned are those whom a release concerns, by why: parties that support what it
// holds and hurts, whom services among it serve, who own it; and the sites where what
// it holds is installed.
type Concerned struct {
	Supporting, Served, Owning []*domain.Party
	Sites                      []*domain.Site
}

// Listeners are those who are told, each once, by audience and key. Who belongs to
// several audiences is told as one of the first; so is an address that several
// parties share.
func (c Concerned) Listeners() []Listener {
	var list []Listener
	for _, p := range c.Supporting {
		list = append(list, ofParty(p, domain.ToSupport))
	}
	for _, p := range c.Served {
		audience := domain.ToUsers
		if p.Type == domain.PartyCustomer {
			audience = domain.ToCustomers
		}
		list = append(list, ofParty(p, audience))
	}
	for _, p := range c.Owning {
		list = append(list, ofParty(p, domain.ToUsers))
	}
	for _, s := range c.Sites {
		list = append(list, Listener{Kind: domain.KindSite, Key: s.Key, Name: s.Name, Audience: domain.ToSite, Address: given(s.Email), Language: given(s.Language), TimeZone: given(s.TimeZone)})
	}
	slices.SortStableFunc(list, Listener.compare)
	known := map[string]bool{}
	return slices.DeleteFunc(list, func(l Listener) bool {
		box := l.mailbox()
		again := known[l.who()] || box != "" && known[box]
		known[l.who()] = true
		if box != "" {
			known[box] = true
		}
		return again
	})
}

func ofParty(p *domain.Party, a domain.AnnouncementAudience) Listener {
	return Listener{Kind: domain.KindParty, Key: p.Key, Name: p.Name, Audience: a, Address: given(p.Email), Language: given(p.Language), TimeZone: given(p.TimeZone)}
}

func (l Listener) compare(m Listener) int {
	return cmp.Or(slices.Index(domain.AnnouncementAudiences, l.Audience)-slices.Index(domain.AnnouncementAudiences, m.Audience), cmp.Compare(l.Key, m.Key))
}

func given(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
