package change

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
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
	f := &changeFacts{ChangeFacts: domain.ChangeFacts{Request: c}}
	f.guard(c)
	r := &estate.FactReader{Ctx: ctx, App: a.Estate, Id: store.ID(c.ID)}
	f.Items = estate.Related[*domain.ConfigurationItem](r, domain.RelAffects, store.Out, domain.KindConfigurationItem)
	f.Model = estate.Only1(estate.Related[*domain.ChangeModel](r, domain.RelFollows, store.Out, domain.KindChangeModel))
	f.Board = estate.Only1(estate.Related[*domain.Board](r, domain.RelDecidedBy, store.Out, domain.KindBoard))
	f.Votes = estate.Related[*domain.Vote](r, domain.RelCastOn, store.In, domain.KindVote)
	f.Tasks = estate.Related[*domain.Task](r, domain.RelPrepares, store.In, domain.KindTask)
	assessments := estate.Related[*domain.Assessment](r, domain.RelAssesses, store.In, domain.KindAssessment)
	if r.Err != nil {
		return nil, estate.StoreError(r.Err)
	}
	for _, i := range f.Items {
		f.guard(i)
	}
	if f.Model != nil {
		f.guard(f.Model)
	}
	slices.SortFunc(f.Votes, func(x, y *domain.Vote) int { return cmp.Or(x.CastAt.Compare(y.CastAt), cmp.Compare(x.Key, y.Key)) })
	f.assessment, f.Assessed = latest(assessments), len(assessments) > 0
	if err := findBoard(ctx, a.Entire, f); err != nil {
		return nil, err
	}
	return f, conceal(ctx, a.Today(ctx), f)
}

// completeFacts also finds out whether the assessment still holds. What it costs
// follows what has changed since.
func (a *Area) completeFacts(ctx context.Context, c *domain.ChangeRequest) (*changeFacts, error) {
	f, err := a.changeFacts(ctx, c)
	if err != nil || f.assessment == nil {
		return f, err
	}
	f.Outdated, err = assessing{a}.outdated(ctx, f.assessment, c)
	return f, err
}

// guard holds a record as it was read.
func (f *changeFacts) guard(r entity.Record) {
	f.guards = append(f.guards, store.NodeAt{ID: store.ID(r.Meta().ID), Version: int64(r.Meta().Version)})
}

// findBoard gives a request that names no board the only one that there is for
// its type (H1).
func findBoard(ctx context.Context, s store.Reader, f *changeFacts) error {
	if f.boardKnown = f.Board != nil; f.boardKnown {
		f.guard(f.Board)
		return nil
	}
	page, err := s.Find(ctx, store.Query{
		Kind: domain.KindBoard, First: 2, Order: []store.Order{{Property: "key"}},
		Filter: store.Compare{Property: "emergency", Op: store.Eq, Value: f.Request.Type == domain.EmergencyChange},
	})
	if err == nil && len(page.Nodes) == 1 {
		f.Board = entity.DecodeNode(page.Nodes[0]).(*domain.Board)
		f.guard(f.Board)
	}
	return estate.StoreError(err)
}

// latest is the assessment that counts.
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
	r, err := a.Target(ctx, action, entity.KindNamed(domain.KindChangeRequest), ref, "input.ref")
	if err == nil {
		err = estate.CheckVersion(r, ifVersion)
	}
	if err != nil {
		return nil, err
	}
	return r.(*domain.ChangeRequest), nil
}

// judges reports whether all may be seen that a change is judged by.
func (a assessing) judges(ctx context.Context) bool {
	return a.SightOf(ctx).All(domain.KindConfigurationItem, domain.KindSite, domain.KindChangeRequest)
}
