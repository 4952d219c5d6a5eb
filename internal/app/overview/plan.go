package overview

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// plan is the plan of a deployment as its records keep it, as far as the caller may see
// them.
type plan struct {
	deployment *domain.Deployment
	kept       rollout.Plan
	waves      []*domain.Wave // by place in kept.Waves
	steps      []step         // by place in kept.Steps
}

// step is a site that receives a release.
type step struct {
	*domain.SiteRollout
	site    *domain.Site
	release *domain.Release
}

// name tells the step from others of its plan.
type name struct{ site, release string }

// name is the site, and the release where that is not the one that is rolled out: so
// plans of two releases can be compared.
func (p *plan) name(s step) name {
	if s.release.Key == p.kept.Release {
		return name{site: s.site.Key}
	}
	return name{s.site.Key, s.release.Key}
}

// records are what plans are read from, by the record to which each is joined.
type records struct {
	releases, own map[store.ID][]*domain.Release // of deployments, of sites within waves
	waves         map[store.ID][]*domain.Wave
	rollouts      map[store.ID][]*domain.SiteRollout
	sites         map[store.ID][]*domain.Site
}

// plansOf reads the plans of some deployments, as a view has them.
func plansOf(ctx context.Context, v estate.View, deployments []*domain.Deployment) ([]*plan, error) {
	r, err := readRecords(ctx, v, deployments)
	if err != nil {
		return nil, err
	}
	plans := make([]*plan, len(deployments))
	for i, d := range deployments {
		plans[i] = r.plan(d)
	}
	return plans, nil
}

func readRecords(ctx context.Context, v estate.View, deployments []*domain.Deployment) (r *records, err error) {
	r = &records{}
	ids := entity.IDsOf(deployments)
	if r.releases, err = estate.Linked[*domain.Release](ctx, v, ids, domain.RelDeploys, store.Out); err != nil {
		return nil, err
	}
	if r.waves, err = estate.Linked[*domain.Wave](ctx, v, ids, domain.RelHasWave, store.Out); err != nil {
		return nil, err
	}
	if r.rollouts, err = estate.Linked[*domain.SiteRollout](ctx, v, below(ids, r.waves), domain.RelTargets, store.Out); err != nil {
		return nil, err
	}
	steps := below(below(ids, r.waves), r.rollouts)
	if r.sites, err = estate.Linked[*domain.Site](ctx, v, steps, domain.RelTargets, store.Out); err != nil {
		return nil, err
	}
	r.own, err = estate.Linked[*domain.Release](ctx, v, steps, domain.RelDeploys, store.Out)
	return r, err
}

// below are the ids of what is joined to some records.
func below[R interface{ Meta() *domain.Record }](ids []store.ID, linked map[store.ID][]R) (list []store.ID) {
	for _, id := range ids {
		list = append(list, entity.IDsOf(linked[id])...)
	}
	return list
}

// plan puts the records of a deployment together.
func (r *records) plan(d *domain.Deployment) *plan {
	p := &plan{deployment: d, kept: rollout.Plan{Approach: d.Approach, Activation: d.Activation, ActivateAt: d.ActivateAt, Proved: d.Proved}}
	p.kept.LowerBound = optional.Or(d.LowerBound, 0)
	var release *domain.Release
	if list := r.releases[store.ID(d.ID)]; len(list) > 0 {
		release = list[0]
		p.kept.Release = release.Key
	}
	waves := slices.Clone(r.waves[store.ID(d.ID)])
	domain.SortWaves(waves)
	for _, w := range waves {
		p.add(w, r.stepsOf(w, release))
	}
	return p
}

// stepsOf lists what the sites of a wave receive, in the order of their hours.
func (r *records) stepsOf(w *domain.Wave, release *domain.Release) (list []step) {
	for _, s := range r.rollouts[store.ID(w.ID)] {
		one := step{SiteRollout: s, release: release}
		if own := r.own[store.ID(s.ID)]; len(own) > 0 {
			one.release = own[0]
		}
		if at := r.sites[store.ID(s.ID)]; len(at) > 0 && one.release != nil {
			one.site = at[0]
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(x, y step) int {
		return cmp.Or(optional.Or(x.WindowFrom, time.Time{}).Compare(optional.Or(y.WindowFrom, time.Time{})), cmp.Compare(x.Key, y.Key))
	})
	return list
}

// add adds a wave with its steps.
func (p *plan) add(w *domain.Wave, steps []step) {
	one := rollout.Wave{Ordinal: w.Ordinal, First: len(p.steps), Count: len(steps), Sites: len(steps), Offer: p.kept.Approach == domain.Pull, Stage: domain.General}
	if window := w.Window(); window != nil {
		one.Window = *window
	}
	for _, s := range steps {
		kept := rollout.Step{Site: s.site.Key, Release: s.release.Key, Wave: w.Ordinal, Users: optional.Or(s.site.Users, 0)}
		if window := s.Window(); window != nil {
			kept.Window = *window
		}
		one.Users += kept.Users
		if ring := s.stage(); slices.Index(domain.Rings, ring) < slices.Index(domain.Rings, one.Stage) {
			one.Stage = ring
		}
		p.kept.Steps = append(p.kept.Steps, kept)
	}
	p.steps = append(p.steps, steps...)
	p.kept.Waves, p.waves = append(p.kept.Waves, one), append(p.waves, w)
}

// stage is the ring with which the step comes: that of its site, or an earlier one that
// needs it (P5).
func (s step) stage() domain.Ring {
	for _, r := range s.PlacementReasons() {
		if r.Code == string(rollout.GaveWay) {
			return domain.Ring(r.Parameters["ring"])
		}
	}
	return s.site.Ring
}

// links lists, by place of a wave, the numbers of the waves for which it waits, as its
// reasons tell (P4, P9).
func (p *plan) links() [][]int {
	waves := map[name][]int{}
	for _, s := range p.kept.Steps {
		key := name{s.Site, s.Release}
		waves[key] = append(waves[key], s.Wave)
	}
	list := make([][]int, len(p.waves))
	for i := range p.kept.Waves {
		w := &p.kept.Waves[i]
		for _, s := range p.steps[w.First : w.First+w.Count] {
			for _, before := range s.after() {
				for _, wave := range waves[before] {
					if wave < w.Ordinal && !slices.Contains(list[i], wave) {
						list[i] = append(list[i], wave)
					}
				}
			}
		}
		slices.Sort(list[i])
	}
	return list
}

// after names the steps for which the step waits.
func (s step) after() (list []name) {
	for _, r := range s.PlacementReasons() {
		switch rollout.Code(r.Code) {
		case rollout.After, rollout.NeedsSite:
			list = append(list, name{strings.TrimSpace(r.Parameters["site"]), s.release.Key})
		case rollout.AfterRelease:
			list = append(list, name{s.site.Key, r.Parameters["release"]})
		}
	}
	return list
}
