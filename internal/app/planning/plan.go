package planning

import (
	"context"
	"errors"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
	"releasegraph/internal/store"
)

// errNoPlan ends a mutation that has nothing to write.
var errNoPlan = errors.New("no plan holds")

// proposal is a plan on its way to become records.
type proposal struct {
	deployment *domain.Deployment
	// was is the deployment as it stood, nil of a new one.
	was      *domain.Deployment
	release  *domain.Release
	chosen   []*domain.Site
	snapshot *snapshot
	made     *planner.Made
	// atRisk are the waves whose failure would hurt more users than the policy allows.
	atRisk []Violation
}

// PlanDeployment works out the roll-out of a release, and keeps it as a proposal (P1 to
// P11).
func (a *Area) PlanDeployment(ctx context.Context, in Plan, o *domain.WriteOptions) (*Planned, error) {
	return a.propose(ctx, o, []any{"plan", domain.KindDeployment, in}, func() (*proposal, error) { return a.decide(ctx, in) })
}

// propose carries out a mutation that makes a plan.
func (a *Area) propose(ctx context.Context, o *domain.WriteOptions, input []any, decide func() (*proposal, error)) (*Planned, error) {
	w, k, err := a.estate.Admit(ctx, estate.Mutation{Action: plans, Kind: domain.KindDeployment, Options: o, Input: input})
	if err != nil {
		return nil, err
	}
	var p *proposal
	planned, err := estate.CarryOut(ctx, w, estate.Outcome[*domain.Deployment, Planned]{
		Recall: func(ctx context.Context, c *store.Change) (*domain.Deployment, error) {
			r, err := a.estate.Subject(ctx, k, c)
			d, _ := r.(*domain.Deployment)
			return d, err
		},
		Tell: a.tell,
	}, func() (*estate.Draft, *domain.Deployment, error) {
		if p, err = decide(); err != nil {
			return nil, nil, err
		}
		if p.made.Plan == nil {
			return nil, nil, errNoPlan
		}
		d, err := a.write(ctx, p)
		return d, p.deployment, err
	})
	switch {
	case errors.Is(err, errNoPlan):
		return a.refuse(ctx, w, p)
	case err != nil:
		return nil, err
	}
	if p != nil {
		planned.Violations, planned.Contradiction = append(violations(p.made.Violations), p.atRisk...), constraints(p.made.Contradiction)
	}
	return planned, nil
}

// tell answers with the plan that was written. That of a dry run is read from the
// estate as it would be, so that its waves and sites are there to look at.
func (a *Area) tell(ctx context.Context, w *estate.Writing, d *domain.Deployment, c *store.Change, known []entity.Record) (*Planned, error) {
	changes, err := a.estate.Changes(ctx, c.Effects, known)
	if err == nil && w.DryRun && d != nil {
		d, err = estate.One[*domain.Deployment](ctx, a.estate.SeenBy(ctx, a.estate.Past.Supposing(*c)), domain.Ref{ID: &d.ID}, "input.deployment")
	}
	return &Planned{
		Deployment: d, Violations: []Violation{}, Contradiction: []Constraint{}, Revision: int64(c.Revision), DryRun: w.DryRun, Changes: changes,
	}, err
}

// refuse answers why there is no plan: nothing is written.
func (a *Area) refuse(ctx context.Context, w *estate.Writing, p *proposal) (*Planned, error) {
	head, err := a.estate.Head(ctx)
	return &Planned{
		Violations: violations(p.made.Violations), Contradiction: constraints(p.made.Contradiction),
		Revision: head, DryRun: w.DryRun, Changes: []domain.Change{},
	}, err
}

func violations(list []rollout.Violation) []Violation {
	told := make([]Violation, len(list))
	for i, v := range list {
		told[i] = Violation{Rule: v.Rule, Text: v.Text, Records: texts(v.Records), Waivable: v.Waivable}
	}
	return told
}

func constraints(c *rollout.Contradiction) []Constraint {
	told := []Constraint{}
	if c == nil {
		return told
	}
	for _, one := range c.Constraints {
		t := Constraint{Rule: one.Rule, Records: texts(one.Records), Text: one.Text}
		if one.Relaxed != nil {
			t.Relaxed = &one.Relaxed.Text
		}
		told = append(told, t)
	}
	return told
}

func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// wholly refuses who may not see all that a plan follows from: it would be another one.
func wholly(v estate.View) error {
	if seesAll(v) {
		return nil
	}
	return &domain.Error{
		Code: domain.Forbidden, Rule: "P2", Field: "input", Message: "a plan follows from the whole estate, and you see only a part of it",
	}
}

// seesAll reports whether the caller sees all that a plan follows from.
func seesAll(v estate.View) bool {
	return v.SeesAll(domain.KindConfigurationItem, domain.KindSite, domain.KindRelease, domain.KindChangeRequest, domain.KindDeployment)
}

