package effectiveness

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Effectiveness is how well a release went: what those say who were asked, and what
// problems tell (R17).
type Effectiveness struct {
	AskedAt time.Time
	Verdict *domain.ReleaseEffect
	Asked   []*Ask
	// ProblemsCaused are those that it or its deployments caused, ProblemsSince the others
	// that were opened since it was live and concern what it changed.
	ProblemsCaused, ProblemsSince []*domain.Problem
}

// Ask is who is asked, with what was said last; of the service desk Site is nil.
type Ask struct {
	Voice  domain.ReviewVoice
	Site   *domain.Site
	Review *domain.ReleaseReview
}

// Unanswered is how many of those who are asked have said nothing.
func (e *Effectiveness) Unanswered() (n int) {
	for _, ask := range e.Asked {
		if ask.Review == nil {
			n++
		}
	}
	return n
}

// Effectiveness tells how well a release went, as far as the reader may see it; nil while
// nobody was asked (R17).
func (a *Area) Effectiveness(ctx context.Context, r *domain.Release) (*Effectiveness, error) {
	if r.EffectivenessAskedAt == nil {
		return nil, nil
	}
	v := a.estate.CohortOf(ctx, r).View
	out := &Effectiveness{AskedAt: *r.EffectivenessAskedAt}
	var err error
	if out.Asked, err = asked(ctx, v, r); err != nil {
		return nil, err
	}
	if out.ProblemsCaused, err = caused(ctx, v, r); err != nil {
		return nil, err
	}
	if out.ProblemsSince, err = since(ctx, v, r, out.ProblemsCaused); err != nil {
		return nil, err
	}
	var said []domain.ReleaseEffect
	for _, ask := range out.Asked {
		if ask.Review != nil {
			said = append(said, ask.Review.Verdict)
		}
	}
	out.Verdict = domain.EffectOf(said, len(out.ProblemsCaused))
	return out, nil
}

