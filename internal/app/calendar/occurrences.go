package calendar

import (
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/calendar"
)

// mostOccurrences is how many openings are listed at once.
const mostOccurrences = 100

// Occurrences lists when a maintenance window or a freeze is on: the first
// openings in a period, or without one from now on. A freeze that was lifted is
// on no more.
func (a *Area) Occurrences(r entity.Record, during *domain.TimeRange, first int) ([]*domain.Occurrence, error) {
	var firstErr, duringErr error
	if first < 1 || first > mostOccurrences {
		firstErr = refusal.Wrong("first", "must be from 1 to %d, not %d", mostOccurrences, first)
	}
	if during != nil {
		duringErr = checkPeriod(*during, "during", longestPeriod)
	}
	if err := refusal.Both(firstErr, duringErr); err != nil {
		return nil, err
	}
	list := []*domain.Occurrence{}
	w, unfit := calendar.New(Spec(r.(opens).Opens()))
	if len(unfit) > 0 {
		return list, nil // an older record may be on never: quality and check say so
	}
	var found []domain.TimeRange
	if during == nil {
		found = w.Next(a.estate.Clock(), first)
	} else {
		found = w.Occurrences(*during)
	}
	for _, one := range found {
		if f, ok := r.(*domain.Freeze); ok && f.LiftedAt != nil {
			one.To = earlier(one.To, *f.LiftedAt)
		}
		if len(list) < first && !one.Empty() {
			list = append(list, occurrence(one, w.Zone()))
		}
	}
	return list, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// occurrence tells an opening as instants, and as the clocks of its zone show
// them.
func occurrence(r domain.TimeRange, zone *time.Location) *domain.Occurrence {
	o := &domain.Occurrence{From: r.From, To: r.To}
	if zone != nil {
		from, to := calendar.FormatWall(calendar.Wall(r.From, zone)), calendar.FormatWall(calendar.Wall(r.To, zone))
		o.LocalFrom, o.LocalTo = &from, &to
	}
	return o
}
