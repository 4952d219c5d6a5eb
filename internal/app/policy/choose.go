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

// ForItems chooses the policy that applies to all of some items (R3).
func (a *Area) ForItems(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (*Chosen, error) {
	c := &Chosen{Found: true}
	if err := a.find(ctx, v, items, c); err != nil {
		return nil, err
	}
	c.complete()
	return c, nil
}

// ForAnything is the policy that names nothing to which it applies, and so applies
// to all; the default where there is none (R3).
func (a *Area) ForAnything(ctx context.Context, v estate.View) (*domain.ReleasePolicy, error) {
	inForce, err := a.InForce(ctx, v)
	if err != nil {
		return nil, err
	}
	c := &Chosen{}
	inForce.choose([]release.PolicyItem{{}}, c)
	c.complete()
	return c.Policy, nil
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
	inForce, err := a.InForce(ctx, v)
	if err != nil || len(inForce.all) == 0 {
		return err
	}
	scopes, err := scopesOf(ctx, v, items)
	if err != nil {
		return err
	}
	inForce.choose(scopes, c)
	return nil
}

// InForce are the policies in force with what they govern, as a view shows them.
type InForce struct {
	view   estate.View
	all    []*governing
	scopes []release.PolicyScope
}

// InForce reads the policies in force once, to choose from them often.
func (a *Area) InForce(ctx context.Context, v estate.View) (*InForce, error) {
	all, err := a.governing(ctx, v)
	if err != nil {
		return nil, err
	}
	return &InForce{v, all, candidates(all)}, nil
}

// ForEach chooses for each of some items the policy that applies to it (R3).
func (f *InForce) ForEach(ctx context.Context, items []*domain.ConfigurationItem) ([]*Chosen, error) {
	scopes, err := scopesOf(ctx, f.view, items)
	if err != nil {
		return nil, err
	}
	list := make([]*Chosen, len(items))
	for i := range items {
		list[i] = &Chosen{Found: true}
		f.choose(scopes[i:i+1], list[i])
		list[i].complete()
	}
	return list, nil
}

// choose chooses the policy that applies to all of some items.
func (f *InForce) choose(items []release.PolicyItem, c *Chosen) {
	var winner string
	winner, c.Lacks = release.ChooseForAll(items, f.scopes)
	for _, one := range f.all {
		if one.policy.Key == winner {
			c.Record = one.policy
		}
	}
}

// scopesOf is what policies look at of some items.
func scopesOf(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) ([]release.PolicyItem, error) {
	ids := make([]store.ID, len(items))
	for i, item := range items {
		ids[i] = store.ID(item.ID)
	}
	units, err := v.Far(ctx, ids, domain.RelGroups, store.In, domain.KindReleaseUnit)
	if err != nil {
		return nil, err
	}
	suppliers, err := v.Far(ctx, ids, domain.RelSuppliedBy, store.Out, domain.KindParty)
	if err != nil {
		return nil, err
	}
	list := make([]release.PolicyItem, len(items))
	for i, item := range items {
		list[i] = release.PolicyItem{Item: item.Key, ID: item.ID, Class: item.Class, Environment: item.Environment}
		for _, n := range units[ids[i]] {
			list[i].Units = append(list[i].Units, n.Props.Text("key"))
		}
		for _, n := range suppliers[ids[i]] {
			list[i].Suppliers = append(list[i].Suppliers, n.Props.Text("key"))
		}
	}
	return list, nil
}
