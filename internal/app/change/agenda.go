package change

import (
	"context"
	"slices"

	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
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
func (a *Area) BoardAgenda(ctx context.Context, board domain.Ref, first *int, after *string) (*configuration.FindingPage[AgendaItem], error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return nil, err
	}
	limit, err := records.GroupLimit(first)
	if err != nil {
		return nil, err
	}
	b, err := estate.One[*domain.Board](ctx, a.estate.Today(ctx), board, "board")
	if err != nil {
		return nil, err
	}
	requests, err := a.Before(ctx, b, domain.ChangeSubmitted, domain.ChangeAssessed)
	if err != nil {
		return nil, err
	}
	var all []configuration.Finding[AgendaItem]
	for _, c := range requests {
		all = append(all, configuration.Finding[AgendaItem]{Size: work.Urgency(c), Name: work.HandedIn(c) + " " + c.Key, Node: &AgendaItem{ChangeRequest: c}})
	}
	page, err := configuration.PageOf(all, limit, after)
	if err != nil {
		return nil, err
	}
	delegations, err := sitting{a}.findDelegations(ctx, b)
	if err != nil {
		return nil, err
	}
	return page, sitting{a}.fillAgenda(ctx, page.Nodes, delegations)
}

// Before lists the requests in some statuses that are before a board. These name the
// board, or they name none and the board is the only one for their type.
func (a *Area) Before(ctx context.Context, b *domain.Board, statuses ...domain.ChangeRequestStatus) ([]*domain.ChangeRequest, error) {
	return sitting{a}.beforeIn(ctx, a.estate.Today(ctx), b, statuses...)
}

// beforeIn lists those of them that a view shows.
func (a sitting) beforeIn(ctx context.Context, v estate.View, b *domain.Board, statuses ...domain.ChangeRequestStatus) ([]*domain.ChangeRequest, error) {
	mine := store.Related{Rel: domain.RelDecidedBy, Filter: store.Compare{Property: "id", Op: store.Eq, Value: b.ID}}
	types := []domain.ChangeRequestType{domain.NormalChange, domain.StandardChange}
	if b.Emergency {
		types = []domain.ChangeRequestType{domain.EmergencyChange}
	}
	rivals, err := a.estate.Entire.Count(ctx, domain.KindBoard, store.Compare{Property: "emergency", Op: store.Eq, Value: b.Emergency})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	filter := store.Or{mine}
	if rivals == 1 {
		filter = append(filter, store.And{
			store.Not{Filter: store.Related{Rel: domain.RelDecidedBy}}, store.Compare{Property: "type", Op: store.OneOf, Value: store.AnyOf(types)},
		})
	}
	return estate.All[*domain.ChangeRequest](ctx, v, store.Query{
		Order:  []store.Order{{Property: "key"}},
		Filter: store.And{filter, store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(statuses)}},
	})
}

// sitting is what a board has before it when it sits.
type sitting struct{ *Area }

// fillAgenda finds out for whom the requests of a page wait.
func (a sitting) fillAgenda(ctx context.Context, page []*AgendaItem, delegations []*domain.Delegation) error {
	requests := make([]*domain.ChangeRequest, len(page))
	for i, item := range page {
		requests[i] = item.ChangeRequest
	}
	estate.Narrow(ctx, requests...)
	facts, err := a.allFacts(ctx, requests)
	if err != nil {
		return err
	}
	if err := assessing(a).judge(ctx, facts...); err != nil {
		return err
	}
	for i, item := range page {
		a.fillItem(ctx, item, facts[i], delegations)
	}
	return nil
}

func (a sitting) fillItem(ctx context.Context, item *AgendaItem, f *changeFacts, delegations []*domain.Delegation) {
	item.WaitsFor, item.Lacks = []*AgendaWait{}, f.LacksFor(domain.ChangeAuthorised)
	if f.Board == nil {
		return
	}
	item.Quorum = f.Board.Quorum
	var waiting, beside []string
	waiting, item.Approvals = f.Waiting()
	if item.ChangeRequest.Status != domain.ChangeAssessed {
		return
	}
	at := a.estate.Clock()
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
	party.PartiesIn(ctx, a.estate.Today(ctx)).Want(beside...)
}
