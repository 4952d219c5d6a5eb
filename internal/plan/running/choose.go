package running

import (
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

// Chosen is when a site of a PULL does its work, if it begins at a moment (P1); a duration
// that nobody gave is what nine tenths of past ones took, or an hour (P7).
func (r *Rollout) Chosen(s *Step, from time.Time) domain.TimeRange {
	length := time.Hour
	for _, given := range []*string{s.PastP90, r.Deployment.WorkDuration} {
		if given == nil {
			continue
		}
		if d, err := domain.ParseDuration(*given); err == nil {
			length = d
		}
	}
	return domain.TimeRange{From: from.UTC(), To: from.UTC().Add(length)}
}

// CheckChoice tells all that stands against a time that a site of a PULL chooses (P1): the
// deployment does not leave it to sites, the work has begun, the time is over, is held by a
// freeze, or ends behind the deadline.
func (r *Rollout) CheckChoice(s *Step, at domain.TimeRange, now time.Time) (es domain.Errors) {
	d := r.Deployment
	wrong := func(rule, field, format string, args ...any) {
		es = append(es, domain.Breaks(rule, field, format, args...))
	}
	if d.Approach != domain.Pull {
		wrong("P1", "deployment", "%s is %s: sites choose when in a PULL", d.Key, d.Approach)
	}
	if d.Status != domain.DeploymentRunning && d.Status != domain.DeploymentPaused {
		wrong("P1", "deployment", "%s is %s: sites choose while it is RUNNING or PAUSED", d.Key, d.Status)
	}
	if s.Status != domain.SitePending && s.Status != domain.SiteDistributed {
		wrong("P1", "site", "is %s: it has begun", s.Status)
	}
	if at.From.Before(now) {
		wrong("P1", "from", "is past")
	}
	if d.Deadline != nil && at.To.After(*d.Deadline) {
		wrong("P1", "from", "would end at %s, and the deadline is %s", at.To.UTC().Format(time.RFC3339), d.Deadline.UTC().Format(time.RFC3339))
	}
	for _, f := range s.Frozen {
		if f.From.Before(at.To) && at.From.Before(f.To) {
			wrong("P7", "from", "meets a freeze, from %s until %s", f.From.UTC().Format(time.RFC3339), f.To.UTC().Format(time.RFC3339))
		}
	}
	return es
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
