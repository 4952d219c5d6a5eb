package domain

import (
	"errors"
	"time"
)

// EnvironmentBooking keeps a test environment for one release, for a time (R12).
type EnvironmentBooking struct {
	Record
	StartsAt time.Time `graph:"startsAt,required,filter,sort,import"`
	EndsAt   time.Time `graph:"endsAt,required,filter,sort,import"`
	Comment  *string   `graph:"comment,import,text"`
	BookedBy string    `graph:"bookedBy,required,filter,sort,import,text,person"`
	BookedAt time.Time `graph:"bookedAt,required,filter,sort,import"`
	// CancelledAt is from when on it keeps nothing, CancelledBy who gave it up.
	CancelledAt *time.Time `graph:"cancelledAt,filter,sort,import"`
	CancelledBy *string    `graph:"cancelledBy,filter,sort,import,text,person"`
}

// BookedByPerson is who booked.
func (b *EnvironmentBooking) BookedByPerson() *Person { return PersonOf(b, b.BookedBy) }

// CancelledByPerson is who gave the booking up.
func (b *EnvironmentBooking) CancelledByPerson() *Person { return maybePersonOf(b, b.CancelledBy) }

// Check tells what is wrong with the booking.
func (b *EnvironmentBooking) Check() Errors {
	es := b.Record.Check()
	es.given("startsAt", b.StartsAt)
	es.given("endsAt", b.EndsAt)
	es.given("bookedAt", b.BookedAt)
	if !b.StartsAt.IsZero() && !b.EndsAt.IsZero() && !b.StartsAt.Before(b.EndsAt) {
		es.rule("R12", "endsAt", "must be after startsAt")
	}
	if b.CancelledAt == nil && b.CancelledBy != nil {
		es.wrong("cancelledBy", errors.New("belongs to cancelledAt"))
	}
	return es
}

// Keeps is when the booking keeps the environment: empty of one that was given up
// before it began.
func (b *EnvironmentBooking) Keeps() TimeRange {
	kept := TimeRange{From: b.StartsAt, To: b.EndsAt}
	if b.CancelledAt != nil && b.CancelledAt.Before(kept.To) {
		kept.To = *b.CancelledAt
	}
	if kept.To.Before(kept.From) {
		kept.To = kept.From
	}
	return kept
}

// Cancel gives the booking up, as far as it is still to come.
func (b *EnvironmentBooking) Cancel(by *string, at time.Time) { b.CancelledAt, b.CancelledBy = &at, by }

// OpenAt reports whether the booking keeps anything from an instant on.
func (b *EnvironmentBooking) OpenAt(now time.Time) bool {
	return b.CancelledAt == nil && b.EndsAt.After(now)
}

// Bookable reports whether test environments are booked for releases of the status:
// those that may still be tested (R12).
func (s ReleaseStatus) Bookable() bool { return s.ContentOpen() || s == ReleaseInAcceptance }
