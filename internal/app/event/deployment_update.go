package event

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// DeploymentUpdate is what happened to a deployment, a wave of it, or a site within that
// (E2). Its records are as they were behind it.
type DeploymentUpdate struct {
	Revision int64
	At       time.Time
	Type     string
	// ResumeAfter is where to go on behind it: its revision when it is the last one of
	// its change set, else the one before.
	ResumeAfter int64

	app                    *Area
	view                   store.Revision // as of which its records are read
	deployment, wave, step store.ID
}

// Deployment returns the deployment, nil where the caller may not see it.
func (u *DeploymentUpdate) Deployment(ctx context.Context) (*domain.Deployment, error) {
	return asOf[*domain.Deployment](ctx, u.app, u.view, u.deployment)
}

// Wave returns the wave, nil of what is about the deployment as a whole.
func (u *DeploymentUpdate) Wave(ctx context.Context) (*domain.Wave, error) {
	return asOf[*domain.Wave](ctx, u.app, u.view, u.wave)
}

// SiteRollout returns the site within the wave, nil of what is about no site alone.
func (u *DeploymentUpdate) SiteRollout(ctx context.Context) (*domain.SiteRollout, error) {
	return asOf[*domain.SiteRollout](ctx, u.app, u.view, u.step)
}

// asOf loads a record as it was at a revision, nil where there was none.
func asOf[R interface{ Meta() *domain.Record }](ctx context.Context, a *Area, at store.Revision, id store.ID) (none R, err error) {
	if id == "" {
		return none, nil
	}
	found, err := estate.ByID[R](ctx, a.estate.At(ctx, at), id)
	return found[id], refusal.Compacted(err, "after")
}

// DeploymentUpdates begins to tell what happens to deployments after a revision; from now
// on when it is nil: to one of them, or at one site, where these are given.
func (a *Area) DeploymentUpdates(ctx context.Context, deployment, site *domain.Ref, after *int64) (*Stream[*DeploymentUpdate], error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindDeployment); err != nil {
		return nil, err
	}
	wanted := estate.Refs{View: a.estate.Today(ctx)}
	var of, at store.Node
	if deployment != nil {
		wanted.Want(domain.KindDeployment, *deployment, "deployment", &of)
	}
	if site != nil {
		wanted.Want(domain.KindSite, *site, "site", &at)
	}
	if err := wanted.Resolve(ctx); err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	return newStream[*DeploymentUpdate](a, reader, deployments{a, of.ID, at.ID}), nil
}

// deployments are what happens to one of them, to all, or at a site.
type deployments struct {
	app       *Area
	one, site store.ID // empty: any
}

func (deployments) state() string { return "" }

func (d deployments) pass(_ context.Context, c *store.Change) (bool, error) {
	return slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return ofRollout(e.Kind) }), nil
}

func (d deployments) of(ctx context.Context, c *store.Change) ([]*DeploymentUpdate, error) {
	parts, err := d.app.partsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	var list []*DeploymentUpdate
	for _, p := range parts {
		if d.one != "" && p.deployment != d.one {
			continue
		}
		if d.site != "" {
			is, err := d.app.isAt(ctx, p, d.site)
			if err != nil {
				return nil, err
			}
			if !is {
				continue
			}
		}
		p.ResumeAfter = p.Revision - 1
		list = append(list, p)
	}
	if len(list) > 0 {
		list[len(list)-1].ResumeAfter = int64(c.Revision)
	}
	return list, nil
}

// ofRollout reports whether records of a kind are parts of roll-outs.
func ofRollout(kind string) bool {
	return kind == domain.KindDeployment || kind == domain.KindWave || kind == domain.KindSiteRollout
}

// partsOf tells what a change set did to deployments and their parts, as far as the caller
// sees it.
func (a *Area) partsOf(ctx context.Context, c *store.Change) (list []*DeploymentUpdate, err error) {
	seen, err := a.seenOf(ctx, c)
	if err != nil || seen == nil {
		return nil, err
	}
	stays, goes := map[string][]store.ID{}, map[string][]store.ID{}
	for i := range seen.Effects {
		e := &seen.Effects[i]
		if !ofRollout(e.Kind) {
			continue
		}
		u := &DeploymentUpdate{Revision: int64(c.Revision), At: c.At, Type: happening.TypeOf(e), app: a, view: c.Revision}
		of := stays
		if e.Verb() == store.Removed { // it is told as it was last
			u.view--
			of = goes
		}
		of[e.Kind] = append(of[e.Kind], e.Node)
		switch e.Kind {
		case domain.KindDeployment:
			u.deployment = e.Node
		case domain.KindWave:
			u.wave = e.Node
		default:
			u.step = e.Node
		}
		list = append(list, u)
	}
	above := map[store.ID]store.ID{}
	for view, of := range map[store.Revision]map[string][]store.ID{c.Revision: stays, c.Revision - 1: goes} {
		if err := a.lift(ctx, view, of, above); err != nil {
			return nil, err
		}
	}
	for _, u := range list {
		if u.wave == "" {
			u.wave = above[u.step]
		}
		if u.deployment == "" {
			u.deployment = above[u.wave]
		}
	}
	return list, nil
}

// lift notes the waves of sites and the deployments of waves, as of a revision.
func (a *Area) lift(ctx context.Context, at store.Revision, of map[string][]store.ID, above map[store.ID]store.ID) error {
	if len(of) == 0 {
		return nil
	}
	v, waves := a.estate.At(ctx, at), of[domain.KindWave]
	for _, level := range []struct {
		ids  *[]store.ID
		rel  string
		kind string
	}{{ptr(of[domain.KindSiteRollout]), domain.RelTargets, domain.KindWave}, {&waves, domain.RelHasWave, domain.KindDeployment}} {
		far, err := v.Far(ctx, *level.ids, level.rel, store.In, level.kind)
		if err != nil {
			return refusal.Compacted(err, "after")
		}
		for id, list := range far {
			for _, n := range list {
				above[id] = n.ID
				waves = append(waves, n.ID)
			}
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// isAt reports whether an update is about something that a site receives: its own part, or
// a wave or a deployment that it has one in.
func (a *Area) isAt(ctx context.Context, u *DeploymentUpdate, site store.ID) (bool, error) {
	v := a.estate.At(ctx, u.view)
	if u.step != "" {
		far, err := v.Far(ctx, []store.ID{u.step}, domain.RelTargets, store.Out, domain.KindSite)
		return err == nil && slices.ContainsFunc(far[u.step], func(n store.Node) bool { return n.ID == site }), refusal.Compacted(err, "after")
	}
	ids := []store.ID{site}
	for _, level := range []struct{ rel, kind string }{
		{domain.RelTargets, domain.KindSiteRollout}, {domain.RelTargets, domain.KindWave}, {domain.RelHasWave, domain.KindDeployment},
	} {
		far, err := v.Far(ctx, ids, level.rel, store.In, level.kind)
		if err != nil {
			return false, refusal.Compacted(err, "after")
		}
		var next []store.ID
		for _, id := range ids {
			next = append(next, store.IDsOf(far[id])...)
		}
		if slices.Contains(next, u.wave) && u.wave != "" || u.wave == "" && slices.Contains(next, u.deployment) {
			return true, nil
		}
		ids = next
	}
	return false, nil
}
