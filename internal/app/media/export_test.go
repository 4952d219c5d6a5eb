package media

import (
	"context"

	"releasegraph/internal/domain"
)

// GoesThrough has a page of a report take so many steps, of so many records each.
func (a *Area) GoesThrough(steps, records int) { a.report = report{steps, records} }

// ScannedUse counts the seats of a licence by reading all that is installed.
func (a *Area) ScannedUse(ctx context.Context, l *domain.Licence) (*LicenceUse, error) {
	return a.scannedUse(ctx, a.estate.Today(ctx), l)
}

// KeptInstallations is how many installations are kept.
func (a *Area) KeptInstallations() int { return a.seats.kept.seats.Len() }
