package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// ServiceView is what bears on a service and on what it depends on, by however
// many others.
type ServiceView struct {
	Service *domain.ConfigurationItem

	found *impact.Result
	about *concerns
}

// ServiceView gathers what bears on a service; with a moment, as things were
// then (C4).
func (a *App) ServiceView(ctx context.Context, ref domain.Ref, asOf *domain.AsOf) (*ServiceView, error) {
	k, err := a.allowedKind(ctx, authz.Read, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	v, err := a.view(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	r := &refs{view: v}
	var node store.Node
	r.want(k.Name, ref, "service", &node)
	if err := r.resolve(ctx); err != nil {
		return nil, err
	}
	g, err := a.estate(ctx, v, survey{roots: []store.Node{node}, direction: store.Out})
	if err != nil {
		return nil, err
	}
	service := k.Decode(node).(*domain.ConfigurationItem)
	enroll(ctx, v, entity.Record(service))
	query := impact.Query{Sources: nodesIn(g, []store.Node{node}), Dependencies: true, IgnoreRedundancy: true}
	if query.Sees, err = sees(ctx, v, g, nil); err != nil {
		return nil, err
	}
	found, err := impact.Analyse(ctx, g, query)
	if err != nil {
		return nil, err
	}
	return &ServiceView{Service: service, found: found, about: newConcerns(newItems(v, g, nil), found, true)}, nil
}

// Revision is the revision of the estate that was looked at.
func (s *ServiceView) Revision() int64 { return s.found.Graph().Revision() }

// Items counts the items that the service depends on.
func (s *ServiceView) Items() int { return s.found.Len() }

// Problems returns a page of the problems that are not resolved.
func (s *ServiceView) Problems(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return s.about.page(ctx, openProblems, first, after)
}

// KnownErrors returns a page of the published known errors.
func (s *ServiceView) KnownErrors(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return s.about.page(ctx, publishedKnown, first, after)
}

// ChangeRequests returns a page of the requests for change in flight.
func (s *ServiceView) ChangeRequests(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return s.about.page(ctx, changesUnder, first, after)
}
