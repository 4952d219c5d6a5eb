package release

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// nameReleases names the releases that come to be without a name, by the template
// of the policy that applies to all, since nothing is known yet of what they
// change (R3).
func (a rules) nameReleases(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		r, ok := c.After.(*domain.Release)
		if !ok || !c.Created() || r.Name != "" {
			continue
		}
		found, err := p.Memory("R3 name", func() (any, error) {
			chosen, err := a.policies.ForAnything(ctx, a.estate.Everything())
			return chosen, err
		})
		if err != nil {
			return err
		}
		if err := p.Amend(c, func() { r.Name = nameOf(r, found.(*domain.ReleasePolicy)) }); err != nil {
			return err
		}
	}
	return nil
}

// nameOf names a release by the template of a policy, and by its key where that
// makes no name. {name} stands for the key: there is no other name yet.
func nameOf(r *domain.Release, policy *domain.ReleasePolicy) string {
	t, err := version.ParseTemplate(*policy.NameTemplate, version.NameFields)
	if err != nil {
		return r.Key // the template is older than its rules
	}
	name := t.Expand(map[string]string{
		"name": r.Key, "key": r.Key, "releaseVersion": r.ReleaseVersion, "type": string(r.Type), "category": string(r.Category),
	})
	if domain.CheckName(name) != nil {
		return r.Key
	}
	return name
}
