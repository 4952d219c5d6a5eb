package media

import (
	"context"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
)

// GoesThrough has a page of a report take so many steps, of so many records each.
func (a *Area) GoesThrough(steps, records int) { a.report = report{steps, records} }

// ScannedUse counts the seats of a licence by reading all that is installed.
func (a *Area) ScannedUse(ctx context.Context, l *domain.Licence) (*LicenceUse, error) {
	return a.scannedUse(ctx, a.estate.Today(ctx), l)
}

// KeptInstallations is how many installations are kept.
func (a *Area) KeptInstallations() int { return a.seats.kept.seats.Len() }

// SeatBook keeps the seats of what a source tells.
type SeatBook struct{ *seatBook }

// NewSeatBook keeps nothing yet.
func NewSeatBook(s seatSource) SeatBook { return SeatBook{newSeatBook(s)} }

// Used counts the seats of a licence.
func (b SeatBook) Used(ctx context.Context, licence string, now time.Time) (used int, err error) {
	err = b.ask(ctx, func(s *library.Seats) error {
		u, err := s.Use(ctx, licence, now)
		used = u.Used
		return err
	})
	return used, err
}
