package work

import (
	"context"

	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// ServiceView is what bears on a service and on what it depends on, by however
// many others.
type ServiceView struct {
	Service *domain.ConfigurationItem

	found *impact.Result
	about *impactarea.Concerns
}

// ServiceView gathers what bears on a service; with a moment, as things were
// then (C4).
func (a *Area) ServiceView(ctx context.Context, ref domain.Ref, asOf *domain.AsOf) (*ServiceView, error) {
	k, err := a.estate.AllowedKind(ctx, authz.Read, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	r := &estate.Refs{View: v}
	var node store.Node
	r.Want(k.Name, ref, "service", &node)
	if err := r.Resolve(ctx); err != nil {
		return nil, err
	}
	g, err := a.traversal.Graph(ctx, v, traversal.Survey{Roots: []store.Node{node}, Direction: store.Out})
	if err != nil {
		return nil, err
	}
	service := estate.Decoded[*domain.ConfigurationItem](ctx, v, []store.Node{node})[0]
	query := impact.Query{Sources: impactarea.NodesIn(g, []store.Node{node}), Dependencies: true, IgnoreRedundancy: true}
	if query.Sees, err = traversal.Sees(ctx, v, g, nil); err != nil {
		return nil, err
	}
	found, err := impact.Analyse(ctx, g, query)
	if err != nil {
		return nil, err
	}
	return &ServiceView{Service: service, found: found, about: impactarea.NewConcerns(traversal.NewItems(v, g, nil), found, true)}, nil
}

// Revision returns the revision of the estate that was looked at.
func (s *ServiceView) Revision() int64 { return s.found.Graph().Revision() }

// Items counts the items that the service depends on.
func (s *ServiceView) Items() int { return s.found.Len() }

// Problems returns a page of the problems that are not resolved.
func (s *ServiceView) Problems(ctx context.Context, first *int, after *string) (*impactarea.ConcernPage, error) {
	return s.about.Page(ctx, impactarea.OpenProblems, first, after)
}

// KnownErrors returns a page of the published known errors.
func (s *ServiceView) KnownErrors(ctx context.Context, first *int, after *string) (*impactarea.ConcernPage, error) {
	return s.about.Page(ctx, impactarea.PublishedKnown, first, after)
}

// ChangeRequests returns a page of the requests for change in flight.
func (s *ServiceView) ChangeRequests(ctx context.Context, first *int, after *string) (*impactarea.ConcernPage, error) {
	return s.about.Page(ctx, impactarea.ChangesUnder, first, after)
}
