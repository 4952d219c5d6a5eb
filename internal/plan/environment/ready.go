package environment

import (
	"cmp"
	"slices"
	"time"

	"releasegraph/internal/plan/release"
)

// Run is a test run in an environment: when it was.
type Run struct {
	Key                string
	StartedAt, EndedAt time.Time
}

// Used is a test environment in which runs were made that count for a release.
type Used struct {
	Environment string
	// Resets are when it was reset, oldest first.
	Resets []time.Time
	// Counting are the runs that count, Others those of other kits there.
	Counting, Others []Run
	// Comparison is how it compares with production; nil: nobody asks.
	Comparison *Comparison
}

// Ready is the need ENVIRONMENT_READY: each environment in which counting runs were
// made was reset after the kit before, and is as representative as the policy wants,
// in percent; nil: anything will do (R12).
func Ready(used []Used, atLeast *int) (list []release.Lack) {
	for _, u := range used {
		if counting, other, dirty := u.dirty(); dirty {
			list = append(list, release.NeedEnvironmentReady.Lack(u.Environment,
				"an environment that is reset after the kit before: %s was not, between %s of another kit and %s", u.Environment, other.Key, counting.Key))
		}
		if atLeast != nil && u.Comparison != nil && u.Comparison.Percent() < *atLeast {
			list = append(list, release.NeedEnvironmentReady.Lack(u.Environment,
				"an environment that is %d %% like production: of %s %s", *atLeast, u.Environment, u.Comparison.Text()))
		}
	}
	slices.SortStableFunc(list, func(a, b release.Lack) int { return cmp.Compare(a.About, b.About) })
	return list
}

// Since is from when on runs there may have left another kit: the last reset before
// the first of the counting runs.
func (u Used) Since() (since time.Time) {
	for i, c := range u.Counting {
		if reset := u.resetBefore(c.StartedAt); i == 0 || reset.Before(since) {
			since = reset
		}
	}
	return since
}

// dirty finds a counting run before which, or during which, another kit was there
// that no reset has cleared away.
func (u Used) dirty() (counting, other Run, found bool) {
	for _, c := range u.Counting {
		reset := u.resetBefore(c.StartedAt)
		for _, o := range u.Others {
			if o.EndedAt.After(reset) && o.StartedAt.Before(c.EndedAt) {
				return c, o, true
			}
		}
	}
	return Run{}, Run{}, false
}

// resetBefore is the last reset up to an instant; the zero time when there is none.
func (u Used) resetBefore(at time.Time) (last time.Time) {
	for _, r := range u.Resets {
		if !r.After(at) && r.After(last) {
			last = r
		}
	}
	return last
}
