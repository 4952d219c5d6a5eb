package announcement

import (
	"time"

	"releasegraph/internal/domain"
)

// leads are how many days before a roll-out begins each audience is told of it. Who
// supports it and where it is installed, the calendar is answered first (R13).
var leads = map[domain.AnnouncementAudience]int{domain.ToSupport: 14, domain.ToSite: 14, domain.ToCustomers: 7, domain.ToUsers: 3}

const (
	// hour is that of the recipients' day at which they are told of a plan.
	hour = 9
	// settling is how long a change rests before it is told: a calendar that moves
	// twice within it is told once.
	settling = time.Hour
)

// due is when an announcement is sent by the clock: of a plan in the morning, some days
// before the roll-out begins, where that morning comes first; of a change soon.
func (q Question) due(g group, letter Letter) *time.Time {
	if g.occasion != domain.OnPlan {
		at := q.Now.Add(settling)
		return &at
	}
	var first *time.Time
	for _, name := range letter.Zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			zone = time.UTC
		}
		local := letter.From.In(zone)
		at := time.Date(local.Year(), local.Month(), local.Day()-leads[g.audience], hour, 0, 0, 0, zone).UTC()
		if first == nil || at.Before(*first) {
			first = &at
		}
	}
	return first
}

// Due reports whether the clock sends a draft: when its time has come and nothing
// waits for a person. A plan is told once the release is accepted, for it may still be
// rejected before, and until its calendar is over; a change is told as it is.
func Due(a *domain.Announcement, r *domain.Release, now time.Time) bool {
	if a.Status != domain.AnnouncementDraft || a.Outdated || len(a.Recipients) == 0 || a.PlannedAt == nil || a.PlannedAt.After(now) {
		return false
	}
	if a.Occasion != domain.OnPlan {
		return true
	}
	certain := r.Status == domain.ReleaseAccepted || r.Status == domain.ReleaseDeploying
	return certain && r.PlannedTo != nil && now.Before(*r.PlannedTo)
}
