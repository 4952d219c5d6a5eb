package acceptance

import (
	"context"

	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
)

// LastRun is the last run of a test that counts, nil when there is none (R21).
func (a *Area) LastRun(ctx context.Context, t *domain.AcceptanceTest) (*domain.TestRun, error) {
	g, err := a.around(ctx, t)
	if err != nil || g == nil {
		return nil, err
	}
	last := g.round().Last()[t.Key]
	for _, r := range g.runs {
		if last != nil && r.Key == last.Key {
			return r.TestRun, nil
		}
	}
	return nil, nil
}

// Void reports whether a run counts no more (R21).
func (a *Area) Void(ctx context.Context, r *domain.TestRun) (bool, error) {
	t, err := a.records.RelatedOne(ctx, r, records.Via{Rel: domain.RelRunOf, Kind: domain.KindAcceptanceTest}, nil)
	if err != nil || t == nil {
		return true, err
	}
	g, err := a.around(ctx, t.(*domain.AcceptanceTest))
	if err != nil || g == nil {
		return true, err
	}
	return r.Round != g.Release.Round || r.KitDigest != g.kitDigest, nil
}

// around is the acceptance of the release for which a test is planned, nil where
// there is none that the caller may see.
func (a *Area) around(ctx context.Context, t *domain.AcceptanceTest) (*reading, error) {
	r, err := a.records.RelatedOne(ctx, t, records.Via{Rel: domain.RelTests, Kind: domain.KindRelease}, nil)
	if err != nil || r == nil {
		return nil, err
	}
	return a.readFor(ctx, r.(*domain.Release))
}

// readFor reads the acceptance of a release as far as the caller may see it.
func (a *Area) readFor(ctx context.Context, r *domain.Release) (*reading, error) {
	s, err := a.releases.StandingFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.Beside().(*reading), nil
}

// State tells whether a signature counts (R21).
func (a *Area) State(ctx context.Context, s *domain.SignOff) (domain.SignOffState, error) {
	r, err := a.records.RelatedOne(ctx, s, records.Via{Rel: domain.RelSigns, Kind: domain.KindRelease}, nil)
	if err != nil || r == nil {
		return domain.SignOffFallen, err
	}
	return s.StateOn(r.(*domain.Release)), nil
}
