package planning

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// EditDeploymentPlan changes a plan by hand, or takes the last change back (P11).
func (a *Area) EditDeploymentPlan(ctx context.Context, in EditPlan, o *domain.WriteOptions) (*Planned, error) {
	return a.propose(ctx, o, []any{"editPlan", domain.KindDeployment, in}, func() (*proposal, error) { return a.decideEdit(ctx, in) })
}

func (a *Area) decideEdit(ctx context.Context, in EditPlan) (*proposal, error) {
	v := a.estate.Today(ctx)
	if err := wholly(v); err != nil {
		return nil, err
	}
	p, err := a.existing(ctx, v, in.Deployment, in.IfVersion)
	if err != nil {
		return nil, err
	}
	edits := p.was.PlanEdits()
	switch undo := optional.Or(in.Undo, false); {
	case (in.Edit == nil) != undo:
		return nil, refusal.Wrong("input", "give either edit, or undo: true")
	case p.was.PlannedAt == nil:
		return nil, domain.Breaks("P11", "input.deployment", "the plan of %s was brought from elsewhere: plan it anew, and change that", p.was.Key)
	case undo && len(edits) == 0:
		return nil, domain.Breaks("P11", "input.undo", "%s was not changed by hand: there is nothing to take back", p.was.Key)
	case undo:
		p.deployment.SetPlanEdits(edits[:len(edits)-1])
		return p, a.workAgain(ctx, p)
	}
	e, err := a.edit(ctx, v, in.Edit)
	if err != nil {
		return nil, err
	}
	if err := a.workAgain(ctx, p); err != nil {
		return nil, err
	}
	if err := a.same(ctx, p); err != nil {
		return nil, err
	}
	p.deployment.SetPlanEdits(append(edits, e))
	return p, p.apply(ctx, e)
}

// workAgain works a plan out for the moment for which it was planned.
func (a *Area) workAgain(ctx context.Context, p *proposal) (err error) {
	if p.snapshot, err = a.snapshot(ctx, a.estate.Everything(), p.release, p.chosen, store.ID(p.was.ID), *p.was.PlannedAt); err != nil {
		return err
	}
	return a.work(ctx, p)
}

// same refuses to change a plan that would be another one by now.
func (a *Area) same(ctx context.Context, p *proposal) error {
	moved := wordsOfAll(p.made.Violations)
	if p.made.Plan != nil {
		earlier, err := a.earlier(ctx, p.was, p.release)
		if err != nil {
			return err
		}
		moved = differences(placed(earlier, p.release.Key), placedBy(p.made.Plan, p.release.Key))
	}
	if len(moved) > 0 {
		return domain.Breaks("P11", "input.deployment", "the plan of %s is stale, plan it anew: %s", p.was.Key, strings.Join(moved, "; "))
	}
	return nil
}

// apply changes the plan. What may not be broken, or is broken without a reason, leaves
// no plan, and the violations say what that is.
func (p *proposal) apply(ctx context.Context, e domain.PlanEdit) error {
	after, err := p.made.Edit(ctx, editOf(e))
	if wrong := wrongIn(err); len(wrong) > 0 {
		return wrong.Under("input.edit").Err()
	}
	if err != nil {
		return err
	}
	made := *after
	refused := slices.ContainsFunc(made.Violations, func(v rollout.Violation) bool { return !v.Waivable || e.Reason == "" })
	if refused {
		made.Plan = nil
	}
	p.made = &made
	return nil
}

// editOf is an edit as the planner takes it.
func editOf(e domain.PlanEdit) rollout.Edit {
	return rollout.Edit{
		Kind: rollout.EditKind(e.Kind), Site: e.SiteKey, Release: e.ReleaseKey, Wave: e.Wave, Sites: e.SiteKeys, At: e.At, By: e.MadeBy, Reason: e.Reason,
	}
}

// existing is a proposal as it was planned.
func (a *Area) existing(ctx context.Context, v estate.View, ref domain.Ref, ifVersion *int) (*proposal, error) {
	was, err := estate.One[*domain.Deployment](ctx, v, ref, "input.deployment")
	if err != nil {
		return nil, err
	}
	if err := refusal.Stale(was, ifVersion); err != nil {
		return nil, err
	}
	if err := open(was, "input.deployment"); err != nil {
		return nil, err
	}
	return a.of(ctx, v, was)
}

// of is the proposal that a deployment keeps.
func (a *Area) of(ctx context.Context, v estate.View, was *domain.Deployment) (*proposal, error) {
	id, now := store.ID(was.ID), *was
	p := &proposal{was: was, deployment: &now}
	releases, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id}, domain.RelDeploys, store.Out)
	if err != nil {
		return nil, err
	}
	if len(releases[id]) == 0 {
		return nil, domain.Breaks("P11", "input.deployment", "%s rolls out no release: plan another", was.Key)
	}
	p.release = releases[id][0]
	chosen, err := estate.Linked[*domain.Site](ctx, v, []store.ID{id}, domain.RelIntendedFor, store.Out)
	p.chosen = chosen[id]
	return p, err
}

// edit reads an edit.
func (a *Area) edit(ctx context.Context, v estate.View, in *Edit) (domain.PlanEdit, error) {
	e := domain.PlanEdit{Kind: in.Kind, At: in.At, Wave: optional.Or(in.Wave, 0), Reason: optional.Or(in.Reason, ""), MadeBy: acting.Name(ctx), MadeAt: a.estate.Clock()}
	var errs []error
	if in.Site != nil {
		site, err := estate.One[*domain.Site](ctx, v, *in.Site, "input.edit.site")
		if errs = append(errs, err); err == nil {
			e.SiteKey = site.Key
		}
	}
	if in.Release != nil {
		release, err := estate.One[*domain.Release](ctx, v, *in.Release, "input.edit.release")
		if errs = append(errs, err); err == nil {
			e.ReleaseKey = release.Key
		}
	}
	sites, err := sitesNamed(ctx, v, in.Sites, "input.edit.sites")
	errs = append(errs, err)
	for _, site := range sites {
		e.SiteKeys = append(e.SiteKeys, site.Key)
	}
	errs = append(errs, complete(&e).Err())
	return e, refusal.Both(errs...)
}

// complete tells what an edit lacks, and what does not belong to it.
func complete(e *domain.PlanEdit) (es domain.Errors) {
	for _, part := range []struct {
		field string
		given bool
		of    []domain.PlanEditKind
	}{
		{"input.edit.site", e.SiteKey != "", []domain.PlanEditKind{domain.MoveStep, domain.PinStep, domain.ExcludeSite}},
		{"input.edit.wave", e.Wave != 0, []domain.PlanEditKind{domain.MoveStep, domain.SplitWave, domain.MergeWaves}},
		{"input.edit.sites", len(e.SiteKeys) > 0, []domain.PlanEditKind{domain.SplitWave}},
		{"input.edit.at", e.At != nil, []domain.PlanEditKind{domain.PinStep}},
	} {
		needed := slices.Contains(part.of, e.Kind)
		switch {
		case needed && !part.given:
			es = append(es, refusal.Wrong(part.field, "is missing: %s needs it", e.Kind))
		case !needed && part.given:
			es = append(es, refusal.Wrong(part.field, "does not belong to %s", e.Kind))
		}
	}
	if e.Kind == domain.ExcludeSite && e.Reason == "" {
		es = append(es, domain.Breaks("P11", "input.edit.reason", "is missing: why %s is left out", e.SiteKey))
	}
	return es
}
