package planning

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// StaleBecause tells what has moved under a plan since it was made (P11): nothing of
// one that is carried out already, or to those who do not see the whole estate.
func (a *Area) StaleBecause(ctx context.Context, d *domain.Deployment) ([]string, error) {
	v := a.estate.CohortOf(ctx, d).View
	if d.Status != domain.DeploymentPlanned || d.PlannedAt == nil || v.Past || !seesAll(v) {
		return []string{}, nil
	}
	p, err := a.of(ctx, v, d)
	if err != nil {
		return nil, err
	}
	moved, err := a.moved(ctx, p)
	return texts(moved), err
}

// mostMoved is how many sites that have moved are told one by one.
const mostMoved = 10

// moved tells what has moved under a plan: it is worked out again for the moment for
// which it was planned, and compared.
func (a *Area) moved(ctx context.Context, p *proposal) ([]string, error) {
	if p.deployment.PlannedAt == nil {
		return nil, nil // an import brought it: nobody knows for what it was planned
	}
	again, err := a.again(ctx, p)
	switch wrong := wrongIn(err); {
	case len(wrong) > 0:
		return wordsOf(wrong), nil
	case err != nil:
		return nil, err
	case again.made.Plan == nil:
		return wordsOfAll(again.made.Violations), nil
	}
	earlier, err := a.earlier(ctx, p.was, p.release)
	if err != nil {
		return nil, err
	}
	had := placed(earlier, p.release.Key)
	list := differences(had, placedBy(again.made.Plan, p.release.Key))
	if over := over(had); len(list) == 0 && !over.IsZero() && over.Before(a.estate.Clock()) {
		list = append(list, fmt.Sprintf("the first of its hours is over since %s", over.UTC().Format(time.RFC3339)))
	}
	return list, nil
}

// again works a plan out as the estate is now, for the moment of its planning.
func (a *Area) again(ctx context.Context, p *proposal) (*proposal, error) {
	now := *p.deployment
	again := &proposal{was: p.was, deployment: &now, release: p.release, chosen: p.chosen}
	var err error
	if again.snapshot, err = a.snapshot(ctx, a.estate.Everything(), p.release, p.chosen, store.ID(p.was.ID), *now.PlannedAt); err != nil {
		return nil, err
	}
	return again, a.work(ctx, again)
}

func wordsOf(wrong domain.Errors) (words []string) {
	for _, e := range wrong {
		words = append(words, e.Message)
	}
	return words
}

func wordsOfAll(list []rollout.Violation) (words []string) {
	for _, v := range list {
		words = append(words, v.Text)
	}
	return words
}

// place is where a step stands.
type place struct {
	wave   int
	window domain.TimeRange
}

// placed are the steps of a plan as they are kept, by site and release.
func placed(steps []rollout.Announced, release string) map[string]place {
	had := map[string]place{}
	for _, one := range steps {
		had[nameOfStep(one.Site, one.Release, release)] = place{one.Wave, one.Window}
	}
	return had
}

func placedBy(plan *rollout.Plan, release string) map[string]place {
	now := map[string]place{}
	for _, s := range plan.Steps {
		now[nameOfStep(s.Site, s.Release, release)] = place{s.Wave, s.Window}
	}
	return now
}

// nameOfStep names a step by its site, and by its release where that is not the one
// that is rolled out.
func nameOfStep(site, of, release string) string {
	if of == release {
		return site
	}
	return site + " (" + of + ")"
}

// differences tells which steps came, went and moved.
func differences(had, now map[string]place) (list []string) {
	keys := slices.Sorted(maps.Keys(had))
	for key := range now {
		if _, known := had[key]; !known {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		before, was := had[key]
		after, is := now[key]
		switch {
		case !is:
			list = append(list, key+" has nothing to do any more")
		case !was:
			list = append(list, fmt.Sprintf("%s would come in wave %d", key, after.wave))
		case before.wave != after.wave:
			list = append(list, fmt.Sprintf("%s would come in wave %d, not %d", key, after.wave, before.wave))
		case !before.window.From.Equal(after.window.From) || !before.window.To.Equal(after.window.To):
			list = append(list, fmt.Sprintf("%s would be worked on from %s, not from %s", key, after.window.From.UTC().Format(time.RFC3339), before.window.From.UTC().Format(time.RFC3339)))
		}
	}
	if rest := len(list) - mostMoved; rest > 0 {
		list = append(list[:mostMoved], fmt.Sprintf("and %d more sites", rest))
	}
	return list
}

// over is when the first step is to end, zero of a plan without steps: until then it may
// begin, if late.
func over(placed map[string]place) (first time.Time) {
	for _, one := range placed {
		if !one.window.Empty() && (first.IsZero() || one.window.To.Before(first)) {
			first = one.window.To
		}
	}
	return first
}
