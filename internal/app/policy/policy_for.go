package policy

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// PolicyFor is which policy applies to an item, and why the others do not (R3).
type PolicyFor struct {
	// Policy is the one that applies; nil where none does, so that the default
	// counts, or where several do alike.
	Policy     *domain.ReleasePolicy
	Ambiguous  bool
	Considered []*PolicyVerdict
}

// PolicyVerdict says of a policy in force whether it applies, and why.
type PolicyVerdict struct {
	Policy  *domain.ReleasePolicy
	Applies bool
	Because string
}

// PolicyFor says which of the policies in force applies to an item (R3).
func (a *Area) PolicyFor(ctx context.Context, item domain.Ref, asOf *domain.AsOf) (*PolicyFor, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindReleasePolicy); err != nil {
		return nil, err
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	found, err := estate.One[*domain.ConfigurationItem](ctx, v, item, "item")
	if err != nil {
		return nil, err
	}
	scopes, err := scopesOf(ctx, v, []*domain.ConfigurationItem{found})
	if err != nil {
		return nil, err
	}
	all, err := a.governing(ctx, v)
	if err != nil {
		return nil, err
	}
	return verdicts(scopes[0], all), nil
}

func verdicts(item release.PolicyItem, all []*governing) *PolicyFor {
	byKey := map[string]*domain.ReleasePolicy{}
	for _, one := range all {
		byKey[one.policy.Key] = one.policy
	}
	out := &PolicyFor{Considered: []*PolicyVerdict{}}
	for _, v := range release.Judge(item, candidates(all)) {
		out.Considered = append(out.Considered, &PolicyVerdict{Policy: byKey[v.Policy], Applies: v.Applies, Because: v.Because})
	}
	winners := release.Choose(item, candidates(all))
	out.Ambiguous = len(winners) > 1
	if len(winners) == 1 {
		out.Policy = byKey[winners[0]]
	}
	return out
}
