package change

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ConfirmDelegation says of a delegation that who is away wants it (H3).
func (a *Area) ConfirmDelegation(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Update, Kind: domain.KindDelegation, Options: o, Input: []any{"confirm", domain.KindDelegation, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.estate.Target(ctx, authz.Update, k, in.Ref, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.Delegation)
		if err := refusal.Both(refusal.Stale(before, in.IfVersion), after.Confirm(acting.Doer(ctx), a.estate.Clock())); err != nil {
			return nil, nil, err
		}
		d := &estate.Draft{}
		d.Update(before, after)
		return d, after, nil
	})
}

// away reports whether a delegation is of somebody, as one that is not there
// is.
func away(d *domain.Delegation, who domain.Doer) bool {
	return d == nil || domain.SameName(d.Absent, who.Name)
}
