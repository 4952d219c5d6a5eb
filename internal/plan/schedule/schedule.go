// Package schedule is the forward schedule of change (H5): what is planned in a
// period, where and for which services, as a value and as an iCalendar file. It
// is pure.
package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Status says how firm an entry is.
type Status string

// How firm an entry is.
const (
	// Tentative is planned and not decided, or on hold.
	Tentative Status = "TENTATIVE"
	// Confirmed may be carried out, or has been.
	Confirmed Status = "CONFIRMED"
	// Cancelled does not take place.
	Cancelled Status = "CANCELLED"
)

// Entry is one planned change.
type Entry struct {
	// ID never changes, whatever else does.
	ID, Key, Name string
	When          domain.TimeRange
	Status        Status
	// Sequence rises with each change of the entry, Changed is when that was.
	Sequence int
	Changed  time.Time
	// Zone is where it takes place, nil: in several zones, or nowhere in
	// particular.
	Zone *time.Location
	// Sites, Items and Services are names, in their order.
	Sites, Items, Services []string
	Description            string
	Person                 string
	// HeldBy are the freezes that hold it.
	HeldBy []string
}

// StatusOf tells how firm a request for change is (H2).
func StatusOf(c *domain.ChangeRequest) Status {
	switch c.Status {
	case domain.ChangeRejected, domain.ChangeWithdrawn, domain.ChangeBackedOut:
		return Cancelled
	case domain.ChangeAuthorised, domain.ChangeInRelease:
		if len(c.HeldBy) > 0 {
			return Tentative
		}
		return Confirmed
	case domain.ChangeImplemented, domain.ChangeClosed:
		return Confirmed
	}
	return Tentative
}

// Sort puts entries in order: by time, then by key.
func Sort(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.When.From.Compare(b.When.From), strings.Compare(a.Key, b.Key))
	})
}
