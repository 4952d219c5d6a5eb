package running

import (
	"context"
	"errors"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// taking takes reports for one change set.
type taking struct {
	area    *Area
	courses map[string]*course // by id of the deployment
	order   []*course
	said    map[string]*domain.SiteReport // by key
	// deployments and sites are those that reports name, as far as they were read
	// beforehand, by how they are named; earlierOnes the reports that are kept, by key, nil
	// where there is none.
	deployments map[string]*domain.Deployment
	sites       map[string]*domain.Site
	earlierOnes map[string]*domain.SiteReport
}

func (a *Area) taking() *taking {
	return &taking{
		area: a, courses: map[string]*course{}, said: map[string]*domain.SiteReport{}, deployments: map[string]*domain.Deployment{},
		sites: map[string]*domain.Site{}, earlierOnes: map[string]*domain.SiteReport{},
	}
}

// foresee reads at once what many reports are about. What is not there each report tells
// itself.
func (t *taking) foresee(ctx context.Context, list []Report) error {
	today := t.area.estate.Today(ctx)
	refs := &estate.Refs{View: today}
	deployments, sites := make([]store.Node, len(list)), make([]store.Node, len(list))
	for i, one := range list {
		refs.Want(domain.KindDeployment, one.Deployment, "", &deployments[i])
		refs.Want(domain.KindSite, one.Site, "", &sites[i])
	}
	var missing *domain.Error
	if err := refs.Resolve(ctx); err != nil && (!errors.As(err, &missing) || missing.Code == domain.Unavailable) {
		return err
	}
	at := map[*course][]store.ID{}
	var keys []string
	read := found[*domain.Deployment](ctx, today, deployments)
	there := found[*domain.Site](ctx, today, sites)
	for i, one := range list {
		d, site := read[deployments[i].ID], there[sites[i].ID]
		if d == nil || site == nil {
			continue
		}
		t.deployments[one.Deployment.Named()], t.sites[one.Site.Named()] = d, site
		c, err := t.open(ctx, d)
		if err != nil {
			return err
		}
		at[c] = append(at[c], store.ID(site.ID))
		keys = append(keys, d.Key+"/"+one.ReportID)
	}
	for _, c := range t.order {
		if err := c.readAt(ctx, at[c]); err != nil {
			return err
		}
		for _, w := range c.r.Waves {
			if err := c.ground.Read(ctx, c.grounds(w.Steps...)); err != nil {
				return err
			}
		}
	}
	return t.readEarlier(ctx, keys)
}

// found are the records of those nodes that were found, by id.
func found[R entity.Record](ctx context.Context, v estate.View, nodes []store.Node) map[store.ID]R {
	var there []store.Node
	for _, n := range nodes {
		if n.ID != "" {
			there = append(there, n)
		}
	}
	by := map[store.ID]R{}
	for i, r := range estate.Decoded[R](ctx, v, there) {
		by[there[i].ID] = r
	}
	return by
}

// readEarlier reads which reports are kept under some keys.
func (t *taking) readEarlier(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	v := t.area.estate.Everything()
	nodes, err := v.Lookup(ctx, domain.KindSiteReport, "key", keys...)
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, key := range keys {
		t.earlierOnes[key] = nil
		if n, kept := nodes[key]; kept {
			t.earlierOnes[key] = estate.Decoded[*domain.SiteReport](ctx, v, []store.Node{n})[0]
		}
	}
	return nil
}

// kept finds the report that is kept under a key, nil for none.
func (t *taking) kept(ctx context.Context, v estate.View, key string) (*domain.SiteReport, error) {
	if had, read := t.earlierOnes[key]; read {
		return had, nil
	}
	r, err := v.Record(ctx, entity.KindNamed(domain.KindSiteReport), domain.Ref{Key: &key}, "reportId")
	had, _ := r.(*domain.SiteReport)
	return had, err
}

// course opens the deployment of a report, once for all reports on it.
func (t *taking) course(ctx context.Context, in Report, path string) (*course, error) {
	if d := t.deployments[in.Deployment.Named()]; d != nil {
		return t.open(ctx, d)
	}
	d, err := estate.One[*domain.Deployment](ctx, t.area.estate.Today(ctx), in.Deployment, refusal.FieldAt(path, "deployment"))
	if err != nil {
		return nil, err
	}
	return t.open(ctx, d)
}

func (t *taking) open(ctx context.Context, d *domain.Deployment) (*course, error) {
	if c := t.courses[d.ID]; c != nil {
		return c, nil
	}
	c, err := t.area.open(ctx, d)
	if err != nil {
		return nil, err
	}
	t.courses[d.ID], t.order = c, append(t.order, c)
	return c, nil
}

// step finds what the site of a report receives.
func (t *taking) step(ctx context.Context, c *course, in Report, path string) (_ *running.Wave, _ *running.Step, err error) {
	today := t.area.estate.Today(ctx)
	site := t.sites[in.Site.Named()]
	if site == nil {
		if site, err = estate.One[*domain.Site](ctx, today, in.Site, refusal.FieldAt(path, "site")); err != nil {
			return nil, nil, err
		}
	}
	var release *domain.Release
	if in.Release != nil {
		if release, err = estate.One[*domain.Release](ctx, today, *in.Release, refusal.FieldAt(path, "release")); err != nil {
			return nil, nil, err
		}
	}
	if err := c.readAt(ctx, []store.ID{store.ID(site.ID)}); err != nil {
		return nil, nil, err
	}
	w, s, err := c.step(site, release, refusal.FieldAt(path, "site"))
	if err != nil {
		return nil, nil, err
	}
	return w, s, t.area.estate.Within(ctx, reports, domain.KindSiteRollout, s.SiteRollout, refusal.FieldAt(path, "site"))
}
