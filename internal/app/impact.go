package app

import (
	"context"

	"releasegraph/internal/domain"
)

// Impact analyses what is hurt when the sources fail, or what they need
// (section 3 of docs/domain.md).
func (a *App) Impact(ctx context.Context, in domain.ImpactInput) (*ImpactResult, error) {
	return nil, errUnfinished
}

// ImpactResult answers an impact analysis. What costs more than the analysis
// itself is computed only when asked for. Its methods may be called
// concurrently.
type ImpactResult struct{}

// Revision is the revision of the estate that was analysed.
func (r *ImpactResult) Revision() int64 { return 0 }

// Summary totals the hits (I7).
func (r *ImpactResult) Summary() *domain.ImpactSummary { return nil }

// Hits returns a page of the hits, ordered by depth and key; first defaults to
// all.
func (r *ImpactResult) Hits(first *int, after *string) (*ImpactHitPage, error) {
	return nil, errUnfinished
}

// Cycles lists the dependency cycles that the analysis met (C2).
func (r *ImpactResult) Cycles() []*ImpactCycle { return nil }

// Truncated says which limits cut the answer (I8).
func (r *ImpactResult) Truncated() []*domain.Truncation { return nil }

// Mermaid draws the hits and their chains as a Mermaid flowchart (I9).
func (r *ImpactResult) Mermaid(ctx context.Context) (string, error) { return "", errUnfinished }

// DOT draws the hits and their chains for Graphviz (I9).
func (r *ImpactResult) DOT(ctx context.Context) (string, error) { return "", errUnfinished }

// ImpactHitPage is a page of hits. The items of the page, and those of its
// chains, are loaded together when the first of them is asked for.
type ImpactHitPage struct {
	Nodes       []*ImpactHit
	TotalCount  int
	HasNext     bool
	HasPrevious bool
}

// ImpactHit is an item that is hurt, or needed.
type ImpactHit struct {
	Strength domain.Strength
	Depth    int
	Cursor   string
}

// Item loads the item that is hit.
func (h *ImpactHit) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return nil, errUnfinished
}

// Chain is one shortest chain of dependencies that explains the hit (I3),
// ordered from the source to the hit. Links keep their direction: From depends
// on To.
func (h *ImpactHit) Chain() []*DependencyLink { return nil }

// RootCauses loads the sources that reach the hit, by key (I6).
func (h *ImpactHit) RootCauses(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return nil, errUnfinished
}

// ImpactCycle is a set of items that depend on one another (C2).
type ImpactCycle struct{}

// Items loads the items of the cycle, by key.
func (c *ImpactCycle) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return nil, errUnfinished
}

// DependencyLink is one dependency of a chain: From depends on To.
type DependencyLink struct {
	Relationship string // always DEPENDS_ON
	Kind         domain.DependencyKind
}

// From loads the item that depends.
func (l *DependencyLink) From(ctx context.Context) (*domain.ConfigurationItem, error) {
	return nil, errUnfinished
}

// To loads the item that is depended on.
func (l *DependencyLink) To(ctx context.Context) (*domain.ConfigurationItem, error) {
	return nil, errUnfinished
}
