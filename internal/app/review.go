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

// review commits what is decided about a request, and tells what was done.
func (w *writing) review(ctx context.Context, decide func() (*draft, *Reviewed, error)) (*Reviewed, error) {
	var out *Reviewed
	d, change, err := w.commit(ctx, func() (d *draft, err error) {
		d, out, err = decide()
		return d, err
	})
	if err != nil {
		return nil, err
	}
	if w.key != "" && len(change.Effects) > 0 {
		return w.reviewedAgain(ctx, change)
	}
	return out, w.reviewed(ctx, out, change, d.known)
}

func (w *writing) reviewed(ctx context.Context, out *Reviewed, c *store.Change, known []entity.Record) (err error) {
	for _, r := range out.records() {
		stamp(r, c)
	}
	enroll(ctx, w.app.today(ctx), out.records()...)
	out.Revision, out.DryRun = int64(c.Revision), w.dryRun
	out.Changes, err = w.app.changes(ctx, c.Effects, known)
	return err
}

// reviewedAgain answers from the log what a review did, with the records as
// they are now.
func (w *writing) reviewedAgain(ctx context.Context, c *store.Change) (*Reviewed, error) {
	out := &Reviewed{}
	for kind, into := range map[string]func(entity.Record){
		domain.KindChangeRequest: func(r entity.Record) { out.ChangeRequest = r.(*domain.ChangeRequest) },
		domain.KindAssessment:    func(r entity.Record) { out.Assessment = r.(*domain.Assessment) },
		domain.KindVote:          func(r entity.Record) { out.Vote = r.(*domain.Vote) },
	} {
		r, err := w.app.subject(ctx, entity.KindNamed(kind), c, w.dryRun)
		if err != nil {
			return nil, err
		}
		if r != nil {
			into(r)
		}
	}
	enroll(ctx, w.app.today(ctx), out.records()...)
	out.Revision, out.DryRun = int64(c.Revision), w.dryRun
	var err error
	out.Changes, err = w.app.changes(ctx, c.Effects, nil)
	return out, err
}

// freeKey is a key for what belongs to a request: RFC-1/vote-3, or one that
// nobody holds where another request once had its key.
func (a *App) freeKey(ctx context.Context, kind, request, what string, ordinal int) (string, error) {
	key := fmt.Sprintf("%s/%s-%d", request, what, ordinal)
	held, err := a.entire.Lookup(ctx, kind, "key", key)
	if err != nil {
		return "", storeError(err)
	}
	if len(held) == 0 && domain.CheckKey(key) == nil {
		return key, nil
	}
	return what + "-" + a.newID(), nil
}
