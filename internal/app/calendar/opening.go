package calendar

import (
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/calendar"
)

// opens is any record that says when it is on.
type opens interface{ Opens() *domain.Opening }

// Spec returns an opening as the calendar reckons with it.
func Spec(o *domain.Opening) calendar.Spec {
	return calendar.Spec{
		From: o.From, To: o.To, Recurrence: o.Recurrence, StartsAt: o.StartsAt, Duration: o.Duration, TimeZone: o.TimeZone, Except: o.Except,
	}
}

// checkOpening tells what is wrong with when a record is on (P7), all at once.
func checkOpening(r entity.Record, path string) error {
	o, ok := r.(opens)
	if !ok {
		return nil
	}
	_, errs := calendar.New(Spec(o.Opens()))
	for _, e := range errs {
		e.Field = refusal.FieldAt(path, e.Field)
	}
	return errs.Err()
}
