package change

import (
	"context"
	"errors"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// BoardMinutes writes down what a board said and decided in a time.
func (a *Area) BoardMinutes(ctx context.Context, board domain.Ref, during domain.TimeRange) (*domain.Minutes, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindVote); err != nil {
		return nil, err
	}
	if during.Empty() {
		return nil, refusal.Wrong("during.to", "must be after from")
	}
	b, err := estate.One[*domain.Board](ctx, a.estate.Today(ctx), board, "board")
	if err != nil {
		return nil, err
	}
	votes, err := estate.All[*domain.Vote](ctx, a.estate.Today(ctx), store.Query{
		Order: []store.Order{{Property: "castAt"}},
		Filter: store.And{
			store.Compare{Property: "board", Op: store.Eq, Value: b.Key},
			store.Compare{Property: "castAt", Op: store.Gte, Value: during.From.UTC()},
			store.Compare{Property: "castAt", Op: store.Lt, Value: during.To.UTC()},
		},
	})
	if err != nil {
		return nil, err
	}
	m := &domain.Minutes{Board: b, During: during}
	return m, sitting{a}.fillMinutes(ctx, m, votes)
}

// fillMinutes puts the votes to the requests that they were cast on.
func (a sitting) fillMinutes(ctx context.Context, m *domain.Minutes, votes []*domain.Vote) error {
	if len(votes) == 0 {
		return nil
	}
	v := a.estate.Today(ctx)
	ids := make([]store.ID, len(votes))
	for i, vote := range votes {
		ids[i] = store.ID(vote.ID)
	}
	on, err := estate.Linked[*domain.ChangeRequest](ctx, v, ids, domain.RelCastOn, store.Out)
	if err != nil {
		return err
	}
	entries := map[store.ID]*domain.MinutesEntry{}
	for i, vote := range votes {
		for _, r := range on[ids[i]] {
			e := entries[store.ID(r.ID)]
			if e == nil {
				e = &domain.MinutesEntry{Request: r}
				entries[store.ID(r.ID)] = e
				m.Entries = append(m.Entries, e)
			}
			e.Votes = append(e.Votes, vote)
		}
	}
	if err := a.recallRequests(ctx, m); err != nil {
		return err
	}
	return a.recallBoards(ctx, m)
}

// recallRequests puts what became of the requests since the time of the minutes
// out of them. One that was brought later stays as it is.
func (a sitting) recallRequests(ctx context.Context, m *domain.Minutes) error {
	end := m.During.To
	if !end.Before(a.estate.Now()) {
		return nil
	}
	r, err := a.estate.Moment(ctx, &domain.AsOf{Time: &end}, "during.to")
	if err != nil {
		return unlessInvalid(err)
	}
	ids := make([]store.ID, len(m.Entries))
	for i, e := range m.Entries {
		ids[i] = store.ID(e.Request.ID)
	}
	then, err := estate.ByID[*domain.ChangeRequest](ctx, a.estate.At(ctx, r), ids...)
	if err != nil {
		return err
	}
	for i, e := range m.Entries {
		if request, ok := then[ids[i]]; ok {
			e.Request = request
		}
	}
	return nil
}

// unlessInvalid keeps an error, unless it says that a moment cannot be read.
func unlessInvalid(err error) error {
	var e *domain.Error
	if errors.As(err, &e) && e.Code == domain.Invalid {
		return nil
	}
	return err
}
