package app

import (
	"context"
	"slices"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/work"
	"releasegraph/internal/store"
)

// AgendaItem is a request that waits for someone.
type AgendaItem struct {
	ChangeRequest *domain.ChangeRequest
	// Waits names who has to act: the members who have not voted, or, of a
	// request that is not assessed, the roles that assess.
	WaitsFor []*AgendaWait
	// Approvals are the votes that stand, of the Quorum that is needed.
	Approvals, Quorum int
	// Lacks is what it needs before it can be authorised, votes among it.
	Lacks []domain.MoveLack
}

// AgendaWait is someone who has to act, and who may do it instead.
type AgendaWait struct {
	Member   *domain.Person
	Deputies []*domain.Person
}

// BoardAgenda lists what is before a board, and for whom it waits: the most
// urgent first, then what was handed in first.
func (a *App) BoardAgenda(ctx context.Context, board domain.Ref, first *int, after *string) (*FindingPage[AgendaItem], error) {
	if err := a.may(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return nil, err
	}
	limit, err := groupLimit(first)
	if err != nil {
		return nil, err
	}
	b, err := a.existing(ctx, entity.KindNamed(domain.KindBoard), board, "board")
	if err != nil {
		return nil, err
	}
	requests, err := a.before(ctx, b.(*domain.Board), domain.ChangeSubmitted, domain.ChangeAssessed)
	if err != nil {
		return nil, err
	}
	var all []finding[AgendaItem]
	for _, c := range requests {
		all = append(all, finding[AgendaItem]{size: work.Urgency(c), name: work.HandedIn(c) + " " + c.Key, node: &AgendaItem{ChangeRequest: c}})
	}
	page, err := pageOf(all, limit, after)
	if err != nil {
		return nil, err
	}
	delegations, err := a.findDelegations(ctx, b.(*domain.Board))
	if err != nil {
		return nil, err
	}
	for _, item := range page.Nodes {
		if err := a.fillAgenda(ctx, item, delegations); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// before lists the requests in some statuses that are before a board: those
// that name it, and, where it is the only one for their type, those that name
// none.
func (a *App) before(ctx context.Context, b *domain.Board, statuses ...domain.ChangeRequestStatus) ([]*domain.ChangeRequest, error) {
	return a.beforeIn(ctx, a.today(ctx), b, statuses...)
}

// beforeIn lists those of them that a view shows.
func (a *App) beforeIn(ctx context.Context, v view, b *domain.Board, statuses ...domain.ChangeRequestStatus) ([]*domain.ChangeRequest, error) {
	mine := store.Related{Rel: domain.RelDecidedBy, Filter: store.Compare{Property: "id", Op: store.Eq, Value: b.ID}}
	types := []domain.ChangeRequestType{domain.NormalChange, domain.StandardChange}
	if b.Emergency {
		types = []domain.ChangeRequestType{domain.EmergencyChange}
	}
	rivals, err := a.entire.Count(ctx, domain.KindBoard, store.Compare{Property: "emergency", Op: store.Eq, Value: b.Emergency})
	if err != nil {
		return nil, storeError(err)
	}
	filter := store.Or{mine}
	if rivals == 1 {
		filter = append(filter, store.And{
			store.Not{Filter: store.Related{Rel: domain.RelDecidedBy}}, store.Compare{Property: "type", Op: store.OneOf, Value: anyOf(types)},
		})
	}
	page, err := v.Find(ctx, store.Query{
		Kind: domain.KindChangeRequest, Order: []store.Order{{Property: "key"}},
		Filter: store.And{filter, store.Compare{Property: "status", Op: store.OneOf, Value: anyOf(statuses)}},
	})
	if err != nil {
		return nil, storeError(err)
	}
	return decoded[*domain.ChangeRequest](ctx, v, page.Nodes), nil
}

// fillAgenda finds out for whom a request waits.
func (a *App) fillAgenda(ctx context.Context, item *AgendaItem, delegations []*domain.Delegation) error {
	f, err := a.completeFacts(ctx, item.ChangeRequest)
	if err != nil {
		return err
	}
	item.WaitsFor, item.Lacks = []*AgendaWait{}, f.LacksFor(domain.ChangeAuthorised)
	if f.Board == nil {
		return nil
	}
	item.Quorum = f.Board.Quorum
	var waiting, beside []string
	waiting, item.Approvals = f.Waiting()
	if item.ChangeRequest.Status != domain.ChangeAssessed {
		return nil
	}
	at := a.clock()
	for _, member := range waiting {
		var deputies []string
		for _, d := range delegations {
			if domain.SameName(d.Absent, member) && d.Holds(at) && !domain.ContainsName(deputies, d.Deputy) {
				deputies = append(deputies, d.Deputy)
			}
		}
		slices.Sort(deputies)
		item.WaitsFor = append(item.WaitsFor, &AgendaWait{domain.PersonOf(f.Board, member), domain.PeopleOf(f.Board, deputies)})
		beside = append(append(beside, member), deputies...)
	}
	partiesIn(ctx, a.today(ctx)).Want(beside...)
	return nil
}
