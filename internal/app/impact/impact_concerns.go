package impact

import (
	"context"

	"releasegraph/internal/domain"
)

// ImpactTotals totals the hits, and what bears on them (I7). What is not of
// the graph of the analysis itself is looked for when it is asked for.
type ImpactTotals struct {
	*domain.ImpactSummary
	about *Concerns
}

// OpenProblems counts the problems that show in hits and are not resolved.
func (t *ImpactTotals) OpenProblems(ctx context.Context) (int, error) {
	return t.about.count(ctx, OpenProblems)
}

// KnownErrors counts the published known errors of the hits.
func (t *ImpactTotals) KnownErrors(ctx context.Context) (int, error) {
	return t.about.count(ctx, PublishedKnown)
}

// ChangeRequests counts the requests for change in flight that affect hits.
func (t *ImpactTotals) ChangeRequests(ctx context.Context) (int, error) {
	return t.about.count(ctx, ChangesUnder)
}

// Problems returns a page of the problems that show in hits and are not
// resolved.
func (r *ImpactResult) Problems(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return r.about.Page(ctx, OpenProblems, first, after)
}

// KnownErrors returns a page of the published known errors of the hits.
func (r *ImpactResult) KnownErrors(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return r.about.Page(ctx, PublishedKnown, first, after)
}

// ChangeRequests returns a page of the requests for change in flight that
// affect hits.
func (r *ImpactResult) ChangeRequests(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return r.about.Page(ctx, ChangesUnder, first, after)
}
