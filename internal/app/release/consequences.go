package release

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// contentRels lead from a release to what is signed of it besides its own fields.
var contentRels = []string{domain.RelChanges, domain.RelImplements, domain.RelBundles, domain.RelFollows}

// Consequences are what follows for releases.
func (a *Area) Consequences() []estate.Consequence {
	anyMeans := estate.ByMutation | estate.ByVerb | estate.ByImport
	return []estate.Consequence{
		{
			Name: "R3 a release is named", Binds: estate.ByMutation | estate.ByImport,
			Minds: estate.Interest{Kinds: []string{domain.KindRelease}}, Owns: []string{"Release.name"}, Follow: a.nameReleases,
		},
		{
			Name: "R21 content is counted", Binds: anyMeans,
			Minds: estate.Interest{Kinds: []string{domain.KindRelease}, Rels: append([]string{domain.RelKitOf, domain.RelIntroducedBy}, contentRels...)},
			Owns:  []string{"Release.contentVersion"}, Follow: countContent,
		},
	}
}

// countContent raises the content version of each release of which the change set
// changes what is signed (R21). One that an import brings whole comes with its
// own.
func countContent(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	changed, had := map[string]*domain.Release{}, map[string]int{}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if ok && is {
			had[was.ID] = was.ContentVersion
			if !was.SameContent(now) {
				changed[was.ID] = now
			}
		}
	}
	for _, l := range p.Links {
		for _, end := range []entity.Record{l.From, l.To} {
			r, ok := end.(*domain.Release)
			if !ok || r.Version == 0 || l.Stays || l.Rel.Name == domain.RelBundles && end == l.To {
				continue
			}
			changed[r.ID] = r
			if _, known := had[r.ID]; !known {
				had[r.ID] = r.ContentVersion
			}
		}
	}
	for id, r := range changed {
		if p.Settled(r.Key) {
			continue
		}
		if err := p.Change(r, func(after entity.Record) {
			if now := after.(*domain.Release); now.ContentVersion == had[id] {
				now.ContentVersion++
			}
		}); err != nil {
			return err
		}
	}
	return nil
}
