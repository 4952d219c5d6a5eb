package running

import (
	"context"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/progress"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// course is a deployment on its way: as it was read, and as it will be.
type course struct {
	area *Area
	view estate.View // of everything: rules hold for what the caller may not see
	now  time.Time
	// at is the time of which is told what is installed: now, or that of the report that
	// is being taken.
	at time.Time
	// r is the roll-out as it will be; was and those behind it are its records as they
	// were read, by id.
	r        *running.Rollout
	was      *domain.Deployment
	wasWaves map[string]*domain.Wave
	wasSteps map[string]*domain.SiteRollout
	// bySite are the steps that were read, by the id of their site.
	bySite map[store.ID][]place
	// release is what is rolled out, nil where the deployment says none.
	release *domain.Release
	// sites and releases are those of steps, by the id of these; a release only where it
	// is not that of the deployment.
	sites    map[string]store.Node
	releases map[string]store.Node
	ground   *ground.Ground
	reports  []*domain.SiteReport
	about    []string // of each report, the id of the step
	guards   []store.Guard
	// open says that all steps which are not done with are at hand.
	open bool
	// allStays says that the back-out plan leaves all as it is.
	allStays bool
	proofs   *readiness.Proofs
	audits   *readiness.Audits
}

// place is a step in its wave.
type place struct {
	wave *running.Wave
	step *running.Step
}

// open reads a deployment with its waves, and how many of their steps are where.
func (a *Area) open(ctx context.Context, d *domain.Deployment) (*course, error) {
	c := &course{
		area: a, view: a.estate.Everything(), now: a.estate.Clock(), sites: map[string]store.Node{}, releases: map[string]store.Node{},
		was: d, wasWaves: map[string]*domain.Wave{}, wasSteps: map[string]*domain.SiteRollout{}, bySite: map[store.ID][]place{},
	}
	c.at, c.ground = c.now, ground.New(c.view)
	rollout := &running.Rollout{Deployment: d}
	if d.Soak != nil {
		length, err := domain.ParseDuration(*d.Soak)
		if err != nil {
			return nil, refusal.Wrong("soak", "%s", err)
		}
		rollout.Soak = length
	}
	if d.RemindBefore != nil {
		length, err := domain.ParseDuration(*d.RemindBefore)
		if err != nil {
			return nil, refusal.Wrong("remindBefore", "%s", err)
		}
		rollout.Warning = length
	}
	id := store.ID(d.ID)
	waves, err := estate.Linked[*domain.Wave](ctx, c.view, []store.ID{id}, domain.RelHasWave, store.Out)
	if err != nil {
		return nil, err
	}
	domain.SortWaves(waves[id])
	for _, w := range waves[id] {
		rollout.Waves = append(rollout.Waves, &running.Wave{Wave: w})
		c.wasWaves[w.ID] = w
	}
	releases, err := estate.Linked[*domain.Release](ctx, c.view, []store.ID{id}, domain.RelDeploys, store.Out)
	if err != nil {
		return nil, err
	}
	c.release = optional.First(releases[id])
	c.audits = readiness.NewAudits(a.audits, c.view, c.ground, d)
	c.proofs = readiness.NewProofs(c.view, c.ground, c.release)
	c.r = rollout
	if d.Status == domain.DeploymentBackingOut { // what stays is told by its step
		return c, refusal.Both(c.readStaying(ctx), c.readAll(ctx), c.markStaying(ctx))
	}
	return c, c.count(ctx, rollout)
}

// count counts the steps of all waves, by status, and reads when the next ones open and
// the last ones failed.
func (c *course) count(ctx context.Context, r *running.Rollout) error {
	if len(r.Waves) == 0 {
		return nil
	}
	ids := make([]store.ID, len(r.Waves))
	for i, w := range r.Waves {
		ids[i] = store.ID(w.ID)
	}
	counts, err := progress.Counted(ctx, c.view, ids)
	if err != nil {
		return err
	}
	for i, w := range r.Waves {
		w.Counts = &counts[i]
	}
	for _, w := range r.Waves {
		if err := c.edges(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// edges reads when the first step of a wave that is to begin opens, and when the last
// one failed of a wave that has failed ones.
func (c *course) edges(ctx context.Context, w *running.Wave) error {
	if w.Status == domain.WavePending || w.Status == domain.WaveReady {
		first, err := c.one(ctx, w, store.Not{Filter: store.Compare{Property: "status", Op: store.Eq, Value: string(domain.SiteSkipped)}}, store.Order{Property: "windowFrom"})
		if err != nil {
			return err
		}
		if first != nil {
			w.Opens = first.WindowFrom
		}
	}
	if (*w.Counts)[domain.SiteFailed] > 0 {
		last, err := c.one(ctx, w, store.Compare{Property: "status", Op: store.Eq, Value: string(domain.SiteFailed)}, store.Order{Property: "statusSince", Descending: true})
		if err != nil {
			return err
		}
		if last != nil {
			w.LastFailed = optional.Or(last.StatusSince, time.Time{})
		}
	}
	return nil
}

// one reads the first step of a wave by an order, nil where there is none.
func (c *course) one(ctx context.Context, w *running.Wave, f store.Filter, by store.Order) (*domain.SiteRollout, error) {
	pages, err := c.view.Edges(ctx, store.EdgeQuery{
		Nodes: []store.ID{store.ID(w.ID)}, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout,
		Filter: f, Order: []store.Order{by}, First: 1,
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return optional.First(estate.Decoded[*domain.SiteRollout](ctx, c.view, pages[0].Nodes)), nil
}

// readSteps reads steps of some waves, those that a filter chooses: nil for all. Waves
// of which all are read count them themselves.
func (c *course) readSteps(ctx context.Context, waves []*running.Wave, f store.Filter) error {
	ids := make([]store.ID, len(waves))
	for i, w := range waves {
		ids[i] = store.ID(w.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	pages, err := c.view.Edges(ctx, store.EdgeQuery{
		Nodes: ids, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout, Filter: f, Order: []store.Order{{Property: "windowFrom"}, {Property: "key"}},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	var read []place
	for i, w := range waves {
		w.Steps = nil
		for _, s := range estate.Decoded[*domain.SiteRollout](ctx, c.view, pages[i].Nodes) {
			step := &running.Step{SiteRollout: s, Limit: c.limit(w, s)}
			w.Steps, read = append(w.Steps, step), append(read, place{w, step})
		}
		if f == nil {
			w.Counts = nil
		}
	}
	return c.places(ctx, read)
}

// readAll reads all steps of all waves.
func (c *course) readAll(ctx context.Context) error { return c.readSteps(ctx, c.r.Waves, nil) }

// readAt reads what some sites receive of the deployment, as far as it was not.
func (c *course) readAt(ctx context.Context, sites []store.ID) error {
	sites = slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(sites), func(id store.ID) bool { return len(c.bySite[id]) > 0 }))))
	if len(c.r.Waves) == 0 || len(sites) == 0 {
		return nil
	}
	waves := make([]store.ID, len(c.r.Waves))
	byID := map[store.ID]*running.Wave{}
	for i, w := range c.r.Waves {
		waves[i], byID[store.ID(w.ID)] = store.ID(w.ID), w
	}
	pages, err := c.view.Edges(ctx, store.EdgeQuery{
		Nodes: sites, Rel: domain.RelTargets, Direction: store.In, Kind: domain.KindSiteRollout,
		Filter: store.Related{Rel: domain.RelTargets, Direction: store.In, Filter: store.OfKind{
			Kind: domain.KindWave, Filter: store.Compare{Property: "id", Op: store.OneOf, Value: store.AnyOf(waves)},
		}},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range pages {
		nodes = append(nodes, page.Nodes...)
	}
	above, err := c.view.Far(ctx, store.IDsOf(nodes), domain.RelTargets, store.In, domain.KindWave)
	if err != nil {
		return err
	}
	var read []place
	for _, s := range estate.Decoded[*domain.SiteRollout](ctx, c.view, nodes) {
		of := above[store.ID(s.ID)]
		if len(of) == 0 || byID[of[0].ID] == nil {
			continue
		}
		w := byID[of[0].ID]
		step := &running.Step{SiteRollout: s, Limit: c.limit(w, s)}
		w.Steps, read = append(w.Steps, step), append(read, place{w, step})
	}
	return c.places(ctx, read)
}

// limit is when a step must be done with, zero: there is no limit. Its time runs from
// when the work could begin.
func (c *course) limit(w *running.Wave, s *domain.SiteRollout) time.Time {
	d := c.r.Deployment
	if d.SiteTimeLimit == nil || w.StartedAt == nil || s.DistributedAt == nil {
		return time.Time{}
	}
	length, err := domain.ParseDuration(*d.SiteTimeLimit)
	if err != nil {
		return time.Time{} // it was checked when it was written
	}
	begins := *w.StartedAt
	for _, at := range []*time.Time{s.WindowFrom, s.DistributedAt} {
		if at != nil && at.After(begins) {
			begins = *at
		}
	}
	return begins.Add(length)
}

// places reads the sites of steps, and the releases of those that say one.
func (c *course) places(ctx context.Context, steps []place) error {
	ids := make([]store.ID, len(steps))
	for i, p := range steps {
		ids[i] = store.ID(p.step.ID)
	}
	sites, err := c.view.Far(ctx, ids, domain.RelTargets, store.Out, domain.KindSite)
	if err != nil {
		return err
	}
	releases, err := c.view.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	for i, p := range steps {
		c.wasSteps[p.step.ID] = p.step.SiteRollout
		if list := sites[ids[i]]; len(list) > 0 {
			c.sites[p.step.ID] = list[0]
			c.bySite[list[0].ID] = append(c.bySite[list[0].ID], p)
		}
		if list := releases[ids[i]]; len(list) > 0 {
			c.releases[p.step.ID] = list[0]
		}
	}
	return nil
}

// grounds are steps as they change what is installed.
func (c *course) grounds(steps ...*running.Step) []ground.Step {
	list := make([]ground.Step, len(steps))
	for i, s := range steps {
		list[i] = c.groundOf(s)
	}
	return list
}

func (c *course) groundOf(s *running.Step) ground.Step {
	return ground.Step{SiteRollout: s.SiteRollout, Site: c.sites[s.ID].ID, Release: c.releaseOf(s)}
}

// releaseOf is the id of the release that a step receives, "" for none.
func (c *course) releaseOf(s *running.Step) store.ID {
	if n, says := c.releases[s.ID]; says {
		return n.ID
	}
	if c.release == nil {
		return ""
	}
	return store.ID(c.release.ID)
}

// step finds what a site receives of a release: that of the deployment where none is
// named. Where a site receives one thing alone, nobody needs to say which.
func (c *course) step(site *domain.Site, release *domain.Release, field string) (*running.Wave, *running.Step, error) {
	found := c.bySite[store.ID(site.ID)]
	for _, p := range found {
		if of := c.releaseOf(p.step); release != nil && string(of) == release.ID || release == nil && c.release != nil && string(of) == c.release.ID {
			return p.wave, p.step, nil
		}
	}
	switch {
	case len(found) == 1 && release == nil:
		return found[0].wave, found[0].step, nil
	case release != nil:
		return nil, nil, &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("%s receives nothing of %s by %s", site.Key, release.Key, c.r.Deployment.Key)}
	}
	return nil, nil, &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("%s is no site of %s", site.Key, c.r.Deployment.Key)}
}

// wave finds a wave by its number.
func (c *course) wave(ordinal int) (*running.Wave, error) {
	for _, w := range c.r.Waves {
		if w.Ordinal == ordinal {
			return w, nil
		}
	}
	return nil, &domain.Error{
		Code: domain.NotFound, Field: "input.wave",
		Message: fmt.Sprintf("is %d, and %s has the waves 1 to %d", ordinal, c.r.Deployment.Key, len(c.r.Waves)),
	}
}

// find returns a wave and a step of it as they will be.
func (c *course) find(id string) (*running.Wave, *running.Step) {
	for _, w := range c.r.Waves {
		for _, s := range w.Steps {
			if s.ID == id {
				return w, s
			}
		}
	}
	return nil, nil
}
