package problem

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// ProblemCreated is what creating a problem did, and what it can be compared
// by.
type ProblemCreated struct {
	Problem  *domain.Problem
	Revision int64
	DryRun   bool
	Changes  []domain.Change

	a     *Area
	items []store.ID
}

// KnownErrors lists the known errors that fit the new problem best.
func (c *ProblemCreated) KnownErrors(ctx context.Context, first int) (*KnownErrorMatches, error) {
	return c.a.matches(ctx, &shown{items: c.items, symptoms: symptomsOf(c.Problem)}, first)
}

// CreateProblem adds a problem with the items that it shows in.
func (a *Area) CreateProblem(ctx context.Context, in domain.NewProblem, o *domain.WriteOptions) (*ProblemCreated, error) {
	var items []store.ID
	m := estate.Mutation{Action: authz.Create, Kind: domain.KindProblem, Options: o, Input: []any{"create", domain.KindProblem, in}}
	written, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		r := &estate.Refs{View: a.estate.Today(ctx)}
		concerned := r.WantAll(domain.KindConfigurationItem, in.Concerns, "input.concerns")
		p, newErr := a.newProblem(k, in)
		if err := refusal.Both(newErr, r.Resolve(ctx)); err != nil {
			return nil, nil, err
		}
		items = store.DistinctIDs(concerned)
		d, _ := a.estate.Creating(p)
		d.Join(domain.RelConcerns, p, items...)
		return d, p, nil
	})
	if err != nil {
		return nil, err
	}
	problem, _ := written.Record.(*domain.Problem)
	return &ProblemCreated{
		Problem: problem, Revision: written.Revision, DryRun: written.DryRun, Changes: written.Changes,
		a: a, items: items,
	}, nil
}

func (a *Area) newProblem(k *entity.Kind, in domain.NewProblem) (*domain.Problem, error) {
	now := a.estate.Clock()
	values := map[string]any{"key": in.Key, "name": in.Name, "openedAt": now}
	for field, text := range map[string]*string{
		"description": in.Description, "symptoms": in.Symptoms, "category": in.Category, "cause": in.Cause, "assignee": in.Assignee,
	} {
		if text != nil {
			values[field] = *text
		}
	}
	if in.Priority != nil {
		values["priority"] = string(*in.Priority)
	}
	var openedErr error
	if in.OpenedAt != nil {
		if values["openedAt"] = *in.OpenedAt; in.OpenedAt.After(now) {
			openedErr = refusal.Wrong("input.openedAt", "lies in the future")
		}
	}
	made, err := k.New(values, "input")
	p := made.(*domain.Problem)
	p.StatusSince, p.Sources = &now, domain.BroughtBy(domain.SourceAPI)
	return p, refusal.Both(err, openedErr)
}

// OpenProblems counts the problems that show in an item and are not resolved.
func (a *Area) OpenProblems(ctx context.Context, item *domain.ConfigurationItem) (int, error) {
	return a.records.CountRelated(ctx, item, records.Via{Rel: domain.RelConcerns, In: true, Kind: domain.KindProblem}, store.AnyOf(domain.OpenProblemStatuses))
}
