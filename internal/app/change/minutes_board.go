package change

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// recallBoards puts to each entry what came out, and the board that decided it
// as it was then.
func (a sitting) recallBoards(ctx context.Context, m *domain.Minutes) error {
	var decided []*domain.MinutesEntry
	for _, e := range m.Entries {
		e.Decide(m.During)
		if e.Board = m.Board; e.Decision != "" && m.Board.UpdatedAt.After(*e.Request.DecidedAt) {
			decided = append(decided, e)
		}
	}
	if len(decided) == 0 {
		return nil
	}
	boards, err := a.boardsBack(ctx, m.Board, m.During.From)
	if err != nil {
		return err
	}
	for _, e := range decided {
		e.Board = boardAt(boards, *e.Request.DecidedAt)
		party.PartiesIn(ctx, a.estate.Today(ctx)).Want(e.Members()...)
	}
	return nil
}

// boardSince is a board as it was from some time on.
type boardSince struct {
	at    time.Time
	board *domain.Board
}

// boardAt returns the board as it was at a time, nil when it was not there yet
// or the log does not reach back to then. The list begins with the newest.
func boardAt(list []boardSince, at time.Time) *domain.Board {
	i := slices.IndexFunc(list, func(b boardSince) bool { return !b.at.After(at) })
	if i < 0 {
		return nil
	}
	return list[i].board
}

// boardsBack tells how a board was, the newest first, back to some time or as far
// as the log reaches.
func (a sitting) boardsBack(ctx context.Context, b *domain.Board, back time.Time) (list []boardSince, err error) {
	v, id := a.estate.Everything(), store.ID(b.ID)
	found, err := v.Nodes(ctx, id)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	then, q := found[id], store.HistoryQuery{Nodes: []store.ID{id}, First: listing.MaxPage}
	for more := true; more; {
		pages, err := v.History(ctx, q)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, c := range pages[0].Changes {
			q.Before = c.Revision
			i := slices.IndexFunc(c.Effects, func(e store.Effect) bool { return e.Node == id })
			if i < 0 {
				continue // a link of the board
			}
			list = append(list, boardSince{c.At, estate.Decoded[*domain.Board](ctx, v, []store.Node{then})[0]})
			was := store.NewPast(&c.Effects[i])
			was.Follow(&c.Effects[i])
			if !was.Existed || !c.At.After(back) {
				return list, nil
			}
			then = was.Node(id, then.Props)
		}
		more = pages[0].HasNext
	}
	return list, nil
}
