package calendar

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/once"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/store"
)

// ChangeConflicts finds what does not go together with a request for change. It does so
// for the request's whole cohort at once.
func (a *Area) ChangeConflicts(ctx context.Context, r *domain.ChangeRequest, first *int, after *string) (*ScheduleConflicts, error) {
	limit, firstErr := listing.PageLength(first)
	from, afterErr := listing.ReadPosition(after)
	if err := refusal.Both(firstErr, afterErr); err != nil {
		return nil, err
	}
	if !hasPlan(r) {
		return &ScheduleConflicts{Nodes: []*ScheduleConflict{}}, nil
	}
	key, err := json.Marshal([]any{limit, from})
	if err != nil {
		return nil, err
	}
	cohort := a.estate.CohortOf(ctx, r)
	pages, err := estate.EachOf(cohort, "conflicts "+string(key), func(requests []*domain.ChangeRequest) ([]*ScheduleConflicts, error) {
		return a.conflictsOf(ctx, requests, cohort.View.Past, limit, from)
	})
	return pages[store.ID(r.ID)], err
}

// hasPlan reports whether a request is planned for some time, which counts.
func hasPlan(r *domain.ChangeRequest) bool {
	return r.PlannedFrom != nil && r.PlannedTo != nil && domain.ChangePlanned(r.Status)
}

// conflictsOf finds, by one plan, what does not go together with each of some requests: the
// same part of each list, nil for a request without a plan. Requests of the past meet what
// is planned today.
func (a *Area) conflictsOf(ctx context.Context, requests []*domain.ChangeRequest, past bool, limit int, after *listing.Position) ([]*ScheduleConflicts, error) {
	planned := slices.DeleteFunc(slices.Clone(requests), func(r *domain.ChangeRequest) bool { return !hasPlan(r) })
	within, soon := make([]domain.TimeRange, len(planned)), make([]time.Time, len(planned))
	for i, r := range planned {
		within[i], soon[i] = domain.TimeRange{From: *r.PlannedFrom, To: *r.PlannedTo}, a.soonest(*r.PlannedFrom)
	}
	p, err := a.planner(ctx, a.estate.Today(ctx), calendar.Of(within...), domain.ChangesPlanned, planned...)
	if err != nil {
		return nil, err
	}
	if !past {
		p.take(planned)
	}
	free := p.outlook(soon...)
	pages := make([]*ScheduleConflicts, len(requests))
	for i, r := range requests {
		if !hasPlan(r) {
			continue
		}
		if pages[i], err = p.about(r).page(ctx, conflict.Query{Of: r.Key}, limit, after, free.from(a.soonest(*r.PlannedFrom))); err != nil {
			return nil, err
		}
	}
	shown(pages).together(ctx, planned)
	return pages, nil
}

// shown is pages of conflicts that are shown together.
type shown []*ScheduleConflicts

// together lets what the pages show be loaded together, but for those requests that are
// loaded with others already.
func (s shown) together(ctx context.Context, loaded []*domain.ChangeRequest) {
	b, known := &beside{}, map[entity.Record]bool{}
	for _, r := range loaded {
		known[r] = true
	}
	var sides []entity.Record
	for _, page := range s {
		if page == nil {
			continue
		}
		for _, c := range page.Nodes {
			c.beside = b
			b.all = append(b.all, c)
		}
		for _, r := range page.sides() {
			if !known[r] {
				known[r] = true
				sides = append(sides, r)
			}
		}
	}
	estate.Narrow(ctx, sides...)
}

// beside is conflicts that are shown together.
type beside struct {
	all    []*ScheduleConflict
	chains once.Value[map[*ScheduleConflict][]*impact.DependencyLink]
	wanted sync.Once
}

func (b *beside) allChains(ctx context.Context) (map[*ScheduleConflict][]*impact.DependencyLink, error) {
	chains := map[*ScheduleConflict][]*impact.DependencyLink{}
	for _, c := range b.all {
		var err error
		if chains[c], err = c.chain(ctx); err != nil {
			return nil, err
		}
	}
	return chains, nil
}

// want announces the items of all the conflicts.
func (b *beside) want() {
	b.wanted.Do(func() {
		for _, c := range b.all {
			items, _ := c.p.plan.Touched(&c.c)
			c.p.load.Want(items...)
		}
	})
}
