package environment

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/environment"
	"releasegraph/internal/store"
)

// Used is a test environment in which runs were made that count for a release.
type Used struct {
	Place *domain.TestEnvironment
	Runs  []*domain.TestRun
}

// Read reads what is needed to tell whether runs in test environments count (R12).
func (a *Area) Read(ctx context.Context, s *release.Standing, used []Used) ([]environment.Used, error) {
	if len(used) == 0 {
		return nil, nil
	}
	places := make([]store.ID, len(used))
	for i, u := range used {
		places[i] = store.ID(u.Place.ID)
	}
	var how *compared
	var err error
	if s.Policy.MinRepresentativeness != nil {
		if how, err = a.compare(ctx, s, places); err != nil {
			return nil, err
		}
	}
	list := make([]environment.Used, len(used))
	for i, u := range used {
		one := environment.Used{Environment: u.Place.Key, Resets: u.Place.ResetTimes(), Counting: times(u.Runs)}
		if how != nil {
			one.Comparison = how.by[places[i]]
		}
		if one.Others, err = a.others(ctx, s, u, one.Since()); err != nil {
			return nil, err
		}
		list[i] = one
	}
	return list, nil
}

func times(runs []*domain.TestRun) []environment.Run {
	list := make([]environment.Run, len(runs))
	for i, r := range runs {
		list[i] = environment.Run{Key: r.Key, StartedAt: r.StartedAt, EndedAt: r.EndedAt}
	}
	return list
}

// others are the runs in a test environment, from an instant on, that may have left
// another kit there: of another release, or of this one on another kit.
func (a *Area) others(ctx context.Context, s *release.Standing, u Used, since time.Time) ([]environment.Run, error) {
	digest, err := s.KitDigest()
	if err != nil {
		return nil, err
	}
	var last time.Time
	for _, r := range u.Runs {
		if r.EndedAt.After(last) {
			last = r.EndedAt
		}
	}
	in := store.Related{Rel: domain.RelRanIn, Direction: store.Out, Filter: store.OfKind{
		Kind: domain.KindTestEnvironment, Filter: store.Compare{Property: "id", Op: store.Eq, Value: u.Place.ID},
	}}
	runs, err := estate.All[*domain.TestRun](ctx, s.View, store.Query{
		Filter: store.And{in, store.Compare{Property: "startedAt", Op: store.Lt, Value: last}, store.Compare{Property: "endedAt", Op: store.Gt, Value: since}}, Order: []store.Order{{Property: "endedAt", Descending: true}, {Property: "key"}},
	})
	if err != nil {
		return nil, err
	}
	own, err := a.own(ctx, s, runs)
	var list []*domain.TestRun
	for _, r := range runs {
		if !own[r.ID] || r.KitDigest != digest {
			list = append(list, r)
		}
	}
	return times(list), err
}

// own are the runs that were made for the release itself.
func (a *Area) own(ctx context.Context, s *release.Standing, runs []*domain.TestRun) (map[string]bool, error) {
	ids := make([]store.ID, len(runs))
	for i, r := range runs {
		ids[i] = store.ID(r.ID)
	}
	tests, err := s.View.Far(ctx, ids, domain.RelRunOf, store.Out, domain.KindAcceptanceTest)
	if err != nil {
		return nil, err
	}
	var of []store.ID
	for _, list := range tests {
		of = append(of, store.IDsOf(list)...)
	}
	releases, err := s.View.Far(ctx, of, domain.RelTests, store.Out, domain.KindRelease)
	own := map[string]bool{}
	for i, r := range runs {
		for _, t := range tests[ids[i]] {
			for _, n := range releases[t.ID] {
				own[r.ID] = own[r.ID] || string(n.ID) == s.Release.ID
			}
		}
	}
	return own, err
}

// Free says why a run cannot have been made in a test environment: another release
// had it booked. A guard is to hold the environment, which counts its bookings.
func (a *Area) Free(ctx context.Context, place *domain.TestEnvironment, r *domain.Release, when domain.TimeRange, field string) (*domain.Error, error) {
	id := store.ID(place.ID)
	booked, err := a.bookings(ctx, a.estate.Unnamed(ctx), id)
	if err != nil {
		return nil, err
	}
	for _, b := range environment.Overlapping(booked[id], when) {
		if b.For == r.ID {
			continue
		}
		return domain.Breaks("R12", field, "%s was kept for %s from %s to %s (%s)", place.Key, b.Release, instant(b.Keeps.From), instant(b.Keeps.To), b.Key), nil
	}
	return nil, nil
}
