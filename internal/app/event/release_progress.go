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

// ReleaseProgress is what a change set did to a release and its deployments (E2). Its
// records are as they were behind it.
type ReleaseProgress struct {
	Revision int64
	At       time.Time
	Types    []string // of what happened, each once

	app         *Area
	release     store.ID
	deployments []store.ID
}

// Release returns the release.
func (p *ReleaseProgress) Release(ctx context.Context) (*domain.Release, error) {
	return asOf[*domain.Release](ctx, p.app, store.Revision(p.Revision), p.release)
}

// Deployments returns those of its deployments of which something happened.
func (p *ReleaseProgress) Deployments(ctx context.Context) ([]*domain.Deployment, error) {
	if len(p.deployments) == 0 {
		return nil, nil
	}
	found, err := estate.ByID[*domain.Deployment](ctx, p.app.estate.At(ctx, store.Revision(p.Revision)), p.deployments...)
	if err != nil {
		return nil, refusal.Compacted(err, "after")
	}
	var list []*domain.Deployment
	for _, id := range p.deployments {
		if d := found[id]; d != nil {
			list = append(list, d)
		}
	}
	return list, nil
}

// ReleaseProgress begins to tell how a release comes along after a revision; from now on
// when it is nil.
func (a *Area) ReleaseProgress(ctx context.Context, release domain.Ref, after *int64) (*Stream[*ReleaseProgress], error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindRelease); err != nil {
		return nil, err
	}
	wanted := estate.Refs{View: a.estate.Today(ctx)}
	var found store.Node
	wanted.Want(domain.KindRelease, release, "release", &found)
	if err := wanted.Resolve(ctx); err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	return newStream[*ReleaseProgress](a, reader, progress{a, found.ID}), nil
}

// progress is what happens to a release.
type progress struct {
	app     *Area
	release store.ID
}

func (progress) state() string { return "" }

func (p progress) pass(_ context.Context, c *store.Change) (bool, error) {
	return slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return e.Node == p.release || ofRollout(e.Kind) }), nil
}

func (p progress) of(ctx context.Context, c *store.Change) ([]*ReleaseProgress, error) {
	seen, err := p.app.seenOf(ctx, c)
	if err != nil || seen == nil {
		return nil, err
	}
	told := &ReleaseProgress{Revision: int64(c.Revision), At: c.At, app: p.app, release: p.release}
	for i := range seen.Effects {
		if e := &seen.Effects[i]; e.Node == p.release {
			told.Types = append(told.Types, happening.TypeOf(e))
		}
	}
	parts, err := p.app.partsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	of, err := p.ours(ctx, c.Revision, parts)
	if err != nil {
		return nil, err
	}
	for _, u := range parts {
		if !of[u.deployment] {
			continue
		}
		if !slices.Contains(told.Types, u.Type) {
			told.Types = append(told.Types, u.Type)
		}
		if !slices.Contains(told.deployments, u.deployment) {
			told.deployments = append(told.deployments, u.deployment)
		}
	}
	if len(told.Types) == 0 {
		return nil, nil
	}
	return []*ReleaseProgress{told}, nil
}

// ours tells which of the deployments of some updates are of the release.
func (p progress) ours(ctx context.Context, at store.Revision, parts []*DeploymentUpdate) (map[store.ID]bool, error) {
	var ids []store.ID
	for _, u := range parts {
		if u.deployment != "" && !slices.Contains(ids, u.deployment) {
			ids = append(ids, u.deployment)
		}
	}
	far, err := p.app.estate.At(ctx, at).Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return nil, refusal.Compacted(err, "after")
	}
	of := map[store.ID]bool{}
	for id, releases := range far {
		of[id] = slices.ContainsFunc(releases, func(n store.Node) bool { return n.ID == p.release })
	}
	return of, nil
}
