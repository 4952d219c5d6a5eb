package release

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// contentRels lead from a release to what is signed of it besides its own fields.
var contentRels = []string{domain.RelChanges, domain.RelImplements, domain.RelBundles, domain.RelFollows}

// Consequences are what follows for releases.
func (a *Area) Consequences() []estate.Consequence {
	anyMeans := estate.ByMutation | estate.ByVerb | estate.ByImport
	return []estate.Consequence{
		{
			Name: "R3 a release is named", Binds: estate.ByMutation | estate.ByImport,
			Minds: estate.Interest{Kinds: []string{domain.KindRelease}}, Owns: []string{"Release.name"}, Follow: rules{a}.nameReleases,
		},
		{
			Name: "R21 content is counted", Binds: anyMeans,
			Minds: estate.Interest{
				Kinds: []string{domain.KindRelease, domain.KindDeliverable},
				Rels:  append([]string{domain.RelKitOf, domain.RelIntroducedBy, domain.RelBrings, domain.RelStoredAs}, contentRels...),
			},
			Owns: []string{"Release.contentVersion"}, Follow: rules{a}.countContent,
		},
	}
}

// countContent raises the content version of each release of which the change set
// changes what is signed (R21). One that an import brings whole comes with its
// own.
func (a rules) countContent(ctx context.Context, p *estate.Proposal) error {
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
	delivering, err := a.delivering(ctx, p)
	if err != nil {
		return err
	}
	for _, r := range delivering {
		if changed[r.ID] == nil {
			changed[r.ID] = r
		}
		if _, known := had[r.ID]; !known {
			had[r.ID] = r.ContentVersion
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

// delivering are the releases that bring a deliverable whose bytes are others now.
func (a rules) delivering(ctx context.Context, p *estate.Proposal) (list []*domain.Release, err error) {
	var ids []store.ID
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Deliverable)
		now, is := c.After.(*domain.Deliverable)
		if ok && is && !was.SameBytes(now) {
			ids = append(ids, store.ID(was.ID))
		}
	}
	for _, l := range p.Links {
		if d, ok := l.From.(*domain.Deliverable); ok && d.Version > 0 && !l.Stays {
			ids = append(ids, store.ID(d.ID))
		}
	}
	far, err := estate.Linked[*domain.Release](ctx, a.estate.Everything(), ids, domain.RelBrings, store.In)
	for _, id := range ids {
		list = append(list, far[id]...)
	}
	return list, err
}
