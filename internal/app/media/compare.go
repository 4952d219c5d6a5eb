package media

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Comparer compares copies in the library with what their items declare.
type Comparer interface {
	// Wrong returns those locations of an item whose copy is missing or another
	// content (L6). An error says that a copy could not be read, and may be right.
	Wrong(ctx context.Context, m *domain.MediaItem) ([]string, error)
}

// CompareBy has copies compared by a comparer. It is to be called before the first
// is.
func (a *Area) CompareBy(c Comparer) { a.comparer = c }

// CompareMediaItem reads all copies of an item again, and keeps which of them are
// not as declared: from those nothing is deployed (L2, L6).
func (a *Area) CompareMediaItem(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Deposit, Kind: domain.KindMediaItem, Options: o, Input: []any{"compare", domain.KindMediaItem, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Deposit, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.MediaItem)
		wrong, err := a.compared(ctx, before)
		if err != nil {
			return nil, nil, err
		}
		d := &estate.Draft{}
		if slices.Equal(wrong, before.WrongCopies) {
			return d, before, nil
		}
		after := entity.Clone(before).(*domain.MediaItem)
		after.WrongCopies = wrong
		d.Update(before, after)
		return d, after, nil
	})
}

// compared lists the copies of an item that are wrong, in the order of their
// locations.
func (a *Area) compared(ctx context.Context, m *domain.MediaItem) ([]string, error) {
	if a.comparer == nil {
		return nil, &domain.Error{Code: domain.Unavailable, Message: "this server has no media library: it is named by --media"}
	}
	if !m.Stored {
		return nil, domain.Breaks("L2", "input.ref", "%s has no bytes in the library that could be compared", m.Key)
	}
	wrong, err := a.comparer.Wrong(ctx, m)
	slices.Sort(wrong)
	return wrong, err
}
