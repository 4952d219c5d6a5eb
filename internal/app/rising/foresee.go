package rising

import (
	"context"
	"errors"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// Foreseen tells which numbers would not rise, of the releases of all units that a
// proposal of an import touches, were it written (R3). What cannot be written yet has
// none.
func (a *Area) Foreseen(ctx context.Context, p *estate.Proposal) ([]Fall, error) {
	b := newBrought()
	b.note(p)
	if len(b.order)+len(b.items) == 0 {
		return nil, nil
	}
	would, err := p.Would(ctx)
	switch {
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrExists):
		return nil, nil
	case err != nil:
		return nil, err
	case len(would.Effects) == 0:
		return nil, nil
	}
	return a.falls(ctx, a.estate.SeenBy(ctx, a.estate.Past.Supposing(would)), b)
}

// Of reports whether an item of an import decides on numbers: of a release, a unit
// or a policy, or a link of these.
func Of(i *interchange.Item) bool {
	if i.IsEdge() {
		return Joins(i) || slices.Contains([]string{domain.KindRelease, domain.KindReleasePolicy}, i.From.Kind) && i.To.Kind != domain.KindRelease
	}
	return slices.Contains([]string{domain.KindRelease, domain.KindReleaseUnit, domain.KindReleasePolicy}, i.End.Kind)
}

// Joins reports whether an item of an import says what a release changes, or what
// a unit groups.
func Joins(i *interchange.Item) bool {
	return i.IsEdge() && slices.Contains(minded.Rels, i.Rel.Name)
}
