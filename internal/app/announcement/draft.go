package announcement

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Draft asks for the announcements of a release.
type Draft struct {
	Release      domain.Ref
	DiscardEdits *bool
}

// DraftAnnouncements drafts what each audience is told of a release (R14).
func (a *Area) DraftAnnouncements(ctx context.Context, in Draft, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: announces, Kind: domain.KindRelease, Options: o, Input: []any{"draftAnnouncements", in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Target(ctx, announces, k, in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		if e := checkAnnounced(r); e != nil {
			return nil, nil, e
		}
		p, err := a.plan(ctx, a.estate.Everything(), r, intent{news: true, discardEdits: optional.Or(in.DiscardEdits, false), now: a.estate.Clock()})
		if err != nil {
			return nil, nil, err
		}
		if len(p.existing)+len(p.steps) == 0 {
			return nil, nil, domain.Breaks("R14", "input.release", "%s concerns nobody: no party supports, owns or is served by what it holds or hurts (SUPPORTED_BY, OWNED_BY, SERVES), and it is installed at no site (INSTALLED_AT)", r.Key)
		}
		return a.draft(p), r, nil
	})
}

// checkAnnounced says why a release is not announced, or nil.
func checkAnnounced(r *domain.Release) *domain.Error {
	switch {
	case !r.Status.Announced():
		return domain.Breaks("R14", "input.release", "%s is %s: a release is announced before it is live", r.Key, r.Status)
	case r.PlannedFrom == nil || r.PlannedTo == nil:
		return domain.Breaks("R14", "input.release", "%s has no calendar yet (plannedFrom, plannedTo): there is nothing to tell", r.Key)
	}
	return nil
}

// draft writes what becomes of the announcements of a release.
func (a *Area) draft(p *planning) *estate.Draft {
	d := &estate.Draft{Guards: p.guards, Explain: a.estate.ExplainTaken("input")}
	if p.release != nil {
		d.Known = append(d.Known, p.release)
	}
	for _, s := range p.steps {
		if s.Before != nil {
			d.Update(s.Before, s.After)
			continue
		}
		d.Create(s.After)
		for rel, to := range p.ends(s.After) {
			d.Join(rel, s.After, to)
		}
	}
	return d
}

// ends are those whom a new announcement is joined to.
func (p *planning) ends(a *domain.Announcement) map[string]store.ID {
	ends := map[string]store.ID{domain.RelAnnounces: store.ID(p.release.ID)}
	if a.Audience == domain.ToSite {
		if id := p.sites[a.Recipients[0].Key]; id != "" {
			ends[domain.RelAnnouncedAt] = id
		}
	}
	return ends
}
