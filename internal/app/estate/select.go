package estate

import (
	"context"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// ParseSelection reads the arguments of a connection of records of the kind,
// and tells all that is wrong with them.
func (a *Estate) ParseSelection(ctx context.Context, k *entity.Kind, l listing.List) (*listing.Selection, error) {
	s, pagesErr := listing.ParsePage(l)
	var filterErr, orderErr error
	s.Filter, filterErr = a.Filters(ctx, k, l.Filter)
	switch {
	case l.Within != nil && s.Filter != nil:
		s.Filter = store.And{s.Filter, l.Within}
	case l.Within != nil:
		s.Filter = l.Within
	}
	s.Order, orderErr = k.ParseOrder(l.OrderBy, "orderBy")
	return s, refusal.Both(filterErr, orderErr, pagesErr)
}
