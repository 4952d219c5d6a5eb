package booked

import (
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/store"
)

// Rollout is what a wave does within some hours: at those of its sites that have these.
type Rollout struct {
	Deployment *domain.Deployment
	Wave       *domain.Wave
	Window     domain.TimeRange

	items, sites []store.Node
	// requests are the keys of those that the deployment carries out.
	requests []string
	view     estate.View
}

// Key tells the roll-out from records of other kinds, and from what its wave does at other
// hours.
func (r *Rollout) Key() string {
	return strings.Join([]string{r.Wave.Key, domain.KindWave, r.Window.From.UTC().Format(time.RFC3339Nano), r.Window.To.UTC().Format(time.RFC3339Nano)}, "\x00")
}

// Record is the wave.
func (r *Rollout) Record() entity.Record { return r.Wave }

// Touched are the items that the sites get, and the sites.
func (r *Rollout) Touched() (items, sites []store.Node) { return r.items, r.sites }

// Seen is the roll-out as the search for conflicts sees it: each site was planned in its
// own windows, and what carries out a request is not in its way.
func (r *Rollout) Seen(nodes func([]store.Node) []conflict.Node) conflict.Work {
	return conflict.Work{
		Key: r.Key(), When: r.Window, Items: nodes(r.items), Sites: nodes(r.sites), Anytime: true, Deployment: r.Deployment.Key, Requests: r.requests,
	}
}

// SiteCount is how many sites have these hours.
func (r *Rollout) SiteCount() int { return len(r.sites) }

// Sites are the first of the sites that have these hours.
func (r *Rollout) Sites(ctx context.Context, first int) ([]*domain.Site, error) {
	limit, err := listing.PageLength(&first)
	if err != nil {
		return nil, err
	}
	return estate.Decoded[*domain.Site](ctx, r.view, r.sites[:min(limit, len(r.sites))]), nil
}

// Items are the first of the items that the sites get.
func (r *Rollout) Items(ctx context.Context, first int) ([]*domain.ConfigurationItem, error) {
	limit, err := listing.PageLength(&first)
	if err != nil {
		return nil, err
	}
	return estate.Decoded[*domain.ConfigurationItem](ctx, r.view, r.items[:min(limit, len(r.items))]), nil
}

// Rollouts are roll-outs by time.
type Rollouts struct{ all []*Rollout }

// All are all of them.
func (l *Rollouts) All() []*Rollout { return l.all }

// TotalCount is how many there are.
func (l *Rollouts) TotalCount() int { return len(l.all) }

// Nodes are the first of them.
func (l *Rollouts) Nodes(first int) ([]*Rollout, error) {
	limit, err := listing.PageLength(&first)
	if err != nil {
		return nil, err
	}
	return l.all[:min(limit, len(l.all))], nil
}

// reader reads roll-outs.
type reader struct {
	view        estate.View
	waves       []*domain.Wave
	deployments map[store.ID]*domain.Deployment // by wave
	releases    map[store.ID][]store.Node       // by deployment
	requests    map[store.ID][]string           // by deployment
	steps       map[store.ID][]*domain.SiteRollout
	items       map[store.ID][]store.Node // by step, and by release
	sites       map[store.ID][]store.Node // by step
}

// rollouts reads what waves with one of some statuses do in some periods, by key: those
// of plans that were accepted (P11), and of what others roll out (D9).
func rollouts(ctx context.Context, v estate.View, periods []domain.TimeRange, statuses []domain.WaveStatus) (map[string]Work, error) {
	known := map[string]Work{}
	r := &reader{view: v}
	f := store.And{met("windowFrom", "windowTo", periods), store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(statuses)}}
	var err error
	if r.waves, err = estate.All[*domain.Wave](ctx, v, store.Query{Filter: f}); err != nil || len(r.waves) == 0 {
		return known, err
	}
	for _, read := range []func(context.Context) error{r.readDeployments, r.readRequests, r.readSteps} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	for _, w := range r.waves {
		for _, one := range r.rollouts(w) {
			if slices.ContainsFunc(periods, one.Window.Overlaps) {
				known[one.Key()] = one
			}
		}
	}
	return known, nil
}

