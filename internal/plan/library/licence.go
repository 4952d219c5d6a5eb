package library

import (
	"cmp"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Licence is a licence, the software that it is for, and where it is paid for.
type Licence struct {
	*domain.Licence
	Items  []string       // LICENSED_BY it, by key
	PaidAt map[string]int // seats paid for, by site
}

// Installation is an item at a site. An item is at a site once.
type Installation struct {
	Item, Site string
	Since      time.Time
	// Licence is the one that the installation names, empty when it names none.
	Licence string
}

func (i Installation) compare(j Installation) int {
	return cmp.Or(i.Since.Compare(j.Since), cmp.Compare(i.Site, j.Site), cmp.Compare(i.Item, j.Item))
}

// Terms are all licences, as installations look for theirs.
type Terms struct {
	licences map[string]*Licence
	of       map[string][]*Licence // by item, by key
}

// NewTerms prepares licences.
func NewTerms(licences []Licence) *Terms {
	t := &Terms{licences: map[string]*Licence{}, of: map[string][]*Licence{}}
	for _, l := range licences {
		t.licences[l.Key] = &l
		for _, item := range l.Items {
			t.of[item] = append(t.of[item], &l)
		}
	}
	for _, list := range t.of {
		slices.SortFunc(list, func(a, b *Licence) int { return cmp.Compare(a.Key, b.Key) })
	}
	return t
}

// Assign is the licence for which an installation of an item counts at an
// instant: the one that it names; else, of those of the item, the first by key
// that is VALID; else the first. It is empty for an item without licence.
func (t *Terms) Assign(item, named string, now time.Time) string {
	if named != "" {
		return named
	}
	list := t.of[item]
	for _, l := range list {
		if l.StatusAt(now) == domain.LicenceValid {
			return l.Key
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[0].Key
}
