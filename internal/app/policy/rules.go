package policy

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

// Rules are the rules of policies.
func (a *Area) Rules() []estate.Rule {
	const mutationOrImport = estate.ByMutation | estate.ByImport
	policies := []string{domain.KindReleasePolicy}
	return []estate.Rule{
		{Name: "R3 a policy in force stays as it is", Binds: mutationOrImport, Minds: estate.Interest{Kinds: policies, Rels: []string{domain.RelGoverns, domain.RelObserves}}, Check: rules{a}.policyStays},
	}
}

// policyStays refuses to change a version of a policy that is, or was, in force:
// releases follow it (R3).
func (a rules) policyStays(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.ReleasePolicy)
		if !ok || was.Status == domain.PolicyDraft || !c.Gone() && !was.Differs(c.After.(*domain.ReleasePolicy)) {
			continue
		}
		if c.By == estate.ByImport && domain.OwnerOf(was.Sources, "status", true) != domain.SourceAPI {
			continue
		}
		p.Refuse(c, domain.Breaks("R3", "", "%s is %s, and releases may follow it: make a new version (reviseReleasePolicy)", was.Key, was.Status))
	}
	for _, l := range p.Links {
		was, ok := l.From.(*domain.ReleasePolicy)
		if !ok || l.Stays || was.Version == 0 || was.Status == domain.PolicyDraft || l.By == estate.ByImport {
			continue
		}
		p.Refuse(l, domain.Breaks("R3", "from", "%s is %s, and releases may follow it: make a new version (reviseReleasePolicy)", was.Key, was.Status))
	}
	return nil
}
