package planner

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/waves"
)

// Made is a plan with all that it follows from, so that it can be explained and
// edited. It is for one goroutine.
type Made struct {
	rollout.Answer
	*pool
	packing waves.Packing
	t       *timing
	steps   []int32 // by place in the plan: the step
	kept    map[int32]bool
	hand    hand
}

// Make plans. It fails with domain.Errors that tell all that is wrong with the
// input; where no plan holds, the answer has none and says why. It stops when its
// context ends.
func Make(ctx context.Context, in *rollout.Input) (*Made, error) {
	b, err := prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	made, err := b.plan(ctx, &relaxation{})
	if err != nil {
		return nil, err
	}
	if made.Plan == nil && in.MaxUsersAtRisk != nil {
		if made, err = b.plan(ctx, &relaxation{risk: true}); err != nil {
			return nil, err
		}
	}
	if made.Plan == nil {
		return made, made.refuse(ctx)
	}
	return made.edited(ctx)
}

// edited makes the edits of the input, one after another. Those that are refused leave
// their violations.
func (made *Made) edited(ctx context.Context) (*Made, error) {
	var violations []rollout.Violation
	for _, e := range made.in.Edits {
		after, err := made.Edit(ctx, e)
		if err != nil {
			return nil, err
		}
		violations = append(violations, after.Violations...)
		made = after
	}
	made.Violations = violations
	return made, nil
}

// plan puts the steps into waves, and gives them their hours.
func (b *base) plan(ctx context.Context, relaxed *relaxation) (*Made, error) {
	p, err := b.pool(ctx, relaxed)
	if err != nil {
		return nil, err
	}
	made := &Made{pool: p}
	packing, found, err := p.problem.Solve(ctx)
	if err != nil {
		return nil, err
	}
	made.packing = packing
	if found {
		c, err := p.clock(ctx)
		if err != nil {
			return nil, err
		}
		made.t = c.schedule(packing.Wave, packing.Waves)
		if ends := made.t.closes[packing.Waves]; ends <= p.problem.By && !slices.Contains(made.t.begin, waves.Never) {
			made.tighten(c)
			made.assemble()
			return made, nil
		}
		again, found, err := p.retry(ctx, c)
		if err != nil {
			return nil, err
		}
		if found {
			again.LowerBound, again.Tries = packing.LowerBound, packing.Tries
			made.packing, made.t = again, c.schedule(again.Wave, again.Waves)
			made.tighten(c)
			made.assemble()
		}
	}
	return made, nil
}

// assemble writes the plan.
func (made *Made) assemble() {
	b := made.base
	plan := &rollout.Plan{
		Release: b.m.Release(b.asked).Key, Approach: b.approach, Activation: b.in.Activation, ActivateAt: b.in.ActivateAt,
		UpToDate: b.got.UpToDate, Higher: b.got.Higher, Relies: b.got.Relies, Excluded: made.hand.excluded, Waived: made.hand.waived,
		LowerBound: made.packing.LowerBound, Proved: made.packing.LowerBound >= made.packing.Waves && len(made.hand.waived) == 0,
		Search: rollout.Search{Groups: len(b.grouped.Groups) - len(made.out), Tries: made.packing.Tries, Exact: made.packing.Exact},
	}
	if plan.Activation == "" {
		plan.Activation = domain.AtInstall
	}
	if b.auto {
		plan.Approach = domain.BigBang
	}
	if b.approach == domain.Continuous {
		plan.Path = b.in.Path
	}
	if b.named == nil {
		b.named = b.contents()
	}
	plan.Contents = b.named
	made.keeps()
	made.order()
	made.fill(plan)
	made.Plan = plan
}

// order puts the steps in the order of the plan.
func (made *Made) order() {
	made.steps = make([]int32, 0, len(made.got.Steps))
	for s := range made.got.Steps {
		if made.waveOf(int32(s)) > 0 {
			made.steps = append(made.steps, int32(s))
		}
	}
	slices.SortFunc(made.steps, func(a, b int32) int {
		if c := made.waveOf(a) - made.waveOf(b); c != 0 {
			return int(c)
		}
		if c := made.t.begin[a] - made.t.begin[b]; c != 0 {
			return map[bool]int{true: -1, false: 1}[c < 0]
		}
		return int(a - b)
	})
}

// waveOf is the wave of a step.
func (made *Made) waveOf(step int32) int32 { return made.packing.Wave[made.d.GroupOf[step]] }

func (made *Made) fill(plan *rollout.Plan) {
	offer := made.approach == domain.Pull
	for i, s := range made.steps {
		w := int(made.waveOf(s))
		for len(plan.Waves) < w {
			ring := made.rings[made.problem.Stage[made.d.GroupOf[s]]]
			plan.Waves = append(plan.Waves, rollout.Wave{Ordinal: len(plan.Waves) + 1, First: i, Stage: ring, Offer: offer})
		}
		site, content := made.siteOf(s), &made.got.Contents[made.got.Steps[s].Content]
		step := rollout.Step{
			Site: site.Key, Release: made.m.Release(made.got.Steps[s].Release).Key, Wave: w,
			Window: domain.TimeRange{From: at(made.t.begin[s]), To: at(made.t.end[s])}, Content: int(made.got.Steps[s].Content),
			Users: made.users(s), Criticality: content.Criticality, Effort: content.Effort,
		}
		if offer && made.in.Deadline != nil {
			step.Window.To = made.in.Deadline.UTC() // the offer stays open
		}
		wave := &plan.Waves[w-1]
		wave.Window = wave.Window.Span(step.Window)
		wave.Count++
		wave.Sites++
		wave.Users += step.Users
		wave.Criticality += step.Criticality
		plan.Steps = append(plan.Steps, step)
		if site.Users == nil {
			plan.UsersUnknown = append(plan.UsersUnknown, site.Key)
		}
	}
	slices.Sort(plan.UsersUnknown)
	plan.UsersUnknown = slices.Compact(plan.UsersUnknown)
}

// contents names what steps do.
func (b *base) contents() []rollout.Content {
	list := make([]rollout.Content, len(b.got.Contents))
	for i := range b.got.Contents {
		c := &b.got.Contents[i]
		named := func(places []int32) []rollout.Action {
			actions := make([]rollout.Action, len(places))
			for j, place := range places {
				a := &c.Actions[place]
				actions[j] = rollout.Action{Item: b.m.Item(a.Item).Key, Kind: a.Kind, From: a.From, To: a.To, Alone: a.Alone, Unit: a.Unit}
			}
			return actions
		}
		list[i] = rollout.Content{Remove: named(c.Removes), Install: named(c.Installs)}
	}
	return list
}

// demandsOf lists the demands of a step, with chains.
func (b *base) demandsOf(ctx context.Context, step int32) ([]demand.Demand, error) {
	t, err := b.trace(ctx)
	if err != nil {
		return nil, err
	}
	return t.Of(step)
}
