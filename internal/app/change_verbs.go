package app

import (
	"context"
	"time"

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
func (a *App) SubmitChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*Written, error) {
	return a.changeVerb(ctx, authz.Submit, "submit", in, o, func(f *changeFacts, at time.Time) error {
		if err := a.moveChange(f, domain.ChangeSubmitted, at); err != nil || f.Request.Type != domain.StandardChange {
			return err
		}
		return a.moveChange(f, domain.ChangeAuthorised, at)
	})
}

// WithdrawChangeRequest gives a request up that is not carried out yet (H2).
func (a *App) WithdrawChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*Written, error) {
	return a.changeVerb(ctx, authz.Withdraw, "withdraw", in, o, func(f *changeFacts, at time.Time) error {
		return a.moveChange(f, domain.ChangeWithdrawn, at)
	})
}

// AuthoriseChangeRequest authorises a request that lacks nothing any more, as
// when the quorum of its board was lowered (H3). It casts no vote.
func (a *App) AuthoriseChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*Written, error) {
	return a.changeVerb(ctx, authz.Decide, "authorise", in, o, func(f *changeFacts, at time.Time) error {
		return a.moveChange(f, domain.ChangeAuthorised, at)
	})
}

// BackOutChangeRequest says that a change was undone: it is to be assessed anew
// (H2).
func (a *App) BackOutChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*Written, error) {
	return a.changeVerb(ctx, authz.Decide, "backOut", in, o, func(f *changeFacts, at time.Time) error {
		return a.moveChange(f, domain.ChangeBackedOut, at)
	})
}

// CloseChangeRequest closes a change that is live and verified (H2).
func (a *App) CloseChangeRequest(ctx context.Context, in ChangeVerb, o *domain.WriteOptions) (*Written, error) {
	return a.changeVerb(ctx, authz.Decide, "close", in, o, func(f *changeFacts, at time.Time) error {
		return a.moveChange(f, domain.ChangeClosed, at)
	})
}

// changeVerb writes what a verb does to a request. Guards hold all that the
// verb looked at, so that of two who decide at once one is told.
func (a *App) changeVerb(ctx context.Context, action authz.Action, name string, in ChangeVerb, o *domain.WriteOptions, do func(*changeFacts, time.Time) error) (*Written, error) {
	m := mutation{action, domain.KindChangeRequest, o, []any{name, domain.KindChangeRequest, in}}
	return a.mutate(ctx, m, func(*entity.Kind) (*draft, entity.Record, error) {
		before, err := a.reviewedRequest(ctx, action, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		if err := a.mine(ctx, before); err != nil {
			return nil, nil, err
		}
		f, err := a.completeFacts(ctx, before)
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.ChangeRequest)
		f.Request = after
		if err := do(f, a.clock()); err != nil {
			return nil, nil, err
		}
		return a.draftOf(f, before), after, nil
	})
}

// moveChange moves the request, or says why it cannot.
func (a *App) moveChange(f *changeFacts, to domain.ChangeRequestStatus, at time.Time) error {
	if es := domain.CheckChangeMove(&f.ChangeFacts, to); len(es) > 0 {
		return es.Err()
	}
	f.Request.Move(to, at)
	return nil
}

// draftOf writes what has become of the request, and names its board where the
// only one there is has been found for it.
func (a *App) draftOf(f *changeFacts, before *domain.ChangeRequest) *draft {
	id := store.ID(before.ID)
	set := ownedDifference(entity.KindNamed(domain.KindChangeRequest), before, f.Request)
	d := &draft{ops: []store.Op{store.UpdateNode{ID: id, Set: set}}, guards: f.guards, known: []entity.Record{f.Request}}
	if f.Board != nil && !f.boardKnown && f.Request.Status == domain.ChangeAssessed {
		d.known = append(d.known, f.decider)
		d.join(domain.RelDecidedBy, before, store.ID(f.decider.ID))
		d.guards = append(d.guards, store.NoEdges{ID: id, Rel: domain.RelDecidedBy, Direction: store.Out})
	}
	return d
}
