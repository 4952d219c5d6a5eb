package running

import (
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

// Takes is how long the work of a step takes; where nobody said it, it is what nine tenths
// of past ones took, or an hour (P7).
func (r *Rollout) Takes(s *Step) time.Duration {
	for _, given := range []*string{s.PastP90, r.Deployment.WorkDuration} {
		if given == nil {
			continue
		}
		if d, err := domain.ParseDuration(*given); err == nil {
			return d
		}
	}
	return time.Hour
}

// Chosen is when a site of a PULL does its work, if it begins at a moment (P1).
func (r *Rollout) Chosen(s *Step, from time.Time) domain.TimeRange {
	return domain.TimeRange{From: from.UTC(), To: from.UTC().Add(r.Takes(s))}
}

// Choosing is from when until when a site of a PULL may choose its hour.
func (r *Rollout) Choosing(now time.Time) domain.TimeRange {
	until := now.AddDate(1, 0, 0)
	if d := r.Deployment.Deadline; d != nil {
		until = *d
	}
	return domain.TimeRange{From: now, To: until}
}

// CheckChoice tells all that stands against a time that a site of a PULL chooses (P1): the
// deployment does not leave it to sites, the work has begun, the time is over, ends behind
// the deadline, or is none that the occasion leaves (P4, P7).
func (r *Rollout) CheckChoice(s *Step, at domain.TimeRange, o *Occasion, now time.Time) (es domain.Errors) {
	d := r.Deployment
	wrong := func(field, format string, args ...any) {
		es = append(es, domain.Breaks("P1", field, format, args...))
	}
	if d.Approach != domain.Pull {
		wrong("deployment", "%s is %s: sites choose when in a PULL", d.Key, d.Approach)
	}
	if d.Status != domain.DeploymentRunning && d.Status != domain.DeploymentPaused {
		wrong("deployment", "%s is %s: sites choose while it is RUNNING or PAUSED", d.Key, d.Status)
	}
	if !s.Waits() {
		wrong("site", "is %s: it has begun", s.Status)
	}
	if at.From.Before(now) {
		wrong("from", "is past")
	}
	if d.Deadline != nil && at.To.After(*d.Deadline) {
		wrong("from", "would end at %s, and the deadline is %s", inWords(at.To), inWords(*d.Deadline))
	}
	return append(es, o.Check(at)...)
}

// Own is the hour that a step of a PULL chose, or that was set for it, nil: it has none
// (P1).
func (s *Step) Own() *domain.TimeRange {
	if s.ChosenAt == nil && s.ForcedAt == nil {
		return nil
	}
	return s.Window()
}

// Day is what a party takes on a day, with what is planned for it (P13).
type Day struct {
	Party *domain.Party
	Date  string
	// Sites and Users are those of the day, with the site that is added.
	Sites, Users int
}

// CheckDay says what stands against one more site on a day of a party, or nil (P13).
func (d Day) CheckDay() *domain.Error {
	over := func(what string, most, would int) *domain.Error {
		return domain.Breaks("P13", "from", "would be %d %s of %s on %s, and it takes %d a day: choose another day", would, what, d.Party.Key, d.Date, most)
	}
	switch p := d.Party; {
	case p.SitesPerDay != nil && d.Sites > *p.SitesPerDay:
		return over("sites", *p.SitesPerDay, d.Sites)
	case p.UsersPerDay != nil && d.Users > *p.UsersPerDay:
		return over("users", *p.UsersPerDay, d.Users)
	}
	return nil
}

// DayOf is the day of a party's zone in which an instant lies, and its date.
func DayOf(p *domain.Party, at time.Time) (domain.TimeRange, string, error) {
	zone := time.UTC
	if p.TimeZone != nil {
		var err error
		if zone, err = time.LoadLocation(*p.TimeZone); err != nil {
			return domain.TimeRange{}, "", fmt.Errorf("timeZone of %s: %w", p.Key, err)
		}
	}
	local := at.In(zone)
	begins := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	return domain.TimeRange{From: begins.UTC(), To: begins.AddDate(0, 0, 1).UTC()}, begins.Format(time.DateOnly), nil
}
