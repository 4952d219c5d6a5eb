package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// BoardMinutes writes down what a board said and decided in a time.
func (a *App) BoardMinutes(ctx context.Context, board domain.Ref, during domain.TimeRange) (*domain.Minutes, error) {
	if err := a.may(ctx, authz.Read, domain.KindVote); err != nil {
		return nil, err
	}
	if during.Empty() {
		return nil, wrong("during.to", "must be after from")
	}
	found, err := a.existing(ctx, entity.KindNamed(domain.KindBoard), board, "board")
	if err != nil {
		return nil, err
	}
	b := found.(*domain.Board)
	page, err := a.today(ctx).Find(ctx, store.Query{
		Kind: domain.KindVote, Order: []store.Order{{Property: "castAt"}},
		Filter: store.And{
			store.Compare{Property: "board", Op: store.Eq, Value: b.Key},
			store.Compare{Property: "castAt", Op: store.Gte, Value: during.From.UTC()},
			store.Compare{Property: "castAt", Op: store.Lt, Value: during.To.UTC()},
		},
	})
	if err != nil {
		return nil, storeError(err)
	}
	m := &domain.Minutes{Board: b, During: during}
	return m, a.fillMinutes(ctx, m, page.Nodes)
}

// fillMinutes puts the votes to the requests that they were cast on.
func (a *App) fillMinutes(ctx context.Context, m *domain.Minutes, votes []store.Node) error {
	if len(votes) == 0 {
		return nil
	}
	pages, err := a.today(ctx).Edges(ctx, store.EdgeQuery{
		Nodes: idsOf(votes), Rel: domain.RelCastOn, Direction: store.Out, Kind: domain.KindChangeRequest,
	})
	if err != nil {
		return storeError(err)
	}
	entries := map[store.ID]*domain.MinutesEntry{}
	for i, p := range pages {
		for _, n := range p.Nodes {
			e := entries[n.ID]
			if e == nil {
				e = &domain.MinutesEntry{Request: entity.DecodeNode(n).(*domain.ChangeRequest)}
				entries[n.ID] = e
				m.Entries = append(m.Entries, e)
			}
			e.Votes = append(e.Votes, entity.DecodeNode(votes[i]).(*domain.Vote))
		}
	}
	for _, e := range m.Entries {
		e.Decide(m.During)
	}
	return nil
}
