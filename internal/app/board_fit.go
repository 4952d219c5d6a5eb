package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// boardFits refuses that a request be before a board that does not decide on its
// type (H1). Guards hold both as they were seen.
func boardFits(d *draft, p *pair) error {
	c, ok := p.from.(*domain.ChangeRequest)
	if !ok || p.rel.Name != domain.RelDecidedBy {
		return nil
	}
	b := p.to.(*domain.Board)
	if err := domain.CheckBoardFits(c, b); err != nil {
		err.Field = "input.to"
		return err
	}
	d.guards = append(d.guards, store.NodeAt{ID: p.fromID(), Version: int64(c.Version)}, store.NodeAt{ID: p.toID(), Version: int64(b.Version)})
	return nil
}

// staysBeforeBoard refuses a type of request on which the board that it names
// does not decide, and that a board leave those that wait for it (H1).
func (a *App) staysBeforeBoard(ctx context.Context, d *draft, before, after entity.Record) error {
	switch now := after.(type) {
	case *domain.ChangeRequest:
		return a.keepsBoard(ctx, d, before.(*domain.ChangeRequest), now)
	case *domain.Board:
		return a.keepsRequests(ctx, d, before.(*domain.Board), now)
	}
	return nil
}

func (a *App) keepsBoard(ctx context.Context, d *draft, was, now *domain.ChangeRequest) error {
	if was.Type == now.Type {
		return nil
	}
	r := &factReader{ctx: ctx, app: a, id: store.ID(now.ID)}
	b := only1(related[*domain.Board](r, domain.RelDecidedBy, store.Out, domain.KindBoard))
	if r.err != nil {
		return storeError(r.err)
	}
	if b == nil {
		return nil
	}
	if err := domain.CheckBoardFits(now, b); err != nil {
		hidden, hiddenErr := a.today(ctx).hidden(ctx, store.ID(b.ID))
		if hiddenErr != nil {
			return hiddenErr
		}
		err = domain.CheckBoardFits(now, concealed(b, hidden))
		err.Field = "input.patch.type"
		return err
	}
	d.guards = append(d.guards, store.NodeAt{ID: store.ID(b.ID), Version: int64(b.Version)})
	return nil
}

// keepsRequests looks at the requests that are before a board whose sort
// changes.
func (a *App) keepsRequests(ctx context.Context, d *draft, was, now *domain.Board) error {
	if was.Emergency == now.Emergency {
		return nil
	}
	since, err := a.store.Head(ctx)
	if err != nil {
		return storeError(err)
	}
	r := &factReader{ctx: ctx, app: a, id: store.ID(now.ID)}
	var waiting []store.Node
	for _, c := range related[*domain.ChangeRequest](r, domain.RelDecidedBy, store.In, domain.KindChangeRequest) {
		if c.ContentOpen() && domain.CheckBoardFits(c, now) != nil {
			waiting = append(waiting, store.Node{ID: store.ID(c.ID), Props: store.Props{"key": c.Key}})
		}
	}
	if r.err != nil {
		return storeError(r.err)
	}
	if len(waiting) > 0 {
		keys, err := a.keysSeen(ctx, waiting[:min(len(waiting), toldReasons)])
		if err != nil {
			return err
		}
		return domain.LeavesRequests(now, keys, "input.patch.emergency")
	}
	d.guards = append(d.guards, store.Unchanged{Since: since, Rel: domain.RelDecidedBy})
	return nil
}
