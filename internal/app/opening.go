package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/calendar"
)

// opens is any record that says when it is on.
type opens interface{ Opens() *domain.Opening }

// spec is an opening as the calendar reckons with it.
func spec(o *domain.Opening) calendar.Spec {
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
	_, errs := calendar.New(spec(o.Opens()))
	for _, e := range errs {
		e.Field = fieldAt(path, e.Field)
	}
	return errs.Err()
}

// fieldAt is the path of a field.
func fieldAt(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// checkWritten tells what is wrong with a record that is about to be written
// beyond its own rules: with its attributes or what it says of those of others
// (C7), and with when it is on (P7).
func (a *App) checkWritten(ctx context.Context, r entity.Record, touched func(field string) bool, path string) error {
	return both(a.checkAttributes(ctx, r, touched, path), a.checkDefinition(ctx, r, touched, path), checkOpening(r, path))
}

// keepOpening refuses an imported record, as it will be, that is never on.
func (b *importBatch) keepOpening(n int, r entity.Record) {
	for _, err := range domain.ErrorsOf(checkOpening(r, "")) {
		b.problem(n, err)
	}
}
