package policy

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Chosen is the policy that a release follows: one that it names, the only one
// that applies, or the default.
type Chosen struct {
	// Policy says all, Record what is kept of it; that is nil of the default.
	Policy, Record *domain.ReleasePolicy
	// Found says that the release does not name it.
	Found bool
	// Lacks are why none is chosen (R3).
	Lacks []release.Lack
}

// Of chooses the policy of a release that changes some items: that which it names,
// or else the one that applies to all of them (R3).
func (a *Area) Of(ctx context.Context, v estate.View, r *domain.Release, items []*domain.ConfigurationItem) (*Chosen, error) {
	c := &Chosen{}
	far, err := estate.Linked[*domain.ReleasePolicy](ctx, v, []store.ID{store.ID(r.ID)}, domain.RelFollows, store.Out)
	if err != nil {
		return nil, err
	}
	for _, p := range far[store.ID(r.ID)] {
		c.Record = p
	}
	if c.Record == nil {
		c.Found = true
		if err := a.find(ctx, v, items, c); err != nil {
			return nil, err
		}
	}
	c.complete()
	return c, nil
}

// ForItems chooses the policy that applies to some items (R3).
func (a *Area) ForItems(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (*Chosen, error) {
	c := &Chosen{Found: true}
	if err := a.find(ctx, v, items, c); err != nil {
		return nil, err
	}
	c.complete()
	return c, nil
}

// complete says all of the policy, or of the default.
func (c *Chosen) complete() {
	c.Policy = domain.DefaultPolicy()
	if c.Record != nil {
		c.Policy = c.Record.Whole()
	}
}

// find chooses the policy that applies to all of some items.
func (a *Area) find(ctx context.Context, v estate.View, items []*domain.ConfigurationItem, c *Chosen) error {
	all, err := a.governing(ctx, v)
	if err != nil || len(all) == 0 {
		return err
	}
	scopes, err := scopesOf(ctx, v, items)
	if err != nil {
		return err
	}
	winner, lacks := release.ChooseForAll(scopes, candidates(all))
	c.Lacks = lacks
	for _, one := range all {
		if one.policy.Key == winner {
			c.Record = one.policy
		}
	}
	return nil
}

// scopesOf is what policies look at of some items.
func scopesOf(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) ([]release.PolicyItem, error) {
	ids := make([]store.ID, len(items))
	for i, item := range items {
		ids[i] = store.ID(item.ID)
	}
	units, err := estate.FarNodes(ctx, v, ids, domain.RelGroups, store.In, domain.KindReleaseUnit)
	if err != nil {
		return nil, err
	}
	suppliers, err := estate.FarNodes(ctx, v, ids, domain.RelSuppliedBy, store.Out, domain.KindParty)
	if err != nil {
		return nil, err
	}
	list := make([]release.PolicyItem, len(items))
	for i, item := range items {
		list[i] = release.PolicyItem{Item: item.Key, ID: item.ID, Class: item.Class, Environment: item.Environment}
		for _, n := range units[ids[i]] {
			list[i].Units = append(list[i].Units, estate.Text(n.Props["key"]))
		}
		for _, n := range suppliers[ids[i]] {
			list[i].Suppliers = append(list[i].Suppliers, estate.Text(n.Props["key"]))
		}
	}
	return list, nil
}
