package app

import (
	"context"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Reviewed is what an assessment or a vote did to a request for change.
type Reviewed struct {
	ChangeRequest *domain.ChangeRequest
	Assessment    *domain.Assessment // nil unless it was assessed
	Vote          *domain.Vote       // nil unless it was voted on
	Revision      int64
	DryRun        bool
	Changes       []domain.Change
}

// records are those that the review wrote.
func (r *Reviewed) records() []entity.Record {
	list := []entity.Record{}
	if r.ChangeRequest != nil {
		list = append(list, r.ChangeRequest)
	}
	if r.Assessment != nil {
		list = append(list, r.Assessment)
	}
	if r.Vote != nil {
		list = append(list, r.Vote)
	}
	return list
}

// review does something with a request that is under review.
func (a *App) review(ctx context.Context, m mutation, decide func() (*draft, *Reviewed, error)) (*Reviewed, error) {
	w, _, err := a.admit(ctx, m)
	if err != nil {
		return nil, err
	}
	return carryOut(ctx, w, outcome[*Reviewed, Reviewed]{recall: a.recallReview, tell: a.reviewed}, decide)
}

func (a *App) reviewed(ctx context.Context, w *writing, out *Reviewed, c *store.Change, known []entity.Record) (_ *Reviewed, err error) {
	enroll(ctx, a.today(ctx), out.records()...)
	out.Revision, out.DryRun = int64(c.Revision), w.dryRun
	out.Changes, err = a.changes(ctx, c.Effects, known)
	return out, err
}

// recallReview finds the records of a review as they are now.
func (a *App) recallReview(ctx context.Context, c *store.Change) (*Reviewed, error) {
	out := &Reviewed{}
	for kind, into := range map[string]func(entity.Record){
		domain.KindChangeRequest: func(r entity.Record) { out.ChangeRequest = r.(*domain.ChangeRequest) },
		domain.KindAssessment:    func(r entity.Record) { out.Assessment = r.(*domain.Assessment) },
		domain.KindVote:          func(r entity.Record) { out.Vote = r.(*domain.Vote) },
	} {
		r, err := a.subject(ctx, entity.KindNamed(kind), c)
		if err != nil {
			return nil, err
		}
		if r != nil {
			into(r)
		}
	}
	return out, nil
}

// freeKey is a key for what belongs to a request, from its ordinal on: RFC-1/vote-3,
// or a later one where another request once had its key.
func (a *App) freeKey(ctx context.Context, kind, request, what string, ordinal int) (string, error) {
	keys := make([]string, 10)
	for i := range keys {
		keys[i] = fmt.Sprintf("%s/%s-%d", request, what, ordinal+i)
	}
	held, err := a.entire.Lookup(ctx, kind, "key", keys...)
	if err != nil {
		return "", storeError(err)
	}
	for _, key := range keys {
		if _, taken := held[key]; !taken && domain.CheckKey(key) == nil {
			return key, nil
		}
	}
	return what + "-" + a.newID(), nil
}
