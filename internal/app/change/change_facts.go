package change

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// changeFacts is all that the moves of a request depend on, as it was read: at
// commit, guards hold it so.
type changeFacts struct {
	domain.ChangeFacts
	assessment *domain.Assessment // the last one; nil: none
	guards     []store.Guard
	// decider is the board, by its own name: that of the facts may be concealed.
	decider *domain.Board
	// boardKnown tells that the request names its board itself.
	boardKnown bool
}

// changeFacts reads what the moves of a request depend on.
func (a *Area) changeFacts(ctx context.Context, c *domain.ChangeRequest) (*changeFacts, error) {
	list, err := a.allFacts(ctx, []*domain.ChangeRequest{c})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// allFacts reads what the moves of some requests depend on, of all at once.
func (a *Area) allFacts(ctx context.Context, requests []*domain.ChangeRequest) ([]*changeFacts, error) {
	ids := make([]store.ID, len(requests))
	for i, c := range requests {
		ids[i] = store.ID(c.ID)
	}
	far := map[string]map[store.ID][]store.Node{}
	for _, r := range []struct {
		rel, kind string
		direction store.Direction
	}{
		{domain.RelAffects, domain.KindConfigurationItem, store.Out}, {domain.RelFollows, domain.KindChangeModel, store.Out},
		{domain.RelDecidedBy, domain.KindBoard, store.Out}, {domain.RelCastOn, domain.KindVote, store.In},
		{domain.RelPrepares, domain.KindTask, store.In}, {domain.RelAssesses, domain.KindAssessment, store.In},
		{domain.RelImplements, domain.KindRelease, store.In},
	} {
		found, err := a.estate.Everything().Far(ctx, ids, r.rel, r.direction, r.kind)
		if err != nil {
			return nil, err
		}
		far[r.rel] = found
	}
	list, only := make([]*changeFacts, len(requests)), &onlyBoards{view: a.estate.Everything()}
	for i, c := range requests {
		list[i] = factsOf(ctx, a.estate.Everything(), c, func(rel string) []store.Node { return far[rel][ids[i]] })
		if err := only.give(ctx, list[i]); err != nil {
			return nil, err
		}
	}
	return list, conceal(ctx, a.estate.Today(ctx), list)
}

// factsOf puts together what is joined to a request.
func factsOf(ctx context.Context, v estate.View, c *domain.ChangeRequest, far func(rel string) []store.Node) *changeFacts {
	f := &changeFacts{ChangeFacts: domain.ChangeFacts{
		Request: c, Items: estate.Decoded[*domain.ConfigurationItem](ctx, v, far(domain.RelAffects)),
		Model: optional.First(estate.Decoded[*domain.ChangeModel](ctx, v, far(domain.RelFollows))), Board: optional.First(estate.Decoded[*domain.Board](ctx, v, far(domain.RelDecidedBy))),
		Votes: estate.Decoded[*domain.Vote](ctx, v, far(domain.RelCastOn)), Tasks: estate.Decoded[*domain.Task](ctx, v, far(domain.RelPrepares)),
	}}
	f.guard(c)
	for _, i := range f.Items {
		f.guard(i)
	}
	if f.Model != nil {
		f.guard(f.Model)
	}
	slices.SortFunc(f.Votes, func(x, y *domain.Vote) int { return cmp.Or(x.CastAt.Compare(y.CastAt), cmp.Compare(x.Key, y.Key)) })
	f.assessment = latest(estate.Decoded[*domain.Assessment](ctx, v, far(domain.RelAssesses)))
	f.Assessed = f.assessment != nil
	f.Released = slices.ContainsFunc(estate.Decoded[*domain.Release](ctx, v, far(domain.RelImplements)), func(r *domain.Release) bool { return r.Status.Carries() })
	return f
}

// completeFacts also finds out whether the assessment still holds. What it costs
// follows what has changed since.
func (a *Area) completeFacts(ctx context.Context, c *domain.ChangeRequest) (*changeFacts, error) {
	f, err := a.changeFacts(ctx, c)
	if err != nil {
		return nil, err
	}
	return f, assessing{a}.judge(ctx, f)
}

// judge finds out whether the assessments still hold.
func (a assessing) judge(ctx context.Context, list ...*changeFacts) error {
	var assessed []*changeFacts
	var rest []resting
	for _, f := range list {
		if f.assessment != nil {
			assessed, rest = append(assessed, f), append(rest, resting{f.assessment, f.Request})
		}
	}
	if len(rest) == 0 {
		return nil
	}
	reasons, err := a.outdated(ctx, rest)
	if err != nil {
		return err
	}
	for i, f := range assessed {
		f.Outdated = reasons[i]
	}
	return nil
}

// guard holds a record as it was read.
func (f *changeFacts) guard(r entity.Record) {
	f.guards = append(f.guards, store.NodeAt{ID: store.ID(r.Meta().ID), Version: int64(r.Meta().Version)})
}

// onlyBoards are the boards that are the only ones for their type, each looked up
// once.
type onlyBoards struct {
	view  estate.View
	known map[bool][]*domain.Board // by whether they are for emergencies
}

// give assigns a request that names no board the only one that there is for its
// type (H1).
func (b *onlyBoards) give(ctx context.Context, f *changeFacts) error {
	if f.boardKnown = f.Board != nil; f.boardKnown {
		f.guard(f.Board)
		return nil
	}
	emergency := f.Request.Type == domain.EmergencyChange
	if _, known := b.known[emergency]; !known {
		boards, err := estate.All[*domain.Board](ctx, b.view, store.Query{
			First: 2, Order: []store.Order{{Property: "key"}},
			Filter: store.Compare{Property: "emergency", Op: store.Eq, Value: emergency},
		})
		if err != nil {
			return err
		}
		if b.known == nil {
			b.known = map[bool][]*domain.Board{}
		}
		b.known[emergency] = boards
	}
	if only := b.known[emergency]; len(only) == 1 {
		f.Board = only[0]
		f.guard(f.Board)
	}
	return nil
}

// latest returns the assessment that counts.
func latest(list []*domain.Assessment) (last *domain.Assessment) {
	for _, as := range list {
		if last == nil || as.Ordinal > last.Ordinal {
			last = as
		}
	}
	return last
}

// reviewedRequest finds the request that a verb is about.
func (a *Area) reviewedRequest(ctx context.Context, action authz.Action, ref domain.Ref, ifVersion *int) (*domain.ChangeRequest, error) {
	r, err := a.estate.Target(ctx, action, entity.KindNamed(domain.KindChangeRequest), ref, "input.ref")
	if err == nil {
		err = refusal.Stale(r, ifVersion)
	}
	if err != nil {
		return nil, err
	}
	return r.(*domain.ChangeRequest), nil
}

// judges reports whether all may be seen that a change is judged by.
func (a assessing) judges(ctx context.Context) bool {
	return a.estate.Today(ctx).SeesAll(domain.KindConfigurationItem, domain.KindSite, domain.KindChangeRequest)
}
