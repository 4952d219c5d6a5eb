package media

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
)

// End names a licence that ends before its time, and when.
type End struct {
	Ref       domain.Ref
	At        *time.Time
	Reason    *string
	IfVersion *int
}

// EndLicence ends a licence before its time; now when no time is given.
func (a *Area) EndLicence(ctx context.Context, in End, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Update, Kind: domain.KindLicence, Options: o.Because(in.Reason), Input: []any{"end", domain.KindLicence, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Update, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.Licence)
		if before.EndedAt != nil {
			return nil, nil, domain.Breaks("L3", "input.ref", "%s was ended already", before.Key)
		}
		after := entity.Clone(before).(*domain.Licence)
		at := optional.Or(in.At, a.estate.Clock()).UTC()
		after.EndedAt = &at
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}

// Status is the status of a licence now.
func (a *Area) Status(l *domain.Licence) domain.LicenceStatus { return l.StatusAt(a.estate.Clock()) }
