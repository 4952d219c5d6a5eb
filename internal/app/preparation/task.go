package preparation

import (
	"context"
	"fmt"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/preparation"
	"releasegraph/internal/store"
)

// PlanReleaseTasks makes the tasks that the policy of a release wants done, each
// named by its template, as far as the release has none of that kind (R12).
func (a *Area) PlanReleaseTasks(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Lead, Kind: domain.KindRelease, Options: o.Because(in.Reason), Input: []any{"planTasks", domain.KindRelease, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Lead, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		v := a.estate.Everything()
		standing, err := a.releases.Standing(ctx, v, r)
		if err != nil {
			return nil, nil, err
		}
		tasks, err := a.tasksOf(ctx, v, r)
		if err != nil {
			return nil, nil, err
		}
		d := &estate.Draft{Known: []entity.Record{r}, Guards: []store.Guard{store.NodeAt{ID: store.ID(r.ID), Version: int64(r.Version)}}}
		d.Explain = a.estate.ExplainTaken("input")
		for _, rule := range preparation.Missing(tasks, standing.Policy.TaskRules) {
			t, err := a.planned(r, rule)
			if err != nil {
				return nil, nil, err
			}
			d.Create(t)
			d.Join(domain.RelPrepares, t, store.ID(r.ID))
		}
		return d, r, nil
	})
}

// planned is the task that a rule of a policy wants done for a release.
func (a *Area) planned(r *domain.Release, rule domain.TaskRule) (*domain.Task, error) {
	name := optional.Or(rule.Template, "")
	if strings.TrimSpace(name) == "" {
		name = fmt.Sprintf("%s of %s", strings.ReplaceAll(strings.ToLower(string(rule.Kind)), "_", " "), r.Key)
	}
	made, err := entity.KindNamed(domain.KindTask).New(map[string]any{
		"key": strings.ToLower(fmt.Sprintf("%s-%s", r.Key, rule.Kind)), "name": name, "kind": string(rule.Kind), "before": string(rule.Before),
	}, "input")
	if err != nil {
		return nil, err
	}
	t := made.(*domain.Task)
	t.ID = a.estate.NewID()
	return t, nil
}

// tasksOf reads the tasks that prepare a release, by key.
func (a *Area) tasksOf(ctx context.Context, v estate.View, r *domain.Release) ([]*domain.Task, error) {
	id := store.ID(r.ID)
	far, err := estate.Linked[*domain.Task](ctx, v, []store.ID{id}, domain.RelPrepares, store.In)
	return far[id], err
}

// Budget tells what the preparation of a release costs (R12): the tasks that the
// reader may see.
func (a *Area) Budget(ctx context.Context, r *domain.Release) (*Budget, error) {
	cohort := a.estate.CohortOf(ctx, r)
	tasks, err := estate.LoadOf(cohort, "tasks", func() (map[store.ID][]*domain.Task, error) {
		return estate.Linked[*domain.Task](ctx, cohort.View, cohort.Members, domain.RelPrepares, store.In)
	})
	if err != nil {
		return nil, err
	}
	sum, other := preparation.Sum(r, tasks[store.ID(r.ID)])
	return &Budget{
		Currency: optional.Text(sum.Currency), Approved: optional.Text(sum.Approved), Over: optional.Text(sum.Over),
		Planned: sum.Planned, Spent: sum.Spent, Expected: sum.Expected, NotCounted: append([]string{}, other...),
	}, nil
}

// Budget is what the preparation of a release costs, as preparation.Budget has it; nil
// stands for what nobody said.
type Budget struct {
	Currency, Approved, Over *string
	Planned, Spent, Expected string
	// NotCounted are the keys of tasks in another currency.
	NotCounted []string
}
