package configuration

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Withdrawn is what withdrawing an item did, and what still points at it (C3).
type Withdrawn struct {
	estate.Written
	StillUsedBy []Use
}

// Use is one record that points at another, and the relationship by which it does.
type Use struct {
	Relationship string
	Record       any
}

// WithdrawConfigurationItem takes an item out of use: its status becomes
// WITHDRAWN, its relationships stay, and the answer lists what still points at
// it (C3). An item that is withdrawn already stays as it is.
func (a *Area) WithdrawConfigurationItem(ctx context.Context, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*Withdrawn, error) {
	m := estate.Mutation{Action: authz.Withdraw, Kind: domain.KindConfigurationItem, Options: o, Input: []any{"withdraw", domain.KindConfigurationItem, ref, ifVersion}}
	written, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		return a.records.DecideUpdate(ctx, authz.Withdraw, k, ref, map[string]any{"status": string(domain.ItemWithdrawn)}, ifVersion)
	})
	if err != nil {
		return nil, err
	}
	out := &Withdrawn{Written: *written}
	if r, ok := written.Record.(entity.Record); ok {
		out.StillUsedBy, err = a.uses(ctx, entity.KindOf(r), store.ID(r.Meta().ID))
	}
	return out, err
}

// uses lists what points at a record, by relationship.
func (a *Area) uses(ctx context.Context, k *entity.Kind, id store.ID) ([]Use, error) {
	var nodes []store.Node
	uses := []Use{}
	for _, r := range entity.Relationships() {
		if r.To != k.Name {
			continue
		}
		far, err := a.estate.Today(ctx).Far(ctx, []store.ID{id}, r.Name, store.In, r.From)
		if err != nil {
			return nil, err
		}
		for _, n := range far[id] {
			nodes, uses = append(nodes, n), append(uses, Use{Relationship: r.Name})
		}
	}
	for i, r := range estate.Decoded[entity.Record](ctx, a.estate.Today(ctx), nodes) {
		uses[i].Record = r
	}
	return uses, nil
}
