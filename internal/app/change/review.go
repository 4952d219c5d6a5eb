package change

import (
	"context"

	"releasegraph/internal/app/estate"
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

// review does something with a request that is under review.
func (a *Area) review(ctx context.Context, m estate.Mutation, decide func() (*estate.Draft, *Reviewed, error)) (*Reviewed, error) {
	w, _, err := a.estate.Admit(ctx, m)
	if err != nil {
		return nil, err
	}
	return estate.CarryOut(ctx, w, estate.Outcome[*Reviewed, Reviewed]{Recall: a.recallReview, Tell: a.reviewed}, decide)
}

func (a *Area) reviewed(ctx context.Context, w *estate.Writing, out *Reviewed, c *store.Change, known []entity.Record) (_ *Reviewed, err error) {
	out.Revision, out.DryRun = int64(c.Revision), w.DryRun
	out.Changes, err = a.estate.Changes(ctx, c.Effects, known)
	return out, err
}

// recallReview finds the records of a review as they are now.
func (a *Area) recallReview(ctx context.Context, c *store.Change) (*Reviewed, error) {
	out := &Reviewed{}
	for kind, into := range map[string]func(entity.Record){
		domain.KindChangeRequest: func(r entity.Record) { out.ChangeRequest = r.(*domain.ChangeRequest) },
		domain.KindAssessment:    func(r entity.Record) { out.Assessment = r.(*domain.Assessment) },
		domain.KindVote:          func(r entity.Record) { out.Vote = r.(*domain.Vote) },
	} {
		r, err := a.estate.Subject(ctx, entity.KindNamed(kind), c)
		if err != nil {
			return nil, err
		}
		if r != nil {
			into(r)
		}
	}
	return out, nil
}
