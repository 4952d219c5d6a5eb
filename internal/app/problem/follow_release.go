package problem

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// followed is a release whose status changes to one that problems and known errors
// follow.
type followed struct{ was, now *domain.Release }

// following lists the releases that come to a status.
func following(p *estate.Proposal, to domain.ReleaseStatus) (list []followed) {
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if ok && is && was.Status != now.Status && now.Status == to {
			list = append(list, followed{was, now})
		}
	}
	return list
}

func idsOf(list []followed) []store.ID {
	ids := make([]store.ID, len(list))
	for i, one := range list {
		ids[i] = store.ID(one.now.ID)
	}
	return ids
}

// resolved is a problem that requests of a release resolve, with all requests that do.
type resolved struct {
	*domain.Problem
	by []*domain.ChangeRequest
	// own are the ids of the release's requests.
	own       map[string]bool
	release   followed
	diagnoses int64
}

// problemsFollow closes the problems that a CLOSED release has solved, and opens those
// again that one solved which is backed out (D8).
func (a *Area) problemsFollow(ctx context.Context, p *estate.Proposal) error {
	closed, err := a.resolvedBy(ctx, following(p, domain.ReleaseClosed))
	if err != nil {
		return err
	}
	for _, one := range closed {
		if one.Status == domain.ProblemClosed || !one.Diagnosed(int(one.diagnoses)) || one.open() {
			continue
		}
		stays, err := a.leftOut(ctx, one)
		if err != nil {
			return err
		}
		if stays {
			continue
		}
		if err := one.move(p, func(now *domain.Problem) { now.Status = domain.ProblemClosed }); err != nil {
			return err
		}
	}
	backedOut, err := a.resolvedBy(ctx, following(p, domain.ReleaseBackedOut))
	if err != nil {
		return err
	}
	for _, one := range backedOut {
		if !one.solvedSince(one.release.was.LiveAt) || one.solvedOtherwise() {
			continue
		}
		if err := one.move(p, func(now *domain.Problem) { now.Status, now.Resolution = domain.ProblemOpen, nil }); err != nil {
			return err
		}
	}
	return nil
}

// move changes the status of a problem, while those that resolve it stay as they were
// read.
func (r *resolved) move(p *estate.Proposal, change func(*domain.Problem)) error {
	for _, c := range r.by {
		if !r.own[c.ID] {
			p.Keep(c)
		}
	}
	return p.Decide(r.Problem, func(after entity.Record) {
		if now := after.(*domain.Problem); now.Status == r.Status {
			at := p.Now()
			change(now)
			now.StatusSince = &at
		}
	})
}

// open reports whether a request resolves the problem that is not done with.
func (r *resolved) open() bool {
	for _, c := range r.by {
		carried := r.own[c.ID] && c.Status == domain.ChangeInRelease
		if !carried && (domain.ChangeInFlight(c.Status) || c.Status == domain.ChangeImplemented && !r.own[c.ID]) {
			return true
		}
	}
	return false
}

// solvedSince reports whether the problem counts as solved, by a change and not in
// words, and no earlier than a release went live.
func (r *resolved) solvedSince(live *time.Time) bool {
	solved := r.Status == domain.ProblemClosed || r.Status == domain.ProblemResolved && r.Resolution == nil
	return solved && (live == nil || r.StatusSince == nil || !r.StatusSince.Before(*live))
}

// solvedOtherwise reports whether a request of no such release solved the problem.
func (r *resolved) solvedOtherwise() bool {
	for _, c := range r.by {
		if !r.own[c.ID] && c.Succeeded() {
			return true
		}
	}
	return false
}

// resolvedBy reads the problems that requests of some releases resolve, each once, with
// all requests that do.
func (a *Area) resolvedBy(ctx context.Context, releases []followed) ([]*resolved, error) {
	v := a.estate.Everything()
	requests, err := estate.Linked[*domain.ChangeRequest](ctx, v, idsOf(releases), domain.RelImplements, store.Out)
	if err != nil {
		return nil, err
	}
	of, own, asked := map[store.ID]followed{}, map[string]bool{}, []store.ID{}
	for _, r := range releases {
		for _, c := range requests[store.ID(r.now.ID)] {
			id := store.ID(c.ID)
			of[id], own[c.ID], asked = r, true, append(asked, id)
		}
	}
	problems, err := estate.Linked[*domain.Problem](ctx, v, asked, domain.RelResolves, store.Out)
	if err != nil {
		return nil, err
	}
	byID, list, ids := map[string]*resolved{}, []*resolved{}, []store.ID{}
	for _, id := range asked {
		for _, one := range problems[id] {
			if byID[one.ID] == nil {
				byID[one.ID] = &resolved{Problem: one, own: own, release: of[id]}
				list, ids = append(list, byID[one.ID]), append(ids, store.ID(one.ID))
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	by, err := estate.Linked[*domain.ChangeRequest](ctx, v, ids, domain.RelResolves, store.In)
	if err != nil {
		return nil, err
	}
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelDiagnoses, Direction: store.In})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for i, one := range list {
		one.by, one.diagnoses = by[ids[i]], counts[i]
	}
	return list, nil
}

// leftOut reports whether a problem concerns an item that a site did not get, since it
// was skipped: there it is not solved.
func (a *Area) leftOut(ctx context.Context, r *resolved) (bool, error) {
	id := store.ID(r.ID)
	far, err := a.estate.Everything().Far(ctx, []store.ID{id}, domain.RelConcerns, store.Out, domain.KindConfigurationItem)
	if err != nil || len(far[id]) == 0 {
		return false, err
	}
	return a.rollouts.LeftOut(ctx, a.estate.Everything(), store.ID(r.release.now.ID), store.IDsOf(far[id]))
}

// defectsFollow publishes the defects that were accepted with a release when that is
// CLOSED, so that others find them, and retires them when it is backed out (D8).
func (a *Area) defectsFollow(ctx context.Context, p *estate.Proposal) error {
	for _, way := range []struct {
		when domain.ReleaseStatus
		verb string
		from domain.KnownErrorStatus
	}{
		{domain.ReleaseClosed, domain.PublishKnownError, domain.KnownErrorDraft},
		{domain.ReleaseBackedOut, domain.RetireKnownError, domain.KnownErrorPublished},
	} {
		far, err := estate.Linked[*domain.KnownError](ctx, a.estate.Everything(), idsOf(following(p, way.when)), domain.RelIntroducedBy, store.In)
		if err != nil {
			return err
		}
		for _, list := range far {
			for _, k := range list {
				to, errs := domain.KnownErrorLife.Check(k.Key, way.verb, k.Status, k)
				if k.Status != way.from || len(errs) > 0 {
					continue
				}
				if err := p.Decide(k, func(after entity.Record) {
					if now := after.(*domain.KnownError); now.Status == k.Status {
						now.Status = to
					}
				}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