// asked are the service desk and the sites that a release came to, with what each said
// last.
func asked(ctx context.Context, v estate.View, r *domain.Release) ([]*Ask, error) {
	sites, err := sitesOf(ctx, v, r)
	if err != nil {
		return nil, err
	}
	id := store.ID(r.ID)
	reviews, err := estate.Linked[*domain.ReleaseReview](ctx, v, []store.ID{id}, domain.RelReviews, store.In)
	if err != nil {
		return nil, err
	}
	of, err := v.Far(ctx, entity.IDsOf(reviews[id]), domain.RelReviewedFor, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	last := map[store.ID]*domain.ReleaseReview{} // by site, "" for the service desk
	for _, review := range reviews[id] {
		var site store.ID
		for _, n := range of[store.ID(review.ID)] {
			site = n.ID
		}
		if site == "" && review.Voice == domain.SiteUsers {
			continue // of a site that the reader does not see
		}
		if l := last[site]; l == nil || cmp.Or(review.ReviewedAt.Compare(l.ReviewedAt), cmp.Compare(review.Key, l.Key)) > 0 {
			last[site] = review
		}
	}
	list := []*Ask{{Voice: domain.ServiceDesk, Review: last[""]}}
	for _, site := range sites {
		list = append(list, &Ask{Voice: domain.SiteUsers, Site: site, Review: last[store.ID(site.ID)]})
	}
	return list, nil
}

// sitesOf are the sites that a release came to, by key, also where it was taken back.
func sitesOf(ctx context.Context, v estate.View, r *domain.Release) ([]*domain.Site, error) {
	steps, err := steps(ctx, v, store.ID(r.ID))
	if err != nil {
		return nil, err
	}
	ids := entity.IDsOf(steps)
	others, err := v.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id store.ID) bool { // what it requires is not it (P9)
		return len(others[id]) > 0 && string(others[id][0].ID) != r.ID
	})
	far, err := estate.Linked[*domain.Site](ctx, v, ids, domain.RelTargets, store.Out)
	if err != nil {
		return nil, err
	}
	known, list := map[string]bool{}, []*domain.Site{}
	for _, id := range ids {
		for _, site := range far[id] {
			if !known[site.ID] {
				known[site.ID], list = true, append(list, site)
			}
		}
	}
	slices.SortFunc(list, func(a, b *domain.Site) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

// steps are the roll-outs at sites of the deployments of a release, and those elsewhere
// that bring it along, as far as something was installed there.
func steps(ctx context.Context, v estate.View, release store.ID) (list []*domain.SiteRollout, err error) {
	waves, err := wavesOf(ctx, v, release)
	if err != nil {
		return nil, err
	}
	within, err := estate.Linked[*domain.SiteRollout](ctx, v, waves, domain.RelTargets, store.Out)
	if err != nil {
		return nil, err
	}
	along, err := estate.Linked[*domain.SiteRollout](ctx, v, []store.ID{release}, domain.RelDeploys, store.In)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, id := range append(waves, release) {
		for _, s := range slices.Concat(within[id], along[id]) {
			if _, was := s.Installed(); was && !known[s.ID] {
				known[s.ID], list = true, append(list, s)
			}
		}
	}
	return list, nil
}

func wavesOf(ctx context.Context, v estate.View, release store.ID) (ids []store.ID, err error) {
	deployments, err := v.Far(ctx, []store.ID{release}, domain.RelDeploys, store.In, domain.KindDeployment)
	if err != nil {
		return nil, err
	}
	of := store.IDsOf(deployments[release])
	waves, err := v.Far(ctx, of, domain.RelHasWave, store.Out, domain.KindWave)
	for _, id := range of {
		ids = append(ids, store.IDsOf(waves[id])...)
	}
	return ids, err
}

// caused are the problems that a release caused, or one of its deployments did, by key.
func caused(ctx context.Context, v estate.View, r *domain.Release) ([]*domain.Problem, error) {
	ids := []store.ID{store.ID(r.ID)}
	deployments, err := v.Far(ctx, ids, domain.RelDeploys, store.In, domain.KindDeployment)
	if err != nil {
		return nil, err
	}
	return problems(ctx, v, append(ids, store.IDsOf(deployments[ids[0]])...), domain.RelCausedBy, func(*domain.Problem) bool { return true })
}

// since are the other problems that were opened since a release was live and concern what
// it changed, by key.
func since(ctx context.Context, v estate.View, r *domain.Release, but []*domain.Problem) ([]*domain.Problem, error) {
	id := store.ID(r.ID)
	items, err := v.Far(ctx, []store.ID{id}, domain.RelChanges, store.Out, domain.KindConfigurationItem)
	if err != nil || r.LiveAt == nil {
		return []*domain.Problem{}, err
	}
	return problems(ctx, v, store.IDsOf(items[id]), domain.RelConcerns, func(p *domain.Problem) bool {
		return !openedAt(p).Before(*r.LiveAt) && !slices.ContainsFunc(but, func(other *domain.Problem) bool { return other.ID == p.ID })
	})
}

// problems are those that a relationship leads to some records from, by key, as far as
// they count.
func problems(ctx context.Context, v estate.View, of []store.ID, rel string, counts func(*domain.Problem) bool) ([]*domain.Problem, error) {
	far, err := estate.Linked[*domain.Problem](ctx, v, of, rel, store.In)
	if err != nil {
		return nil, err
	}
	known, list := map[string]bool{}, []*domain.Problem{}
	for _, id := range of {
		for _, p := range far[id] {
			if !known[p.ID] && counts(p) {
				known[p.ID], list = true, append(list, p)
			}
		}
	}
	slices.SortFunc(list, func(a, b *domain.Problem) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

func openedAt(p *domain.Problem) time.Time {
	if p.OpenedAt != nil {
		return *p.OpenedAt
	}
	return p.CreatedAt
}
