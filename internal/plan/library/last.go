package library

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/pace"
)

// Step is what the roll-out of a release to a site did to an item there.
type Step struct {
	Key        string // of the roll-out
	Release    string
	Item, Site string
	// At is when it was installed.
	At time.Time
	// Removes says that the item is removed, To the version that is put there.
	Removes bool
	To      string
	// From is the version that stood there before, as the roll-out says it: empty for
	// none, nil where it does not say.
	From *string
	// Activated says that it reached ACTIVATED, BackedOut that it was backed out.
	Activated, BackedOut bool
}

// Place is an item at a site.
type Place struct{ Item, Site string }

// Last finds the last roll-out of each item at each site, of those that reached
// INSTALLED. What stood before one that does not say it is what those before it left.
// It stops when its context ends.
func Last(ctx context.Context, steps []Step) (map[Place]*Rollout, error) {
	sorted := slices.SortedFunc(slices.Values(steps), func(a, b Step) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key))
	})
	last, count := map[Place]*Rollout{}, pace.Of(ctx)
	for _, s := range sorted {
		if err := count.Step(); err != nil {
			return nil, err
		}
		at := Place{s.Item, s.Site}
		r := &Rollout{Key: s.Key, Release: s.Release, Removes: s.Removes, To: s.To, Activated: s.Activated, BackedOut: s.BackedOut}
		switch had := last[at]; {
		case s.From != nil:
			r.Before = *s.From
		case had == nil || had.unknown():
			r.BeforeUnknown = true
		default:
			r.Before = had.deployed()
		}
		last[at] = r
	}
	return last, nil
}
