package effectiveness

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Review is what is said of how well a release went: for the users of a site, or for the
// service desk.
type Review struct {
	Release domain.Ref
	Site    *domain.Ref
	Verdict domain.ReleaseEffect
	Comment *string
}

// ReviewRelease says how well a release went that is live, for the service desk or for the
// users of a site that it came to (R17). What was said before stays on record.
func (a *Area) ReviewRelease(ctx context.Context, in Review, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: appraises, Kind: domain.KindRelease, Options: o, Input: []any{"reviewRelease", in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		if err := acting.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		found, err := a.estate.Target(ctx, appraises, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		var es domain.Errors
		if e := domain.CheckReviewable(r); e != nil {
			es = append(es, e)
		}
		if in.Verdict != domain.Effective && strings.TrimSpace(optional.Or(in.Comment, "")) == "" {
			es = append(es, refusal.Wrong("input.comment", "is missing: why it is %s", in.Verdict))
		}
		if err := es.Err(); err != nil {
			return nil, nil, err
		}
		site, err := a.speaksFor(ctx, r, in)
		if err != nil {
			return nil, nil, err
		}
		return a.review(ctx, r, site, in)
	})
}

// speaksFor is the site for which the actor speaks, nil: the service desk.
func (a *Area) speaksFor(ctx context.Context, r *domain.Release, in Review) (*domain.Site, error) {
	actor := acting.Actor(ctx)
	denied := func(field, of, legal string) error {
		return &domain.Error{Code: domain.Forbidden, Rule: "R17", Field: field, Message: fmt.Sprintf("%s does not speak for %s: %s does", actor.Name, of, legal)}
	}
	if in.Site == nil {
		if legal := domain.CheckReviewsForDesk(actor); legal != "" {
			return nil, denied("input.site", "the service desk", legal)
		}
		return nil, nil
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindSite), *in.Site, "input.site")
	if err != nil {
		return nil, err
	}
	site := found.(*domain.Site)
	if legal := domain.CheckAnswersForSite(actor, site); legal != "" {
		return nil, denied("input.site", site.Key, legal)
	}
	sites, err := sitesOf(ctx, a.estate.Everything(), r)
	if err == nil && !slices.ContainsFunc(sites, func(s *domain.Site) bool { return s.ID == site.ID }) {
		err = domain.Breaks("R17", "input.site", "%s is not asked: %s did not come there", site.Key, r.Key)
	}
	return site, err
}

func (a *Area) review(ctx context.Context, r *domain.Release, site *domain.Site, in Review) (*estate.Draft, entity.Record, error) {
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.ID)}, Rel: domain.RelReviews, Direction: store.In})
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	key, err := a.records.FreeKey(ctx, domain.KindReleaseReview, r.Key, "review", int(counts[0])+1)
	if err != nil {
		return nil, nil, err
	}
	said := &domain.ReleaseReview{Verdict: in.Verdict, Voice: domain.ServiceDesk, Comment: in.Comment, ReviewedBy: acting.Name(ctx), ReviewedAt: a.estate.Clock()}
	said.Key, said.Name, said.Sources = key, "The service desk on "+r.Key, domain.BroughtBy(domain.SourceAPI)
	if site != nil {
		said.Voice, said.Name = domain.SiteUsers, site.Key+" on "+r.Key
	}
	if es := said.Check(); len(es) > 0 {
		return nil, nil, es.Under("input").Err()
	}
	d, _ := a.estate.Creating(said)
	d.Known = append(d.Known, r)
	d.Hold(r)
	d.Join(domain.RelReviews, said, store.ID(r.ID))
	if site != nil {
		d.Known = append(d.Known, site)
		d.Hold(site)
		d.Join(domain.RelReviewedFor, said, store.ID(site.ID))
	}
	return d, said, nil
}
