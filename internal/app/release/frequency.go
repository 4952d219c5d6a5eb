package release

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/release"
)

// frequency is the need FREQUENCY: so much time since the last release of its type
// of each unit as the policy says (R3). A change manager can waive it.
func (f *facts) frequency() []release.Lack {
	every := f.policy.Policy.MinorEvery
	switch f.of.Type {
	case domain.MajorRelease:
		every = f.policy.Policy.MajorEvery
	case domain.EmergencyRelease:
		return nil
	}
	if every == nil || f.of.PlannedFrom == nil || !f.asks(domain.NeedFrequency) {
		return nil
	}
	least, err := period.Parse(*every)
	if err != nil {
		return nil // refused when the policy was written
	}
	var last []release.LastLive
	for i, o := range f.near {
		q := o.release
		if q.Key == f.of.Key || q.Type != f.of.Type || !q.Status.WentLive() {
			continue
		}
		live := optional.Or(q.LiveAt, optional.Or(q.StatusSince, q.UpdatedAt))
		for _, unit := range f.others[i].Units {
			if slices.Contains(f.held.units, unit) {
				last = append(last, release.LastLive{Unit: unit, Release: q.Key, At: live})
			}
		}
	}
	return release.Frequent(f.of.Type, last, least, *f.of.PlannedFrom)
}
