package running

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// apply makes moves, and does with what is installed what steps that move have done.
func (c *course) apply(ctx context.Context, moves ...running.Move) error {
	var steps []*running.Step
	for _, m := range moves {
		if m.Kind == domain.KindSiteRollout && m.To != "" {
			_, s := c.find(m.ID)
			steps = append(steps, s)
		}
	}
	if err := c.ground.Read(ctx, c.grounds(steps...)); err != nil {
		return err
	}
	for _, m := range moves {
		if m.To == string(domain.SiteBackedOut) {
			if err := c.readStaying(ctx); err != nil {
				return err
			}
		}
	}
	c.r.Make(moves, c.now)
	for _, m := range moves {
		if m.Kind != domain.KindSiteRollout {
			continue
		}
		_, s := c.find(m.ID)
		switch domain.SiteRolloutStatus(m.To) {
		case domain.SiteActivated:
			c.ground.Take(c.groundOf(s), c.at, true)
		case domain.SiteBackedOut:
			c.ground.Back(c.groundOf(s), c.at)
		}
	}
	return nil
}

// settle lets happen what is due, until nothing is (D2, D4, D8).
func (c *course) settle(ctx context.Context) error {
	for {
		moves, err := (hours{c}).timed(ctx, c.r.Due(c.now))
		if err != nil || len(moves) == 0 {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.apply(ctx, moves...); err != nil {
			return err
		}
		if d := c.r.Deployment; d.Status == domain.DeploymentVerifying && d.VerifyingUntil == nil {
			until, err := d.Watched()
			if err != nil {
				return err
			}
			d.VerifyingUntil = &until
		}
	}
}

// draft writes what has become of the deployment, of what stands below it, of its
// release, and of what is installed.
func (c *course) draft(ctx context.Context) (*estate.Draft, error) {
	d := &estate.Draft{Guards: c.guards}
	if c.r.Deployment != c.was {
		d.Decide(c.was, c.r.Deployment)
	}
	var moved []*running.Step
	for _, w := range c.r.Waves {
		if before := c.wasWaves[w.ID]; before != w.Wave {
			d.Decide(before, w.Wave)
		}
		for _, s := range w.Steps {
			if before := c.wasSteps[s.ID]; before != s.SiteRollout {
				d.Decide(before, s.SiteRollout)
				moved = append(moved, s)
			}
		}
	}
	for _, id := range c.about {
		_, s := c.find(id)
		moved = append(moved, s)
	}
	if err := c.ground.Settle(ctx, c.grounds(moved...)); err != nil {
		return nil, err
	}
	c.ground.Write(d)
	for i, r := range c.reports {
		d.Create(r)
		d.Join(domain.RelReports, r, store.ID(c.about[i]))
	}
	c.audits.Write(d)
	return d, c.follow(ctx, d)
}

// follow brings the release where its deployments are (R4): DEPLOYING as one starts,
// VERIFYING and CLOSED when all have come so far, ACCEPTED when one is given up and no
// site has it, BACKED_OUT when no site has it any more.
func (c *course) follow(ctx context.Context, d *estate.Draft) error {
	before, after := c.was.Status, c.r.Deployment.Status
	if c.release == nil || before == after {
		return nil
	}
	others, err := c.others(ctx)
	if err != nil {
		return err
	}
	statuses := make([]domain.DeploymentStatus, len(others))
	for i, o := range others {
		statuses[i] = o.Status
	}
	to, unlessHad := running.ReleaseGoes(c.release.Status, after, statuses)
	if to == "" {
		return nil
	}
	if unlessHad {
		if have, err := c.sitesHave(ctx, others); err != nil || have {
			return err
		}
	}
	next := entity.Clone(c.release).(*domain.Release)
	next.Move(to, c.now)
	if to == domain.ReleaseDeploying && c.release.Status == domain.ReleaseAccepted {
		from, to := c.published()
		next.Publish(from, to, c.r.Sites())
	}
	d.Decide(c.release, next)
	for _, o := range others {
		d.Guards = append(d.Guards, store.NodeAt{ID: store.ID(o.ID), Version: int64(o.Version)})
	}
	return nil
}

// others are the other deployments of the release that have begun.
func (c *course) others(ctx context.Context) (list []*domain.Deployment, err error) {
	id := store.ID(c.release.ID)
	far, err := estate.Linked[*domain.Deployment](ctx, c.view, []store.ID{id}, domain.RelDeploys, store.In)
	for _, d := range far[id] {
		if d.ID != c.r.Deployment.ID && d.Status != domain.DeploymentPlanned {
			list = append(list, d)
		}
	}
	return list, err
}

// sitesHave reports whether some site has the release, by this deployment as it will be
// or by another.
func (c *course) sitesHave(ctx context.Context, others []*domain.Deployment) (bool, error) {
	for _, w := range c.r.Waves {
		if w.Have() > 0 && has(w) {
			return true, nil
		}
	}
	for _, d := range others {
		o, err := c.area.open(ctx, d)
		if err != nil {
			return false, err
		}
		for _, w := range o.r.Waves {
			if w.Have() > 0 {
				return true, nil
			}
		}
	}
	return false, nil
}

// has reports whether a site of a wave has what it receives, as far as is known: one that
// failed before it was installed does not.
func has(w *running.Wave) bool {
	if w.Counts != nil {
		return w.Have() > 0
	}
	for _, s := range w.Steps {
		if _, was := s.Installed(); was && s.Status != domain.SiteBackedOut && !s.Stays {
			return true
		}
	}
	return false
}

// published are the times for which the release is announced as it starts (M3).
func (c *course) published() (from, to *time.Time) {
	if from, to = c.r.Window(); from == nil || to == nil {
		return c.release.PlannedFrom, c.release.PlannedTo
	}
	return from, to
}

// roll is a verb on a deployment.
type roll struct {
	mutation   estate.Mutation
	deployment domain.Ref
	ifVersion  *int
	// does decides what is done, and names the wave and the step that it is about.
	does func(context.Context, *course) (wave, step string, err error)
}

// carryOut does something with a deployment. What follows from it at once is part of
// the same change set.
func (a *Area) carryOut(ctx context.Context, r roll) (*Rolled, error) {
	w, _, err := a.estate.Admit(ctx, r.mutation)
	if err != nil {
		return nil, err
	}
	return estate.CarryOut(ctx, w, estate.Outcome[*Rolled, Rolled]{
		Recall: func(ctx context.Context, c *store.Change) (*Rolled, error) { return a.recall(ctx, r, c) },
		Tell: func(ctx context.Context, w *estate.Writing, out *Rolled, c *store.Change, known []entity.Record) (_ *Rolled, err error) {
			out.Revision, out.DryRun = int64(c.Revision), w.DryRun
			out.Changes, err = a.estate.Changes(ctx, c.Effects, known)
			return out, err
		},
	}, func() (*estate.Draft, *Rolled, error) { return a.decide(ctx, r) })
}

func (a *Area) decide(ctx context.Context, r roll) (*estate.Draft, *Rolled, error) {
	d, err := a.target(ctx, r.deployment, r.ifVersion)
	if err != nil {
		return nil, nil, err
	}
	c, err := a.open(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	wave, step, err := r.does(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if err := c.settle(ctx); err != nil {
		return nil, nil, err
	}
	draft, err := c.draft(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := &Rolled{Deployment: c.r.Deployment}
	draft.Known = append(draft.Known, c.r.Deployment)
	for _, w := range c.r.Waves {
		for _, s := range w.Steps {
			if s.ID == step {
				out.SiteRollout, out.Wave = s.SiteRollout, w.Wave
			}
		}
		if w.ID == wave {
			out.Wave = w.Wave
		}
	}
	if out.Wave != nil {
		draft.Known = append(draft.Known, out.Wave)
	}
	if out.SiteRollout != nil {
		draft.Known = append(draft.Known, out.SiteRollout)
	}
	return draft, out, nil
}

// target is the deployment that something is to be done with, as the caller saw it.
func (a *Area) target(ctx context.Context, ref domain.Ref, ifVersion *int) (*domain.Deployment, error) {
	d, err := estate.One[*domain.Deployment](ctx, a.estate.Today(ctx), ref, "input.deployment")
	if err != nil {
		return nil, err
	}
	return d, refusal.Stale(d, ifVersion)
}

// recall answers again what was done before, with the deployment as it is now.
func (a *Area) recall(ctx context.Context, r roll, c *store.Change) (*Rolled, error) {
	d, err := a.target(ctx, r.deployment, nil)
	if err != nil {
		return nil, err
	}
	out := &Rolled{Deployment: d}
	for _, of := range []string{domain.KindWave, domain.KindSiteRollout} {
		for _, e := range c.Effects {
			if e.Node == "" || e.Kind != of {
				continue
			}
			record, err := a.estate.Today(ctx).Record(ctx, entity.KindNamed(of), domain.Ref{ID: (*string)(&e.Node)}, "input")
			if err != nil {
				return nil, err
			}
			switch one := record.(type) {
			case *domain.Wave:
				out.Wave = one
			case *domain.SiteRollout:
				out.SiteRollout = one
			}
			break
		}
	}
	return out, nil
}
