package work

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// awaitedVotes returns the ids of the requests on which the boards wait for a
// person's vote: their own, or one of somebody for whom they stand in. What it
// costs follows what is before the boards on which the person has a seat.
func (a *Area) awaitedVotes(ctx context.Context, who domain.Doer) ([]any, error) {
	boards, err := estate.All[*domain.Board](ctx, a.estate.Today(ctx), store.Query{Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, err
	}
	standIns, err := a.standIns(ctx, who.Name)
	if err != nil {
		return nil, err
	}
	ids := []any{}
	for _, board := range boards {
		seats := slices.DeleteFunc(slices.Clone(board.Members), func(member string) bool {
			return !domain.SameName(member, who.Name) && !slices.ContainsFunc(standIns, func(s standIn) bool {
				return domain.SameName(s.absent, member) && s.on(board)
			})
		})
		if len(seats) == 0 {
			continue
		}
		waiting, err := a.awaiting(ctx, board, who, seats)
		if err != nil {
			return nil, err
		}
		ids = append(ids, waiting...)
	}
	return ids, nil
}

// standIn is that a person votes for somebody who is away: on some boards, or
// on all.
type standIn struct {
	absent string
	boards []store.Node
}

func (s standIn) on(b *domain.Board) bool {
	return len(s.boards) == 0 || slices.ContainsFunc(s.boards, func(n store.Node) bool { return string(n.ID) == b.ID })
}

// standIns returns those for whom a person stands in now.
func (a *Area) standIns(ctx context.Context, name string) (list []standIn, err error) {
	delegations, err := estate.All[*domain.Delegation](ctx, a.estate.Everything(), store.Query{Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, err
	}
	ids := make([]store.ID, len(delegations))
	for i, d := range delegations {
		ids[i] = store.ID(d.ID)
	}
	boards, err := a.estate.Everything().Far(ctx, ids, domain.RelDelegatesOn, store.Out, domain.KindBoard)
	at := a.estate.Clock()
	for i, d := range delegations {
		if domain.SameName(d.Deputy, name) && d.Holds(at) {
			list = append(list, standIn{d.Absent, boards[ids[i]]})
		}
	}
	return list, err
}

// awaiting returns the ids of the requests before a board on which a vote of
// one of these seats is missing. Nobody votes on their own (H3).
func (a *Area) awaiting(ctx context.Context, board *domain.Board, who domain.Doer, seats []string) ([]any, error) {
	requests, err := a.change.Before(ctx, board, domain.ChangeAssessed)
	if err != nil || len(requests) == 0 {
		return nil, err
	}
	nodes := make([]store.ID, len(requests))
	for i, r := range requests {
		nodes[i] = store.ID(r.ID)
	}
	votes, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{
		Nodes: nodes, Rel: domain.RelCastOn, Direction: store.In, Kind: domain.KindVote,
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var ids []any
	for i, r := range requests {
		f := &domain.ChangeFacts{Request: r, Board: board}
		f.Votes = estate.Decoded[*domain.Vote](ctx, a.estate.Everything(), votes[i].Nodes)
		if f.Voted(who) {
			continue
		}
		missing, _ := f.Waiting()
		if !r.AskedBy(who) && slices.ContainsFunc(missing, func(seat string) bool { return slices.Contains(seats, seat) }) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}
