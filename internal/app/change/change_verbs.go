package change

import (
	"context"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// ChangeVerb names a request for change and, optionally, the version that the
// caller saw (C5).
type ChangeVerb struct {
	Ref       domain.Ref
	IfVersion *int
}

// SubmitChangeRequest hands a draft in. One of type STANDARD is authorised at
// once, by the model that it follows (H2, H7).
func (a *Area) SubmitChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.changeVerb(ctx, changeVerb{action: authz.Submit, name: domain.SubmitChange}, in, o)
}

// WithdrawChangeRequest gives a request up that is not carried out yet (H2).
func (a *Area) WithdrawChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.changeVerb(ctx, changeVerb{action: authz.Withdraw, name: domain.WithdrawChange}, in, o)
}

// AuthoriseChangeRequest authorises a request that lacks nothing any more, as
// when the quorum of its board was lowered (H3). It casts no vote.
func (a *Area) AuthoriseChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.changeVerb(ctx, changeVerb{action: authz.Decide, name: domain.AuthoriseChange}, in, o)
}

// BackOutChangeRequest says that a change was undone while a release carried it
// out: it is to be assessed anew (H2).
func (a *Area) BackOutChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.changeVerb(ctx, changeVerb{action: authz.Decide, name: domain.BackOutChange}, in, o)
}

// ImplementChange reports that a change was carried out.
type ImplementChange struct {
	Ref                  domain.Ref
	ActualFrom, ActualTo time.Time
	LeftUndone           *string
	CarriedOutBy, Proof  *string
	IfVersion            *int
}

// ImplementChangeRequest notes that a change without a release was carried out (H8). Those
// who lead changes may do so, and its requester and its assignee.
func (a *Area) ImplementChangeRequest(ctx context.Context, in ImplementChange, o *domain.WriteOptions) (*estate.Written, error) {
	report := domain.ChangeReport{
		ActualFrom: in.ActualFrom.UTC(), ActualTo: in.ActualTo.UTC(), LeftUndone: in.LeftUndone, CarriedOutBy: in.CarriedOutBy, Proof: in.Proof,
	}
	v := changeVerb{
		action: authz.Implement, name: domain.ImplementChange, input: in, byAssignee: true,
		do: func(f *changeFacts, at time.Time) domain.Errors { return f.Implement(report, at) },
	}
	return a.changeVerb(ctx, v, ChangeVerb{in.Ref, in.IfVersion}, o)
}

// ReviewChange says how a change turned out.
type ReviewChange struct {
	Ref       domain.Ref
	Outcome   domain.ReviewOutcome
	Learnt    *string
	IfVersion *int
}

// ReviewChangeRequest closes a change that was carried out, with what was learnt
// from it, or says that it was undone (H8).
func (a *Area) ReviewChangeRequest(ctx context.Context, in ReviewChange, o *domain.WriteOptions) (*estate.Written, error) {
	review := domain.ChangeReview{Outcome: in.Outcome, Learnt: in.Learnt, By: acting.Doer(ctx)}
	v := changeVerb{
		action: authz.Decide, name: domain.ReviewChange, input: in,
		do: func(f *changeFacts, at time.Time) domain.Errors { return f.Review(review, at) },
	}
	return a.changeVerb(ctx, v, ChangeVerb{in.Ref, in.IfVersion}, o)
}

// changeVerb is a verb of a request for change.
type changeVerb struct {
	action authz.Action
	name   string
	// input is what the verb is told besides the request, nil: nothing.
	input any
	// byAssignee lets the assignee do what the requester may.
	byAssignee bool
	// do does it, or says all that speaks against it; nil: the move that the verb
	// leads to, and no more.
	do func(*changeFacts, time.Time) domain.Errors
}

// identity tells the verb's mutation from others.
func (v *changeVerb) identity(in ChangeVerb) []any {
	verb := strings.TrimSuffix(v.name, domain.KindChangeRequest)
	if v.input != nil {
		return []any{verb, domain.KindChangeRequest, v.input}
	}
	return []any{verb, domain.KindChangeRequest, in}
}

// changeVerb writes what a verb does to a request. Guards hold all that the
// verb looked at, so that of two who decide at once one is told.
func (a *Area) changeVerb(ctx context.Context, v changeVerb, in ChangeVerb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: v.action, Kind: domain.KindChangeRequest, Options: o, Input: v.identity(in)}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.reviewedRequest(ctx, v.action, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		if err := a.concerned(ctx, &v, before); err != nil {
			return nil, nil, err
		}
		f, err := a.completeFacts(ctx, before)
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.ChangeRequest)
		f.Request = after
		if es := v.carryOut(f, a.estate.Clock()); len(es) > 0 {
			return nil, nil, es.Under("input").Err()
		}
		return draftOf(f, before), after, nil
	})
}

// concerned refuses a verb to those whom the request does not concern.
func (a *Area) concerned(ctx context.Context, v *changeVerb, c *domain.ChangeRequest) error {
	if v.byAssignee && c.Assignee != nil && acting.Doer(ctx).Owns(domain.Doer{Name: *c.Assignee}) {
		return nil
	}
	return a.mine(ctx, v.action, c)
}

func (v *changeVerb) carryOut(f *changeFacts, at time.Time) domain.Errors {
	if v.do != nil {
		return v.do(f, at)
	}
	to, es := domain.ChangeLife.Check(f.Request.Key, v.name, f.Request.Status, &f.ChangeFacts)
	if len(es) == 0 {
		f.Request.Move(to, at)
	}
	return es
}

// draftOf writes what has become of the request, and names its board where the
// only one there is has been found for it.
func draftOf(f *changeFacts, before *domain.ChangeRequest) *estate.Draft {
	id := store.ID(before.ID)
	set := entity.OwnedDifference(entity.KindNamed(domain.KindChangeRequest), before, f.Request)
	d := &estate.Draft{}
	d.Change(before, f.Request)
	d.Ops, d.Guards, d.Known = []store.Op{store.UpdateNode{ID: id, Set: set}}, f.guards, []entity.Record{f.Request}
	if f.Board != nil && !f.boardKnown && f.Request.Status == domain.ChangeAssessed {
		d.Known = append(d.Known, f.decider)
		d.Join(domain.RelDecidedBy, before, store.ID(f.decider.ID))
		d.Guards = append(d.Guards, store.NoEdges{ID: id, Rel: domain.RelDecidedBy, Direction: store.Out})
	}
	return d
}
