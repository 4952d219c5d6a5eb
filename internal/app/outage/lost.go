package outage

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Lost is what a deployment took away from services, as far as the reader sees it (D11).
type Lost struct {
	Outages    []*domain.Outage
	Agreements []*Against
}

// Against is what counts against an agreement.
type Against struct {
	Agreement *domain.ConfigurationItem
	Outages   []*domain.Outage
}

// Minutes is how many minutes some service was lost.
func (l *Lost) Minutes() int { return minutes(l.Outages) }

// Minutes is how many minutes count against the agreement.
func (a *Against) Minutes() int { return minutes(a.Outages) }

func minutes(outages []*domain.Outage) int {
	times := make([]domain.TimeRange, len(outages))
	for i, o := range outages {
		times[i] = o.During()
	}
	return domain.MinutesLost(times)
}

// OfDeployment tells what a deployment took away from services (D11).
func (a *Area) OfDeployment(ctx context.Context, d *domain.Deployment) (*Lost, error) {
	cohort := a.estate.CohortOf(ctx, d)
	all, err := estate.LoadOf(cohort, "lost", func() (map[store.ID]*Lost, error) { return Of(ctx, cohort.View, cohort.Members) })
	if err != nil {
		return nil, err
	}
	return all[store.ID(d.ID)], nil
}

// Of tells what deployments took away from services, as far as a view sees it.
func Of(ctx context.Context, v estate.View, deployments []store.ID) (map[store.ID]*Lost, error) {
	outages, err := estate.Linked[*domain.Outage](ctx, v, deployments, domain.RelLostBy, store.In)
	if err != nil {
		return nil, err
	}
	var ids []store.ID
	for _, d := range deployments {
		ids = append(ids, entity.IDsOf(outages[d])...)
	}
	agreements, err := estate.Linked[*domain.ConfigurationItem](ctx, v, ids, domain.RelCountsAgainst, store.Out)
	if err != nil {
		return nil, err
	}
	lost := map[store.ID]*Lost{}
	for _, d := range deployments {
		lost[d] = lostIn(outages[d], agreements)
	}
	return lost, nil
}

func lostIn(outages []*domain.Outage, agreements map[store.ID][]*domain.ConfigurationItem) *Lost {
	against := map[string]*Against{}
	for _, o := range outages {
		for _, agreement := range agreements[store.ID(o.ID)] {
			if against[agreement.Key] == nil {
				against[agreement.Key] = &Against{Agreement: agreement}
			}
			against[agreement.Key].Outages = append(against[agreement.Key].Outages, o)
		}
	}
	l := &Lost{Outages: slices.SortedFunc(slices.Values(outages), func(a, b *domain.Outage) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.Key, b.Key))
	})}
	for _, key := range slices.Sorted(maps.Keys(against)) {
		l.Agreements = append(l.Agreements, against[key])
	}
	return l
}
