package app

import (
	"context"
	"fmt"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
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

// delegates keeps delegations to those who are away, and to those who lead
// changes, whose delegations wait until who is away confirms them (H3). before
// is nil of a new one, after of one that is to go.
func (a *App) delegates(ctx context.Context, before, after entity.Record) error {
	had, _ := before.(*domain.Delegation)
	d, is := after.(*domain.Delegation)
	if had == nil && !is {
		return nil
	}
	who := doer(ctx)
	if away(had, who) && away(d, who) {
		if is {
			d.Settle(had, who, a.clock())
		}
		return nil
	}
	if err := a.may(ctx, authz.Decide, domain.KindDelegation); err != nil {
		return &domain.Error{Code: domain.RuleViolation, Rule: "H3", Field: "input", Message: fmt.Sprintf(
			"%s may delegate their own vote alone: for others, who leads changes prepares it, and who is away confirms it", who.Name)}
	}
	if is {
		d.Settle(had, who, a.clock())
	}
	return nil
}

// away tells whether a delegation is of somebody, as one that is not there is.
func away(d *domain.Delegation, who domain.Doer) bool {
	return d == nil || domain.SameName(d.Absent, who.Name)
}

// delegatesOn does the same for the board on which a delegation holds.
func (a *App) delegatesOn(ctx context.Context, d *draft, p *pair) error {
	had, ok := p.from.(*domain.Delegation)
	if !ok || p.rel.Name != domain.RelDelegatesOn {
		return nil
	}
	if away(had, doer(ctx)) {
		return nil
	}
	if err := a.delegates(ctx, had, entity.Clone(had)); err != nil {
		return err
	}
	d.guards = append(d.guards, store.NodeAt{ID: p.fromID(), Version: int64(had.Version)})
	if had.ConfirmedAt != nil {
		d.ops = append(d.ops, store.UpdateNode{ID: p.fromID(), Set: store.Props{"confirmedAt": nil}})
		had.ConfirmedAt = nil
	}
	return nil
}