// decide works out a plan as it is asked for.
func (a *Area) decide(ctx context.Context, in Plan) (*proposal, error) {
	v := a.estate.Today(ctx)
	if err := wholly(v); err != nil {
		return nil, err
	}
	p, err := a.asked(ctx, v, in)
	if err != nil {
		return nil, err
	}
	revision, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	var replanned store.ID
	if p.was != nil {
		replanned = store.ID(p.was.ID)
	}
	if p.snapshot, err = a.snapshot(ctx, a.estate.Everything(), p.release, p.chosen, replanned, *p.deployment.PlannedAt); err != nil {
		return nil, err
	}
	p.deployment.PlannedRevision = revision
	if optional.Or(in.KeepStable, false) {
		if p.snapshot.in.Earlier, err = a.announced(ctx, p); err != nil {
			return nil, err
		}
	}
	return p, a.work(ctx, p)
}

// work lets the planner answer a question that has its snapshot.
func (a *Area) work(ctx context.Context, p *proposal) error {
	if err := p.question(*p.deployment.PlannedAt); err != nil {
		return err
	}
	made, err := planner.Make(ctx, &p.snapshot.in)
	if wrong := wrongIn(err); len(wrong) > 0 {
		return wrong.Under("input").Err()
	}
	p.made = made
	return err
}

// asked reads what is asked for into a deployment, and tells all that is wrong with it.
func (a *Area) asked(ctx context.Context, v estate.View, in Plan) (*proposal, error) {
	p := &proposal{}
	release, releaseErr := estate.One[*domain.Release](ctx, v, in.Release, "input.release")
	var wasErr error
	if in.Deployment != nil {
		p.was, wasErr = estate.One[*domain.Deployment](ctx, v, *in.Deployment, "input.deployment")
	}
	chosen, sitesErr := sitesNamed(ctx, v, in.Sites, "input.sites")
	if err := refusal.Both(releaseErr, wasErr, sitesErr, in.fits()); err != nil {
		return nil, refusal.Both(err, in.check())
	}
	p.release, p.chosen = release, chosen
	if p.was != nil {
		if err := a.replannable(ctx, v, p, in); err != nil {
			return nil, err
		}
	}
	d, err := a.deployment(ctx, p, in)
	p.deployment = d
	return p, err
}

// sitesNamed reads the sites that a field of the input names, each once.
func sitesNamed(ctx context.Context, v estate.View, list []domain.Ref, field string) ([]*domain.Site, error) {
	refs := &estate.Refs{View: v}
	nodes := make([]store.Node, len(list))
	for i, ref := range list {
		refs.Want(domain.KindSite, ref, refusal.Element(field, i), &nodes[i])
	}
	if err := refs.Resolve(ctx); err != nil {
		return nil, err
	}
	var es domain.Errors
	seen := map[store.ID]bool{}
	for i, n := range nodes {
		if seen[n.ID] {
			es = append(es, domain.Breaks("P2", refusal.Element(field, i), "names %s a second time", n.Props.Text("key")))
		}
		seen[n.ID] = true
	}
	return estate.Decoded[*domain.Site](ctx, v, nodes), es.Err()
}

// fits tells which fields do not go together: a proposal that is worked out anew has its
// key, and only such a one has a version.
func (in Plan) fits() error {
	switch {
	case in.Deployment != nil && in.Key != nil:
		return refusal.Wrong("input.key", "cannot be given beside deployment, which has its key already")
	case in.Deployment == nil && in.IfVersion != nil:
		return refusal.Wrong("input.ifVersion", "is of a proposal that is worked out anew: name that by deployment")
	}
	return nil
}

// replannable refuses to work a plan out anew that is accepted, or of another release.
func (a *Area) replannable(ctx context.Context, v estate.View, p *proposal, in Plan) error {
	if err := refusal.Stale(p.was, in.IfVersion); err != nil {
		return err
	}
	if err := open(p.was, "input.deployment"); err != nil {
		return err
	}
	far, err := v.Far(ctx, []store.ID{store.ID(p.was.ID)}, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	for _, n := range far[store.ID(p.was.ID)] {
		if string(n.ID) != p.release.ID {
			return domain.Breaks("P11", "input.release", "is %s, and %s is a roll-out of %s", p.release.Key, p.was.Key, n.Props.Text("key"))
		}
	}
	return nil
}

// open refuses a plan that is fixed.
func open(d *domain.Deployment, field string) error {
	switch {
	case d.Status != domain.DeploymentPlanned:
		return domain.Breaks("D1", field, "%s is %s, and a plan is changed while it is %s", d.Key, d.Status, domain.DeploymentPlanned)
	case d.AcceptedAt != nil:
		return domain.Breaks("P11", field, "the plan of %s was accepted, and is fixed: plan another proposal", d.Key)
	}
	return nil
}

// wrongIn lists what an error says is wrong with a question, nothing where waiting may
// cure it.
func wrongIn(err error) domain.Errors {
	var list domain.Errors
	var one *domain.Error
	switch {
	case errors.As(err, &list):
		return list
	case errors.As(err, &one) && one.Code != domain.Unavailable:
		return domain.Errors{one}
	}
	return nil
}
