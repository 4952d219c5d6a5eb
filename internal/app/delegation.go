package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ConfirmDelegation says of a delegation that who is away wants it (H3).
func (a *App) ConfirmDelegation(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Update, domain.KindDelegation, o, []any{"confirm", domain.KindDelegation, in}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		before, err := a.target(ctx, authz.Update, k, in.Ref, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.Delegation)
		if err := both(checkVersion(before, in.IfVersion), after.Confirm(doer(ctx), a.clock())); err != nil {
			return nil, nil, err
		}
		d := &draft{}
		d.update(before, after)
		return d, after, nil
	})
}

// away tells whether a delegation is of somebody, as one that is not there is.
func away(d *domain.Delegation, who domain.Doer) bool {
	return d == nil || domain.SameName(d.Absent, who.Name)
}
