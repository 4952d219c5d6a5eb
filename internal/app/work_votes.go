package app

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// awaitedVotes are the ids of the requests on which the boards wait for a
// person's vote: their own, or one of somebody for whom they stand in.
func (a *App) awaitedVotes(ctx context.Context, name string) ([]any, error) {
	v := a.today(ctx)
	found, err := v.Find(ctx, store.Query{Kind: domain.KindBoard, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, storeError(err)
	}
	k, ids := entity.KindNamed(domain.KindBoard), []any{}
	for _, n := range found.Nodes {
		board := k.Decode(n).(*domain.Board)
		delegations, err := a.findDelegations(ctx, board)
		if err != nil {
			return nil, err
		}
		requests, err := a.before(ctx, board)
		if err != nil {
			return nil, err
		}
		for _, r := range requests {
			item := &AgendaItem{ChangeRequest: r}
			if err := a.fillAgenda(ctx, item, delegations); err != nil {
				return nil, err
			}
			if waitsFor(item, name) {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids, nil
}

// waitsFor tells whether a request waits for a person, who did not ask for it
// (H3).
func waitsFor(item *AgendaItem, name string) bool {
	if r := item.ChangeRequest.Requester; r != nil && *r == name {
		return false
	}
	return slices.ContainsFunc(item.WaitsFor, func(w *AgendaWait) bool {
		return w.Member == name || slices.Contains(w.Deputies, name)
	})
}
