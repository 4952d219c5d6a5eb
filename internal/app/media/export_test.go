package media

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
)

// GoesThrough has a page of a report take so many steps, of so many records each.
func (a *Area) GoesThrough(steps, records int) { a.report = report{steps, records} }

// ScannedUse counts the seats of a licence by reading all that is installed.
func (a *Area) ScannedUse(ctx context.Context, l *domain.Licence) (*LicenceUse, error) {
	return counter{a}.scannedUse(ctx, a.estate.Today(ctx), l)
}

// KeptInstallations is how many installations are kept.
func (a *Area) KeptInstallations(ctx context.Context) (n int, err error) {
	return n, counter{a}.kept(ctx, func(s *library.Seats) error {
		n = s.Len()
		return nil
	})
}
