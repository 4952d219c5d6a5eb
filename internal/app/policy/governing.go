package policy

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// governing is a policy in force with what it governs.
type governing struct {
	policy    *domain.ReleasePolicy
	units     []string // keys
	suppliers []string // keys
	services  []*domain.ConfigurationItem
	// depths are how far below each service the items lie on which it depends, by
	// key of service and id of item; the service itself lies at 0.
	depths map[string]map[string]int
}

// governing reads the policies in force with what they govern.
func (a *Area) governing(ctx context.Context, v estate.View) ([]*governing, error) {
	list, err := estate.All[*domain.ReleasePolicy](ctx, v, store.Query{
		Order: []store.Order{{Property: "key"}}, Filter: store.Compare{Property: "status", Op: store.Eq, Value: string(domain.PolicyInForce)},
	})
	if err != nil {
		return nil, err
	}
	return a.scoped(ctx, v, list...)
}

// scoped reads what policies govern.
func (a *Area) scoped(ctx context.Context, v estate.View, policies ...*domain.ReleasePolicy) ([]*governing, error) {
	ids := make([]store.ID, len(policies))
	for i, p := range policies {
		ids[i] = store.ID(p.ID)
	}
	units, err := estate.Linked[*domain.ReleaseUnit](ctx, v, ids, domain.RelGoverns, store.Out)
	if err != nil {
		return nil, err
	}
	suppliers, err := estate.Linked[*domain.Party](ctx, v, ids, domain.RelGoverns, store.Out)
	if err != nil {
		return nil, err
	}
	services, err := estate.Linked[*domain.ConfigurationItem](ctx, v, ids, domain.RelGoverns, store.Out)
	if err != nil {
		return nil, err
	}
	list := make([]*governing, len(policies))
	for i, p := range policies {
		list[i] = &governing{policy: p, services: services[ids[i]], depths: map[string]map[string]int{}}
		for _, u := range units[ids[i]] {
			list[i].units = append(list[i].units, u.Key)
		}
		for _, s := range suppliers[ids[i]] {
			list[i].suppliers = append(list[i].suppliers, s.Key)
		}
		if err := a.below(ctx, v, list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// below finds how far below its services the items lie that a policy governs by
// them.
func (a *Area) below(ctx context.Context, v estate.View, p *governing) error {
	for _, service := range p.services {
		root := store.Node{ID: store.ID(service.ID), Kind: domain.KindConfigurationItem}
		g, err := a.traversal.SeenEstate(ctx, v, traversal.Survey{Roots: []store.Node{root}, Named: []store.Node{root}, Direction: store.Out})
		if err != nil {
			return err
		}
		if p.depths[service.Key], err = release.Depths(ctx, g, service.ID); err != nil {
			return err
		}
	}
	return nil
}

// candidates are the policies as they are chosen from.
func candidates(all []*governing) []release.PolicyScope {
	list := make([]release.PolicyScope, len(all))
	for i, one := range all {
		list[i] = release.PolicyScope{
			Policy: one.policy.Key, Units: one.units, Suppliers: one.suppliers, Classes: one.policy.Classes,
			Environment: one.policy.Environment, Services: one.depths,
		}
	}
	return list
}
