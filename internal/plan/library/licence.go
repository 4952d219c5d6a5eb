package library

import (
	"cmp"
	"slices"
	"time"
)

// Metric is what a licence counts.
type Metric string

// The metrics of licences.
const (
	PerInstallation Metric = "PER_INSTALLATION" // 1 for each installation
	PerSite         Metric = "PER_SITE"         // 1 for each site
	PerUser         Metric = "PER_USER"         // the users of each site, once
)

// Metrics lists all metrics.
var Metrics = []Metric{PerInstallation, PerSite, PerUser}

// Status is where a licence stands; it follows from the clock.
type Status string

// The statuses of licences.
const (
	Future  Status = "FUTURE"
	Valid   Status = "VALID"
	Expired Status = "EXPIRED"
	Ended   Status = "ENDED"
)

// Licence is the right to use software. Instants that are zero are not set.
type Licence struct {
	Key       string
	Metric    Metric
	Seats     *int // nil: no limit
	ValidFrom time.Time
	Expires   time.Time
	EndedAt   time.Time
	Items     []string       // LICENSED_BY it
	PaidAt    map[string]int // seats paid for, by site
}

// At is where the licence stands at an instant. It has expired at its end.
func (l *Licence) At(now time.Time) Status {
	switch {
	case !l.EndedAt.IsZero() && !now.Before(l.EndedAt):
		return Ended
	case !l.Expires.IsZero() && !now.Before(l.Expires):
		return Expired
	case now.Before(l.ValidFrom):
		return Future
	}
	return Valid
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
		if l.At(now) == Valid {
			return l.Key
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[0].Key
}
