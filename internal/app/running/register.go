package running

import (
	"context"
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/registered"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

const registers authz.Action = "register"

// RegisterDeployment keeps what others rolled out, or are going to (D9). What is done is
// on record with what it left installed.
func (a *Area) RegisterDeployment(ctx context.Context, in registered.Register, o *domain.WriteOptions) (*Rolled, error) {
	m := estate.Mutation{Action: registers, Kind: domain.KindDeployment, Options: o, Input: []any{"register", domain.KindDeployment, in}}
	w, k, err := a.estate.Admit(ctx, m)
	if err != nil {
		return nil, err
	}
	return estate.CarryOut(ctx, w, estate.Outcome[*Rolled, Rolled]{
		Recall: func(ctx context.Context, c *store.Change) (*Rolled, error) {
			r, err := a.estate.Subject(ctx, k, c)
			d, _ := r.(*domain.Deployment)
			return &Rolled{Deployment: d}, err
		},
		Tell: func(ctx context.Context, w *estate.Writing, out *Rolled, c *store.Change, known []entity.Record) (_ *Rolled, err error) {
			out.Revision, out.DryRun = int64(c.Revision), w.DryRun
			out.Changes, err = a.estate.Changes(ctx, c.Effects, known)
			return out, err
		},
	}, func() (*estate.Draft, *Rolled, error) { return a.register(ctx, in) })
}

func (a *Area) register(ctx context.Context, in registered.Register) (*estate.Draft, *Rolled, error) {
	r, sites, err := in.Read(ctx, a.estate.Today(ctx), a.estate.Clock())
	if err != nil {
		return nil, nil, err
	}
	before, err := in.Earlier(ctx, a.estate.Today(ctx), r)
	if err != nil {
		return nil, nil, err
	}
	in.From = in.Began(before)
	d := a.deploymentOf(in, r)
	if es := d.Check(); len(es) > 0 {
		return nil, nil, es.Under("input").Err()
	}
	if before != nil {
		return registerAgain(ctx, a, in, r, before, d)
	}
	if d.Finding, err = in.Finding(ctx, a.estate.Everything(), r); err != nil {
		return nil, nil, err
	}
	draft, _ := a.estate.Creating(d)
	draft.Join(domain.RelDeploys, d, store.ID(r.ID))
	c := newRegistration(a, in, r, d)
	return c.follows(ctx, draft, drawUp(a, draft, c.course, in, sites))
}

// registration is a deployment of others on its way.
type registration struct {
	*course
	in registered.Register
}

func newRegistration(a *Area, in registered.Register, r *domain.Release, d *domain.Deployment) *registration {
	c := &course{
		area: a, view: a.estate.Everything(), now: in.To, was: d, wasWaves: map[string]*domain.Wave{}, wasSteps: map[string]*domain.SiteRollout{}, release: r,
		sites: map[string]store.Node{}, releases: map[string]store.Node{}, bySite: map[store.ID][]place{}, r: &running.Rollout{Deployment: d},
	}
	c.ground = ground.New(c.view)
	return &registration{c, in}
}

// follows writes what follows from a deployment of others as it is registered: what is
// installed, where its release is, and the request for change that was missing.
func (c *registration) follows(ctx context.Context, draft *estate.Draft, steps []*running.Step) (*estate.Draft, *Rolled, error) {
	draft.Known = append(draft.Known, c.release)
	done := &Rolled{Deployment: c.r.Deployment}
	if c.in.Outcome == registered.Planned {
		draft.Hold(c.release)
		return draft, done, nil
	}
	if c.r.Deployment.Finding != nil {
		if err := c.request(ctx, draft); err != nil {
			return nil, nil, err
		}
	}
	if c.in.Outcome == registered.Failed {
		draft.Hold(c.release)
		return draft, done, nil
	}
	if err := c.ground.Read(ctx, c.grounds(steps...)); err != nil {
		return nil, nil, err
	}
	for _, s := range steps {
		c.ground.Take(c.groundOf(s), c.in.To, true)
	}
	if err := c.ground.Settle(ctx, c.grounds(steps...)); err != nil {
		return nil, nil, err
	}
	c.ground.Write(draft)
	return draft, done, c.end(ctx, draft)
}

// deploymentOf is the deployment as it is registered.
func (a *Area) deploymentOf(in registered.Register, r *domain.Release) *domain.Deployment {
	d := &domain.Deployment{
		Description: in.Description, Approach: domain.BigBang, Activation: domain.AtInstall, SuccessThreshold: 100, CarriedOutBy: &in.CarriedOutBy,
	}
	d.Key, d.Sources = optional.Or(in.Key, fmt.Sprintf("%s/%s", r.Key, a.estate.NewID())), domain.BroughtBy(domain.SourceAPI)
	d.Name = optional.Or(in.Name, fmt.Sprintf("%s by %s", r.Name, in.CarriedOutBy))
	in.Bring(d)
	return d
}

// drawUp drafts the wave of what is registered, and its sites.
func drawUp(a *Area, d *estate.Draft, c *course, in registered.Register, sites []*domain.Site) (steps []*running.Step) {
	if len(sites) == 0 {
		return nil
	}
	of := c.was
	w := &domain.Wave{Ordinal: 1, Gate: domain.NoGate}
	in.BringWave(w)
	w.ID, w.Key, w.Name, w.Sources = a.estate.NewID(), keyOf(a.estate, of.Key+"/wave-1"), "Wave 1 of "+of.Name, domain.BroughtBy(domain.SourceAPI)
	d.Create(w)
	d.Join(domain.RelHasWave, of, store.ID(w.ID))
	for _, site := range sites {
		s := &domain.SiteRollout{Attempt: 1}
		s.ID, s.Key, s.Name, s.Sources = a.estate.NewID(), keyOf(a.estate, of.Key+"/"+site.Key), fmt.Sprintf("%s at %s", c.release.Key, site.Key), domain.BroughtBy(domain.SourceAPI)
		in.BringSite(s)
		d.Create(s)
		d.Join(domain.RelTargets, w, store.ID(s.ID))
		d.Join(domain.RelTargets, s, store.ID(site.ID))
		c.sites[s.ID] = store.Node{ID: store.ID(site.ID), Kind: domain.KindSite, Props: store.Props{"key": site.Key}}
		steps = append(steps, &running.Step{SiteRollout: s})
	}
	return steps
}

// keyOf is a key if it can be one, or else an id.
func keyOf(e *estate.Estate, key string) string {
	if domain.CheckKey(key) == nil {
		return key
	}
	return e.NewID()
}