// readDeployments keeps the waves of deployments that are to take place.
func (r *reader) readDeployments(ctx context.Context) error {
	above, err := estate.Linked[*domain.Deployment](ctx, r.view, entity.IDsOf(r.waves), domain.RelHasWave, store.In)
	r.deployments = map[store.ID]*domain.Deployment{}
	r.waves = slices.DeleteFunc(r.waves, func(w *domain.Wave) bool {
		of := above[store.ID(w.ID)]
		if len(of) == 0 || of[0].AcceptedAt == nil && of[0].CarriedOutBy == nil {
			return true
		}
		r.deployments[store.ID(w.ID)] = of[0]
		return false
	})
	return err
}

// readRequests reads the releases of the deployments with their parts, what these change,
// and the requests that they carry out.
func (r *reader) readRequests(ctx context.Context) (err error) {
	var ids []store.ID
	for _, d := range r.deployments {
		ids = append(ids, store.ID(d.ID))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if r.releases, err = r.view.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease); err != nil {
		return err
	}
	r.requests, r.items = map[store.ID][]string{}, map[store.ID][]store.Node{}
	for _, id := range ids {
		if err := r.carriesOut(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// carriesOut reads what a deployment's release and all parts of it implement and change.
func (r *reader) carriesOut(ctx context.Context, deployment store.ID) error {
	level, seen := store.IDsOf(r.releases[deployment]), map[store.ID]bool{}
	for len(level) > 0 {
		requests, err := r.view.Far(ctx, level, domain.RelImplements, store.Out, domain.KindChangeRequest)
		if err != nil {
			return err
		}
		items, err := r.view.Far(ctx, level, domain.RelChanges, store.Out, domain.KindConfigurationItem)
		if err != nil {
			return err
		}
		parts, err := r.view.Far(ctx, level, domain.RelBundles, store.Out, domain.KindRelease)
		if err != nil {
			return err
		}
		var below []store.ID
		for _, id := range level {
			seen[id] = true
			for _, request := range requests[id] {
				r.requests[deployment] = append(r.requests[deployment], request.Props.Text("key"))
			}
			r.items[deployment] = append(r.items[deployment], items[id]...)
			for _, part := range parts[id] {
				if !seen[part.ID] {
					below = append(below, part.ID)
				}
			}
		}
		level = below
	}
	slices.Sort(r.requests[deployment])
	return nil
}

// readSteps reads what the waves do at their sites.
func (r *reader) readSteps(ctx context.Context) (err error) {
	if r.steps, err = estate.Linked[*domain.SiteRollout](ctx, r.view, entity.IDsOf(r.waves), domain.RelTargets, store.Out); err != nil {
		return err
	}
	var ids []store.ID
	for _, w := range r.waves {
		ids = append(ids, entity.IDsOf(r.steps[store.ID(w.ID)])...)
	}
	items, err := r.view.Far(ctx, ids, domain.RelReceives, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return err
	}
	for id, list := range items {
		r.items[id] = list
	}
	r.sites, err = r.view.Far(ctx, ids, domain.RelTargets, store.Out, domain.KindSite)
	return err
}

// rollouts are what a wave does, one for the hours that sites have in common.
func (r *reader) rollouts(w *domain.Wave) (list []*Rollout) {
	byHours, d := map[domain.TimeRange]*Rollout{}, r.deployments[store.ID(w.ID)]
	had := map[*Rollout]map[store.ID]bool{}
	for _, s := range r.steps[store.ID(w.ID)] {
		window := s.Window()
		if window == nil || s.Status == domain.SiteSkipped {
			continue
		}
		hours := domain.TimeRange{From: window.From.UTC(), To: window.To.UTC()}
		one := byHours[hours]
		if one == nil {
			one = &Rollout{Deployment: d, Wave: w, Window: hours, requests: r.requests[store.ID(d.ID)], view: r.view}
			byHours[hours], had[one], list = one, map[store.ID]bool{}, append(list, one)
		}
		items := r.items[store.ID(s.ID)]
		if len(items) == 0 { // what others roll out (D9)
			items = r.items[store.ID(d.ID)]
		}
		for _, n := range items {
			if !had[one][n.ID] {
				had[one][n.ID], one.items = true, append(one.items, n)
			}
		}
		one.sites = append(one.sites, r.sites[store.ID(s.ID)]...)
	}
	return list
}
