package impact

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// Impact analyses what is hurt when the sources fail, or what they need
// (section 3 of docs/domain.md); with a moment, as things were then (C4).
func (a *Area) Impact(ctx context.Context, in domain.ImpactInput, asOf *domain.AsOf) (*ImpactResult, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	q, err := a.readImpactInput(ctx, v, in)
	if err != nil {
		return nil, err
	}
	g, err := a.traversal.Graph(ctx, v, q.survey())
	if err != nil {
		return nil, err
	}
	if g, err = q.assume(g); err != nil {
		return nil, err
	}
	query, err := q.query(ctx, g)
	if err != nil {
		return nil, err
	}
	if query.Sees, err = traversal.Sees(ctx, v, g, q.assumed()); err != nil {
		return nil, err
	}
	found, err := a.recent.analyse(ctx, g, query)
	if err != nil {
		return nil, err
	}
	load := traversal.NewItems(v, g, q.assumed())
	return &ImpactResult{
		Found: found, depth: in.MaxDepth, load: load, about: NewConcerns(load, found, false),
		LeftOut: estate.Decoded[*domain.ConfigurationItem](ctx, v, q.excluded), inFlight: estate.Decoded[*domain.ChangeRequest](ctx, v, q.inFlight),
	}, nil
}

// impactQuestion is an ImpactInput whose references are resolved.
type impactQuestion struct {
	in          domain.ImpactInput
	items       []store.Node
	sites       []store.Node
	requests    []store.Node // for change
	releases    []store.Node
	inFlight    []store.Node // requests that are open in the same time
	excluded    []store.Node
	stopAt      []store.Node
	site        []store.Node // one or none
	assumptions assumptions
}

// survey says what part of the estate the question can touch. What is assumed
// may lead the spread anywhere, so both ends of assumed dependencies are roots.
func (q *impactQuestion) survey() traversal.Survey {
	s := traversal.Survey{
		Named: q.assumptions.named(), Roots: append(q.assumptions.ends(), q.items...), Direction: store.In,
		StartSites: q.sites, Sites: q.site, Outcomes: true,
	}
	if q.dependencies() {
		s.Direction = store.Out
	}
	return s
}

func (q *impactQuestion) dependencies() bool {
	return q.in.Direction != nil && *q.in.Direction == domain.ImpactDependencies
}

// query returns the question in terms of a graph.
func (q *impactQuestion) query(ctx context.Context, g *shape.Graph) (query impact.Query, err error) {
	sites, err := impact.Within(ctx, g, NodesIn(g, q.sites))
	if err != nil {
		return query, err
	}
	installed, err := impact.InstalledAt(ctx, g, sites)
	if err != nil {
		return query, err
	}
	query = impact.Query{
		Sources:      append(NodesIn(g, q.items), installed...),
		Dependencies: q.dependencies(), Kinds: q.in.Kinds, StopAt: NodesIn(g, q.stopAt), Excluded: NodesIn(g, q.excluded),
		IgnoreRedundancy: q.in.Redundancy != nil && *q.in.Redundancy == domain.RedundancyIgnore,
	}
	if q.in.Environment != nil {
		query.Environment = *q.in.Environment
	}
	if q.in.MaxDepth != nil {
		query.MaxDepth = *q.in.MaxDepth
	}
	if len(q.site) > 0 {
		query.Sites, err = impact.Within(ctx, g, NodesIn(g, q.site))
	}
	return query, err
}

// NodesIn finds records in a graph. Those that it does not hold, nothing in it
// leads to.
func NodesIn(g *shape.Graph, records []store.Node) []impact.Node {
	nodes := make([]impact.Node, 0, len(records))
	for _, r := range records {
		if n, ok := g.Lookup(string(r.ID)); ok {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// assumed lists the hypothetical items.
func (q *impactQuestion) assumed() []*domain.ConfigurationItem { return q.assumptions.items }

// assume applies what is assumed to a graph.
func (q *impactQuestion) assume(g *shape.Graph) (*shape.Graph, error) {
	return q.assumptions.apply(g)
}
