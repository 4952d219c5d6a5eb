package impact

import (
	"context"
	"fmt"
	"sync"

	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/once"
	"releasegraph/internal/plan/diagram"
	"releasegraph/internal/plan/impact"
)

// ImpactResult answers an impact analysis. What costs more than the analysis
// itself is computed only when asked for. Its methods may be called
// concurrently.
type ImpactResult struct {
	Found *impact.Result
	depth *int
	load  *traversal.Items

	LeftOut  []*domain.ConfigurationItem
	inFlight []*domain.ChangeRequest

	summary once.Value[*domain.ImpactSummary]

	// about finds what bears on the hits.
	about *Concerns

	told     sync.Once
	audience *audience
	tellErr  error
}

// Revision returns the revision of the estate that was analysed.
func (r *ImpactResult) Revision() int64 { return r.Found.Graph().Revision() }

// Excluded returns the items that analysts marked as not impacted (I10).
func (r *ImpactResult) Excluded() []*domain.ConfigurationItem { return r.LeftOut }

// InFlight returns the requests that are open in the same time (I6).
func (r *ImpactResult) InFlight() []*domain.ChangeRequest { return r.inFlight }

// Summary totals the hits (I7).
func (r *ImpactResult) Summary(ctx context.Context) (*ImpactTotals, error) {
	s, err := r.summary.Get(func() (*domain.ImpactSummary, error) { return r.Found.Summary(ctx) })
	if err != nil {
		return nil, err
	}
	return &ImpactTotals{ImpactSummary: s, about: r.about}, nil
}

// Cycles lists the dependency cycles that the analysis met (C2).
func (r *ImpactResult) Cycles(ctx context.Context) ([]*ImpactCycle, error) {
	cycles, err := r.Found.Cycles(ctx)
	if err != nil {
		return nil, err
	}
	list := []*ImpactCycle{}
	for _, nodes := range cycles {
		r.load.Want(nodes...)
		list = append(list, &ImpactCycle{r.load, nodes})
	}
	return list, nil
}

// Truncated says which limits cut the answer (I8).
func (r *ImpactResult) Truncated() []*domain.Truncation {
	if n := r.Found.Omitted(); n > 0 {
		return []*domain.Truncation{{Limit: fmt.Sprintf("maxDepth: %d", *r.depth), Omitted: n}}
	}
	return []*domain.Truncation{}
}

// Mermaid draws the hits and their chains as a Mermaid flowchart (I9).
func (r *ImpactResult) Mermaid(ctx context.Context) (string, error) {
	d, err := r.draw(ctx)
	return diagram.Mermaid(d), err
}

// DOT draws the hits and their chains for Graphviz (I9).
func (r *ImpactResult) DOT(ctx context.Context) (string, error) {
	d, err := r.draw(ctx)
	return diagram.DOT(d), err
}

// draw gives the picture its names: each item under its name, and its key where
// that says more.
func (r *ImpactResult) draw(ctx context.Context) (diagram.Diagram, error) {
	drawing, err := r.Found.Draw(ctx, diagram.MaxNodes)
	if err != nil {
		return diagram.Diagram{}, err
	}
	d := diagram.Diagram{Omitted: drawing.Omitted}
	nodes := make([]impact.Node, len(drawing.Nodes))
	for i, n := range drawing.Nodes {
		nodes[i] = n.Node
	}
	records, err := r.load.All(ctx, nodes)
	if err != nil {
		return d, err
	}
	for i, n := range drawing.Nodes {
		lines := []string{records[i].Name}
		if records[i].Key != records[i].Name {
			lines = append(lines, records[i].Key)
		}
		d.Nodes = append(d.Nodes, diagram.Node{Lines: lines, Role: n.Role})
	}
	for _, l := range drawing.Links {
		d.Links = append(d.Links, diagram.Link{From: l.From, To: l.To, Label: string(l.Kind)})
	}
	return d, nil
}

// ImpactCycle is a set of items that depend on one another (C2).
type ImpactCycle struct {
	load  *traversal.Items
	nodes []impact.Node
}

// Items loads the items of the cycle, by key.
func (c *ImpactCycle) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return c.load.All(ctx, c.nodes)
}
