package planning

import (
	"context"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// write makes records of a plan: the deployment, its waves, and what each site of them
// receives.
func (a *Area) write(ctx context.Context, p *proposal) (*estate.Draft, error) {
	p.outcome()
	risks, err := p.made.Risk(ctx)
	if err != nil {
		return nil, err
	}
	d, err := a.begin(ctx, p)
	if err != nil {
		return nil, err
	}
	d.Hold(p.release)
	w := &writer{area: a, p: p, d: d, ctx: ctx, count: pace.Of(ctx), items: p.snapshot.keysOfItems(), sites: p.snapshot.keysOfSites(), releases: p.snapshot.keysOfReleases()}
	var before *domain.Wave
	for i := range p.made.Plan.Waves {
		wave := w.wave(&p.made.Plan.Waves[i], risks[i])
		if before != nil {
			d.Join(domain.RelAfter, wave, store.ID(before.ID))
		}
		if err := w.steps(wave, p.made.Plan.StepsOf(i+1)); err != nil {
			return nil, err
		}
		before = wave
	}
	return d, nil
}

// begin drafts the deployment itself, without the waves of an earlier plan.
func (a *Area) begin(ctx context.Context, p *proposal) (*estate.Draft, error) {
	if p.was == nil {
		d, _ := a.estate.Creating(p.deployment)
		d.Known = append(d.Known, p.release)
		d.Join(domain.RelDeploys, p.deployment, store.ID(p.release.ID))
		for _, site := range p.chosen {
			d.Join(domain.RelIntendedFor, p.deployment, store.ID(site.ID))
		}
		return d, nil
	}
	d := &estate.Draft{Known: []entity.Record{p.release}}
	d.Update(p.was, p.deployment)
	if err := a.choose(ctx, d, p); err != nil {
		return nil, err
	}
	return d, a.clear(ctx, d, p.was)
}

// choose makes the chosen sites those of the new plan.
func (a *Area) choose(ctx context.Context, d *estate.Draft, p *proposal) error {
	id := store.ID(p.was.ID)
	far, err := a.estate.Everything().Far(ctx, []store.ID{id}, domain.RelIntendedFor, store.Out, domain.KindSite)
	if err != nil {
		return err
	}
	had, stay := map[store.ID]bool{}, map[store.ID]bool{}
	for _, n := range far[id] {
		had[n.ID] = true
	}
	for _, site := range p.chosen {
		stay[store.ID(site.ID)] = true
		if !had[store.ID(site.ID)] {
			d.Join(domain.RelIntendedFor, p.deployment, store.ID(site.ID))
		}
	}
	for _, n := range far[id] {
		if !stay[n.ID] {
			d.Part(domain.RelIntendedFor, p.deployment, n.ID)
		}
	}
	return nil
}

// clear removes the waves of a plan that is worked out anew, and what their sites were
// to receive.
func (a *Area) clear(ctx context.Context, d *estate.Draft, was *domain.Deployment) error {
	waves, steps, err := a.planOf(ctx, was)
	if err != nil {
		return err
	}
	for i := len(waves) - 1; i >= 0; i-- { // a wave names those before it
		d.Part(domain.RelHasWave, was, store.ID(waves[i].ID))
		d.Remove(waves[i])
	}
	for _, w := range waves {
		for _, s := range steps[store.ID(w.ID)] {
			d.Remove(s)
		}
	}
	return nil
}

// planOf reads the waves of a deployment, by number, and what their sites receive.
func (a *Area) planOf(ctx context.Context, d *domain.Deployment) ([]*domain.Wave, map[store.ID][]*domain.SiteRollout, error) {
	v, id := a.estate.Everything(), store.ID(d.ID)
	far, err := estate.Linked[*domain.Wave](ctx, v, []store.ID{id}, domain.RelHasWave, store.Out)
	if err != nil {
		return nil, nil, err
	}
	waves := far[id]
	domain.SortWaves(waves)
	ids := make([]store.ID, len(waves))
	for i, w := range waves {
		ids[i] = store.ID(w.ID)
	}
	steps, err := estate.Linked[*domain.SiteRollout](ctx, v, ids, domain.RelTargets, store.Out)
	return waves, steps, err
}

// writer drafts the records of a plan.
type writer struct {
	area                   *Area
	p                      *proposal
	d                      *estate.Draft
	ctx                    context.Context
	count                  *pace.Pace
	at                     int                 // the place of the next step in the plan
	items, sites, releases map[string]store.ID // by key
}

func (w *writer) wave(of *rollout.Wave, risk rollout.WaveRisk) *domain.Wave {
	dep := w.p.deployment
	wave := &domain.Wave{Ordinal: of.Ordinal, Status: domain.WavePending, Gate: domain.NoGate}
	wave.ID, wave.Sources = w.area.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
	wave.Key, wave.Name = w.key(fmt.Sprintf("%s/wave-%d", dep.Key, of.Ordinal)), fmt.Sprintf("Wave %d of %s", of.Ordinal, dep.Name)
	wave.WindowFrom, wave.WindowTo = within(of.Window)
	users := min(risk.HurtUsers, domain.MaxCount)
	wave.HurtSites, wave.HurtUsers = &risk.HurtSites, &users
	if allowed := dep.MaxWaveUsersAtRisk; wave.Exceeds(allowed) {
		w.p.atRisk = append(w.p.atRisk, Violation{
			Rule: "P6", Records: []string{string(domain.NameOf(domain.KindWave, wave.Key))}, Waivable: true,
			Text: fmt.Sprintf("if wave %d fails it hurts %d users at %d sites, and the policy allows %d", wave.Ordinal, *wave.HurtUsers, *wave.HurtSites, *allowed),
		})
	}
	w.d.Create(wave)
	w.d.Join(domain.RelHasWave, dep, store.ID(wave.ID))
	return wave
}

func (w *writer) key(key string) string {
	if domain.CheckKey(key) == nil {
		return key
	}
	return w.area.estate.NewID()
}

// within is a window as it is kept: an offer of a PULL has none.
func within(r domain.TimeRange) (from, to *time.Time) {
	if r.Empty() {
		return nil, nil
	}
	return &r.From, &r.To
}

// rests tells on which past roll-outs the length of the work rests (P7).
func rests(r *domain.SiteRollout, e rollout.Effort) {
	r.PastRollouts = &e.Samples
	if e.Samples > 0 {
		median, p90 := domain.FormatDuration(e.Median), domain.FormatDuration(e.P90)
		r.PastMedian, r.PastP90 = &median, &p90
	}
}

func (w *writer) steps(wave *domain.Wave, list []rollout.Step) error {
	for i := range list {
		step := &list[i]
		content := &w.p.made.Plan.Contents[step.Content]
		if err := w.count.Steps(1 + len(content.Remove) + len(content.Install)); err != nil {
			return err
		}
		r := &domain.SiteRollout{Status: domain.SitePending, Attempt: 1}
		r.ID, r.Sources = w.area.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
		r.Key, r.Name = w.key(stepKey(w.p.deployment, step, w.p.release.Key)), fmt.Sprintf("%s at %s", step.Release, step.Site)
		r.WindowFrom, r.WindowTo = within(step.Window)
		rests(r, step.Effort)
		reasons, err := w.p.made.Explain(w.ctx, w.at)
		if err != nil {
			return err
		}
		w.at++
		r.SetPlacementReasons(reasonsOf(placing(reasons)))
		w.d.Create(r)
		w.d.Join(domain.RelTargets, wave, store.ID(r.ID))
		w.d.Join(domain.RelTargets, r, w.sites[step.Site])
		w.d.Join(domain.RelDeploys, r, w.releases[step.Release])
		w.receives(r, content, dependents(reasons))
	}
	return nil
}

// placing are the reasons that place a step: why it receives each item is told by its
// links (P2).
func placing(list []rollout.Reason) []rollout.Reason {
	return slices.DeleteFunc(slices.Clone(list), func(r rollout.Reason) bool { return r.Rule == "P2" })
}

// dependents are the items for which others are added, by the key of these (P2).
func dependents(list []rollout.Reason) map[string]string {
	of := map[string]string{}
	for _, r := range list {
		if r.Code == rollout.AddedItem {
			of[r.Parameters["item"]] = r.Parameters["dependent"]
		}
	}
	return of
}

// receives links what a site gets and loses, in the order of the work (P3).
func (w *writer) receives(r *domain.SiteRollout, c *rollout.Content, dependents map[string]string) {
	ordinal := 0
	for _, list := range [][]rollout.Action{c.Remove, c.Install} {
		for _, action := range list {
			ordinal++
			at := ordinal
			w.d.Link(domain.RelReceives, r, w.items[action.Item], &domain.Receipt{
				Action: kindOf(action.Kind), FromVersion: text(action.From), ToVersion: text(action.To), Ordinal: &at,
				Unit: text(action.Unit), Dependent: text(dependents[action.Item]),
			})
		}
	}
}

// kindOf is an action as it is kept: what a FULL release holds is put there as it is.
func kindOf(k rollout.ActionKind) domain.ChangeAction {
	if k == rollout.Held {
		return domain.ModifyItem
	}
	return domain.ChangeAction(k)
}

func text(t string) *string {
	if t == "" {
		return nil
	}
	return &t
}

// announced is the plan that keepStable keeps (P11): that which is worked out anew, else
// that of the release which was accepted, or planned last.
func (a *Area) announced(ctx context.Context, p *proposal) ([]rollout.Announced, error) {
	of := p.was
	if of == nil {
		id := store.ID(p.release.ID)
		far, err := estate.Linked[*domain.Deployment](ctx, a.estate.Everything(), []store.ID{id}, domain.RelDeploys, store.In)
		if err != nil {
			return nil, err
		}
		of = domain.LastPlanned(far[id])
	}
	if of == nil {
		return nil, nil
	}
	return a.earlier(ctx, of, p.release)
}

// earlier is the plan of a deployment as it is kept.
func (a *Area) earlier(ctx context.Context, of *domain.Deployment, release *domain.Release) (list []rollout.Announced, err error) {
	waves, steps, err := a.planOf(ctx, of)
	if err != nil {
		return nil, err
	}
	v := a.estate.Everything()
	var ids []store.ID
	for _, list := range steps {
		for _, s := range list {
			ids = append(ids, store.ID(s.ID))
		}
	}
	sites, err := v.Far(ctx, ids, domain.RelTargets, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	releases, err := v.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return nil, err
	}
	for _, w := range waves {
		for _, s := range steps[store.ID(w.ID)] {
			window, id := s.Window(), store.ID(s.ID)
			if window == nil || len(sites[id]) == 0 {
				continue
			}
			one := rollout.Announced{Site: sites[id][0].Props.Text("key"), Release: release.Key, Wave: w.Ordinal, Window: *window}
			if len(releases[id]) > 0 {
				one.Release = releases[id][0].Props.Text("key")
			}
			list = append(list, one)
		}
	}
	return list, nil
}

// keysOfItems are the items that were met, by key.
func (s *snapshot) keysOfItems() map[string]store.ID {
	by := make(map[string]store.ID, len(s.in.Items))
	for i, one := range s.in.Items {
		by[one.Key] = s.items.ids[i]
	}
	return by
}

func (s *snapshot) keysOfSites() map[string]store.ID {
	by := make(map[string]store.ID, len(s.in.Sites))
	for i, one := range s.in.Sites {
		by[one.Key] = s.sites.ids[i]
	}
	return by
}

func (s *snapshot) keysOfReleases() map[string]store.ID {
	by := make(map[string]store.ID, len(s.in.Releases))
	for i, one := range s.in.Releases {
		by[one.Key] = s.releases.ids[i]
	}
	return by
}
