package policy

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

// Consequences are what follows for policies.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{
		{
			Name: "R3 who writes a policy", Binds: estate.ByMutation | estate.ByVerb | estate.ByImport,
			Minds: estate.Interest{Kinds: []string{domain.KindReleasePolicy}},
			Owns:  []string{"ReleasePolicy.writtenBy"}, Follow: countAuthors,
		},
	}
}

// countAuthors keeps who wrote a version of a policy: nobody of them puts it in
// force.
func countAuthors(ctx context.Context, p *estate.Proposal) error {
	who := acting.Doer(ctx).Name
	for _, c := range p.Records {
		if c.Gone() || c.By == estate.ByVerb && !c.Created() || c.By == estate.ByImport && acting.Locally(ctx) {
			continue
		}
		if now := c.After.(*domain.ReleasePolicy); !domain.ContainsName(now.WrittenBy, who) {
			if err := p.Amend(c, func() { now.WrittenBy = append(now.WrittenBy, who) }); err != nil {
				return err
			}
		}
	}
	return nil
}
