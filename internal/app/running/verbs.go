package running

import (
	"context"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// onDeployment is a verb on a whole deployment.
func (a *Area) onDeployment(ctx context.Context, action authz.Action, verb string, in DeploymentVerb, o *domain.WriteOptions, does func(context.Context, *course) error) (*Rolled, error) {
	return a.carryOut(ctx, roll{
		mutation:   estate.Mutation{Action: action, Kind: domain.KindDeployment, Options: o.Because(in.Reason), Input: []any{verb, domain.KindDeployment, in}},
		deployment: in.Deployment, ifVersion: in.IfVersion,
		does: func(ctx context.Context, c *course) (string, string, error) { return "", "", does(ctx, c) },
	})
}

// StartDeployment starts a deployment: its release is DEPLOYING from now on (D1, R4).
func (a *Area) StartDeployment(ctx context.Context, in DeploymentVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onDeployment(ctx, rollsOut, "start", in, o, func(ctx context.Context, c *course) error {
		f, err := a.readiness.Starting(ctx, a.estate.Everything(), c.was)
		if err != nil {
			return err
		}
		if err := c.legal(ctx, domain.StartDeployment, c.startFacts(f, in.Reason), func() (*domain.DeploymentFacts, error) {
			told, err := a.readiness.Starting(ctx, a.estate.Unnamed(ctx), c.was)
			if err != nil {
				return nil, err
			}
			return c.startFacts(told, in.Reason), nil
		}); err != nil {
			return err
		}
		c.guards = append(c.guards, f.Guards...)
		return c.start(ctx, f)
	})
}

func (c *course) startFacts(f *readiness.Facts, reason *string) *domain.DeploymentFacts {
	return &domain.DeploymentFacts{Deployment: c.was, Missing: f.Missing, Reason: optional.Or(reason, "")}
}

// start makes the deployment run, with what its policy says of it.
func (c *course) start(ctx context.Context, f *readiness.Facts) error {
	d := c.amend()
	d.VerifyingPeriod, d.SiteTimeLimit, d.OverdueSites, d.SiteAudits = f.Policy.Verifying, f.Policy.SiteTimeLimit, f.Policy.OverdueSites, f.Policy.SiteAudits
	d.RemindBefore = f.Policy.RemindBefore
	return c.apply(ctx, c.r.Resume("")...)
}

// amend returns the deployment as it will be, to be changed.
func (c *course) amend() *domain.Deployment {
	next := *c.r.Deployment
	c.r.Deployment = &next
	return &next
}

// PauseDeployment pauses a deployment: nothing begins (D5).
func (a *Area) PauseDeployment(ctx context.Context, in DeploymentVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onDeployment(ctx, halts, "pause", in, o, func(ctx context.Context, c *course) error {
		if err := c.legalBecause(ctx, domain.PauseDeployment, in.Reason); err != nil {
			return err
		}
		return c.apply(ctx, c.r.Pause(optional.Or(in.Reason, ""))...)
	})
}

// ResumeDeployment lets a deployment go on that is PAUSED (D5).
func (a *Area) ResumeDeployment(ctx context.Context, in DeploymentVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onDeployment(ctx, rollsOut, "resume", in, o, func(ctx context.Context, c *course) error {
		if err := c.legalBecause(ctx, domain.ResumeDeployment, in.Reason); err != nil {
			return err
		}
		return c.apply(ctx, c.r.Resume(optional.Or(in.Reason, ""))...)
	})
}

// AbortDeployment gives a deployment up (D1).
func (a *Area) AbortDeployment(ctx context.Context, in DeploymentVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onDeployment(ctx, halts, "abort", in, o, func(ctx context.Context, c *course) error {
		if err := c.legalBecause(ctx, domain.AbortDeployment, in.Reason); err != nil {
			return err
		}
		if err := c.readAll(ctx); err != nil {
			return err
		}
		return c.apply(ctx, c.r.Abort(optional.Or(in.Reason, ""))...)
	})
}

// ActivateDeployment activates everywhere at once what a deployment with TRIGGERED
// activation has installed (P8).
func (a *Area) ActivateDeployment(ctx context.Context, in DeploymentVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onDeployment(ctx, rollsOut, "activate", in, o, func(ctx context.Context, c *course) error {
		if err := triggers(c.r); err != nil {
			return err
		}
		if err := c.readAll(ctx); err != nil {
			return err
		}
		c.amend().ActivateAt = &c.now
		return c.apply(ctx, c.r.Activate(optional.Or(in.Reason, "it was activated everywhere"))...)
	})
}

// triggers refuses to activate what does not wait for it (P8).
func triggers(r *running.Rollout) error {
	switch d := r.Deployment; {
	case d.Activation != domain.Triggered:
		return domain.Breaks("P8", "input.deployment", "%s activates %s: nobody triggers it", d.Key, d.Activation)
	case d.ActivateAt != nil:
		return domain.Breaks("P8", "input.deployment", "%s was activated already", d.Key)
	case d.Status != domain.DeploymentRunning && d.Status != domain.DeploymentPaused:
		return domain.Breaks("P8", "input.deployment", "%s is %s: what runs is activated, RUNNING or PAUSED", d.Key, d.Status)
	}
	for _, w := range r.Waves {
		if w.Status != domain.WaveSucceeded && w.Status != domain.WaveSkipped {
			return domain.Breaks("P8", "input.deployment", "%s is %s: what is TRIGGERED comes after the last wave", w.Key, w.Status)
		}
	}
	return nil
}

// legal refuses a verb that the deployment does not allow as it is, with all that it
// lacks. Why it does is told without the names of what the caller may not see.
func (c *course) legal(_ context.Context, verb string, facts *domain.DeploymentFacts, told func() (*domain.DeploymentFacts, error)) error {
	d := c.r.Deployment
	if _, errs := domain.DeploymentLife.Check(d.Key, verb, d.Status, facts); len(errs) == 0 {
		return nil
	}
	named, err := told()
	if err != nil {
		return err
	}
	if _, errs := domain.DeploymentLife.Check(d.Key, verb, d.Status, named); len(errs) > 0 {
		return ofDeployment(errs).Err()
	}
	return refusal.Contended(nil)
}

// legalBecause is legal for a verb that needs nothing but a reason.
func (c *course) legalBecause(ctx context.Context, verb string, reason *string) error {
	facts := &domain.DeploymentFacts{Deployment: c.r.Deployment, Reason: optional.Or(reason, "")}
	return c.legal(ctx, verb, facts, func() (*domain.DeploymentFacts, error) { return facts, nil })
}

// ofDeployment names the deployment where a life says that the record is wrong.
func ofDeployment(errs domain.Errors) domain.Errors {
	for _, e := range errs {
		if e.Field == "ref" {
			e.Field = "deployment"
		}
	}
	return errs.Under("input")
}

// SetWaveGate says what opens a wave that has not begun (D2).
func (a *Area) SetWaveGate(ctx context.Context, in SetGate, o *domain.WriteOptions) (*Rolled, error) {
	return a.onWave(ctx, rollsOut, "setGate", in.Deployment, in, o, func(ctx context.Context, c *course) (*domain.Wave, error) {
		w, err := c.gated(in.Wave)
		if err != nil {
			return nil, err
		}
		next := *w
		next.Gate, next.Gatekeeper, next.OpensAt = in.Gate, in.Gatekeeper, in.OpensAt
		next.GateVerdict, next.GateDecidedBy, next.GateDecidedAt = nil, nil, nil
		if err := setMeasure(ctx, a.estate.Today(ctx), in, &next); err != nil {
			return nil, err
		}
		if in.Gatekeeper != nil && in.Gate != domain.PersonGate {
			return nil, domain.Breaks("D2", "input.gatekeeper", "opens a gate of a PERSON, and this one is %s", in.Gate)
		}
		if es := next.Check(); len(es) > 0 {
			return nil, es.Under("input").Err()
		}
		return &next, nil
	})
}

// OpenGate decides at the gate of a wave (D2): whoever rolls out, or the person that the
// wave names.
func (a *Area) OpenGate(ctx context.Context, in OpenGate, o *domain.WriteOptions) (*Rolled, error) {
	return a.onWave(ctx, opensGate, "openGate", in.Deployment, in, o.Because(in.Reason), func(ctx context.Context, c *course) (*domain.Wave, error) {
		w, err := c.gated(in.Wave)
		if err != nil {
			return nil, err
		}
		if w.Gate != domain.PersonGate && w.Gate != domain.MeasuredGate {
			return nil, domain.Breaks("D2", "input.wave", "%s has the gate %s: no person opens it; setWaveGate says what does", w.Key, w.Gate)
		}
		who := acting.Name(ctx)
		named := w.Gatekeeper != nil && domain.FoldName(*w.Gatekeeper) == domain.FoldName(who)
		if !named && a.estate.May(ctx, rollsOut, domain.KindWave) != nil {
			return nil, &domain.Error{
				Code: domain.Forbidden, Rule: "D2", Field: "input.wave",
				Message: fmt.Sprintf("the gate of %s is opened by a DEPLOYMENT_MANAGER, or by the person that it names", w.Key),
			}
		}
		next := *w
		next.GateVerdict, next.GateDecidedBy, next.GateDecidedAt = &in.Verdict, &who, &c.now
		return &next, nil
	})
}

// gated is a wave whose gate may still be decided on.
func (c *course) gated(ordinal int) (*domain.Wave, error) {
	w, err := c.wave(ordinal)
	switch {
	case err != nil:
		return nil, err
	case w.Status != domain.WavePending && w.Status != domain.WaveReady:
		return nil, domain.Breaks("D2", "input.wave", "%s is %s: its gate is passed", w.Key, w.Status)
	case !c.r.Deployment.Status.Open():
		return nil, domain.Breaks("D2", "input.deployment", "%s is %s: none of its waves begins any more", c.r.Deployment.Key, c.r.Deployment.Status)
	}
	return w.Wave, nil
}

// onWave is a verb that changes a wave by itself.
func (a *Area) onWave(ctx context.Context, action authz.Action, verb string, deployment domain.Ref, in any, o *domain.WriteOptions, does func(context.Context, *course) (*domain.Wave, error)) (*Rolled, error) {
	return a.carryOut(ctx, roll{
		mutation:   estate.Mutation{Action: action, Kind: domain.KindWave, Options: o, Input: []any{verb, domain.KindWave, in}},
		deployment: deployment,
		does: func(ctx context.Context, c *course) (string, string, error) {
			next, err := does(ctx, c)
			if err != nil {
				return "", "", err
			}
			for _, w := range c.r.Waves {
				if w.ID == next.ID {
					w.Wave = next
				}
			}
			return next.ID, "", nil
		},
	})
}

// RetrySiteRollout has a site that FAILED begin its next attempt (D5).
func (a *Area) RetrySiteRollout(ctx context.Context, in SiteVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onSite(ctx, reports, "retry", in, o, func(ctx context.Context, c *course, w *running.Wave, s *running.Step) error {
		if err := c.legalAt(domain.RetrySiteRollout, s, &domain.SiteRolloutFacts{SiteRollout: s.SiteRollout, Retried: true}); err != nil {
			return err
		}
		why := optional.Or(in.Reason, "")
		moves := []running.Move{c.r.Step(s, domain.SitePending, why)}
		if w.Status == domain.WaveFailed {
			moves = append(moves, c.r.Begin(w, why)...)
		}
		return c.apply(ctx, moves...)
	})
}

// SkipSiteRollout leaves a site out (D5).
func (a *Area) SkipSiteRollout(ctx context.Context, in SiteVerb, o *domain.WriteOptions) (*Rolled, error) {
	return a.onSite(ctx, rollsOut, "skip", in, o, func(ctx context.Context, c *course, _ *running.Wave, s *running.Step) error {
		facts := &domain.SiteRolloutFacts{SiteRollout: s.SiteRollout, Reason: optional.Or(in.Reason, "")}
		if err := c.legalAt(domain.SkipSiteRollout, s, facts); err != nil {
			return err
		}
		return c.apply(ctx, c.r.Step(s, domain.SiteSkipped, facts.Reason))
	})
}

// legalAt refuses a verb that a site does not allow as it is, and one in a deployment
// that is over.
func (c *course) legalAt(verb string, s *running.Step, facts *domain.SiteRolloutFacts) error {
	d := c.r.Deployment
	if d.Status != domain.DeploymentRunning && d.Status != domain.DeploymentPaused && !(verb == domain.SkipSiteRollout && d.Status == domain.DeploymentPlanned) {
		return domain.Breaks("D5", "input.deployment", "%s is %s: its sites are tried again and left out while it is RUNNING or PAUSED", d.Key, d.Status)
	}
	_, errs := domain.SiteRolloutLife.Check(s.Key, verb, s.Status, facts)
	for _, e := range errs {
		if e.Field == "ref" {
			e.Field = "site"
		}
	}
	return errs.Under("input").Err()
}

// onSite is a verb on what one site receives.
func (a *Area) onSite(ctx context.Context, action authz.Action, verb string, in SiteVerb, o *domain.WriteOptions, does func(context.Context, *course, *running.Wave, *running.Step) error) (*Rolled, error) {
	return a.carryOut(ctx, roll{
		mutation:   estate.Mutation{Action: action, Kind: domain.KindSiteRollout, Options: o.Because(in.Reason), Input: []any{verb, domain.KindSiteRollout, in}},
		deployment: in.Deployment,
		does: func(ctx context.Context, c *course) (string, string, error) {
			w, s, err := c.oneSite(ctx, action, in.Site, in.Release, "input")
			if err != nil {
				return "", "", err
			}
			return "", s.ID, does(ctx, c, w, s)
		},
	})
}

// oneSite finds what a site receives of the deployment, of which the caller may do
// something.
func (c *course) oneSite(ctx context.Context, action authz.Action, site domain.Ref, release *domain.Ref, path string) (*running.Wave, *running.Step, error) {
	today := c.area.estate.Today(ctx)
	at, err := estate.One[*domain.Site](ctx, today, site, refusal.FieldAt(path, "site"))
	if err != nil {
		return nil, nil, err
	}
	var of *domain.Release
	if release != nil {
		if of, err = estate.One[*domain.Release](ctx, today, *release, refusal.FieldAt(path, "release")); err != nil {
			return nil, nil, err
		}
	}
	if err := c.readAt(ctx, []store.ID{store.ID(at.ID)}); err != nil {
		return nil, nil, err
	}
	w, s, err := c.step(at, of, refusal.FieldAt(path, "site"))
	if err != nil {
		return nil, nil, err
	}
	return w, s, c.area.estate.Within(ctx, action, domain.KindSiteRollout, s.SiteRollout, refusal.FieldAt(path, "site"))
}
