// Package figures tells what became of releases and their roll-outs in a period (M1).
package figures

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/media"
	"releasegraph/internal/app/outage"
	"releasegraph/internal/app/preparation"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/figures"
	"releasegraph/internal/store"
)

// Area is what can be asked of periods.
type Area struct {
	estate      *estate.Estate
	preparation *preparation.Area
	media       *media.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, p *preparation.Area, m *media.Area) *Area {
	return &Area{estate: e, preparation: p, media: m}
}

// Figures are what a period came to, with the records that they are counted from.
type Figures struct {
	During domain.TimeRange
	of     *figures.Figures
	period figures.Period
	area   *Area
	view   estate.View
	// ReleasesLive are those that went live in it, DeploymentsEnded those that came to their
	// end, DeploymentsFailed those of these that failed, ProblemsCaused the problems that they and their
	// releases caused.
	ReleasesLive      []*domain.Release
	DeploymentsEnded  []*domain.Deployment
	DeploymentsFailed []*domain.Deployment
	// DeploymentsOver are those whose planned time was over in it, and that had not come to
	// their end by its end.
	DeploymentsOver []*domain.Deployment
	ProblemsCaused  []*domain.Problem
}

// Releases are how many releases went live, by type.
func (f *Figures) Releases() []figures.TypeCount { return f.of.Releases }

// ReleasesInTime is how many were live by the time that was published (M3).
func (f *Figures) ReleasesInTime() int { return f.of.ReleasesInTime }

// ReleasesLate is how many were live later.
func (f *Figures) ReleasesLate() int { return f.of.ReleasesLate }

// EmergencyShare is the share of emergency releases.
func (f *Figures) EmergencyShare() *float64 { return f.of.Emergency }

// Items counts the items that they added, changed and removed.
func (f *Figures) Items() *Items { return &Items{f.of.Added, f.of.Changed, f.of.Removed} }

// Deployments is how many came to their end.
func (f *Figures) Deployments() int { return f.of.Deployments }

// DeploymentsInTime is how many were at all their sites by the planned time.
func (f *Figures) DeploymentsInTime() int { return f.of.InTime }

// DeploymentsLate is how many were later.
func (f *Figures) DeploymentsLate() int { return f.of.Late }

// Aborted is how many were given up.
func (f *Figures) Aborted() int { return f.of.Aborted }

// BackedOut is how many were taken back.
func (f *Figures) BackedOut() int { return f.of.BackedOut }

// DeploymentFrequency is how many came to all their sites, a day.
func (f *Figures) DeploymentFrequency() *float64 { return f.of.Frequency }

// ChangeFailureRate is the share of those that failed.
func (f *Figures) ChangeFailureRate() *float64 { return f.of.FailureRate }

// SitesReached is the share of the intended sites that have the release.
func (f *Figures) SitesReached() *float64 { return f.of.Reached }

// LeadTime is from when requests were made until they were live.
func (f *Figures) LeadTime() *Percentiles { return percentiles(f.of.LeadTime) }

// TimeToRestore is how long it took to restore what was broken.
func (f *Figures) TimeToRestore() *Percentiles { return percentiles(f.of.Restore) }

// Items counts items.
type Items struct{ Added, Changed, Removed int }

// Percentiles are how long something took, as durations are written.
type Percentiles struct{ P50, P90 *string }

func percentiles(p figures.Percentiles) *Percentiles {
	return &Percentiles{written(p.P50), written(p.P90)}
}

func written(d *time.Duration) *string {
	if d == nil {
		return nil
	}
	text := domain.FormatDuration(d.Round(time.Second))
	return &text
}

// Of counts the figures of a period, as far as the caller may see what they are counted
// from.
func (a *Area) Of(ctx context.Context, during domain.TimeRange) (*Figures, error) {
	if !during.From.Before(during.To) {
		return nil, refusal.Wrong("during.to", "must be after from")
	}
	v := a.estate.Today(ctx)
	r := &reading{area: a, view: v, out: &Figures{
		During: during, area: a, view: v, ReleasesLive: []*domain.Release{}, DeploymentsEnded: []*domain.Deployment{}, DeploymentsFailed: []*domain.Deployment{}, DeploymentsOver: []*domain.Deployment{}, ProblemsCaused: []*domain.Problem{},
	}, period: figures.Period{During: during}}
	for _, read := range []func(context.Context) error{r.releases, r.deployments, r.over, r.problems} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	r.out.of, r.out.period = figures.Of(r.period), r.period
	return r.out, nil
}

// reading reads what the figures of a period are counted from.
type reading struct {
	area   *Area
	view   estate.View
	out    *Figures
	period figures.Period
	caused map[string]bool // problems, by id
}

// within holds of a property that lies in the period.
func (r *reading) within(property string) store.Filter {
	return store.And{
		store.Compare{Property: property, Op: store.Gte, Value: r.out.During.From}, store.Compare{Property: property, Op: store.Lt, Value: r.out.During.To},
	}
}

var byKey = []store.Order{{Property: "key"}}

// releases reads those that went live, with what they carry out and change.
func (r *reading) releases(ctx context.Context) (err error) {
	if r.out.ReleasesLive, err = estate.All[*domain.Release](ctx, r.view, store.Query{Filter: r.within("liveAt"), Order: byKey}); err != nil {
		return err
	}
	ids := entity.IDsOf(r.out.ReleasesLive)
	if len(ids) == 0 {
		return nil
	}
	requests, err := estate.Linked[*domain.ChangeRequest](ctx, r.view, ids, domain.RelImplements, store.Out)
	if err != nil {
		return err
	}
	pages, err := r.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelChanges, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, live := range r.out.ReleasesLive {
		one := figures.Release{Key: live.Key, Type: live.Type, LiveAt: *live.LiveAt, PublishedTo: live.PublishedTo}
		for _, request := range requests[ids[i]] {
			one.Asked = append(one.Asked, figures.Request{Key: request.Key, At: madeAt(request)})
		}
		for _, e := range pages[i].Edges {
			switch domain.ChangeAction(e.Props.Text("action")) {
			case domain.AddItem:
				one.Added++
			case domain.RemoveItem:
				one.Removed++
			default:
				one.Changed++
			}
		}
		if one.InBudget, err = r.area.inBudget(ctx, live); err != nil {
			return err
		}
		r.period.Releases = append(r.period.Releases, one)
	}
	return nil
}

// madeAt is when a request for change was made: handed in, or written here, whichever was
// first.
func madeAt(c *domain.ChangeRequest) time.Time {
	if c.SubmittedAt != nil && c.SubmittedAt.Before(c.CreatedAt) {
		return *c.SubmittedAt
	}
	return c.CreatedAt
}

// deployments reads those that came to their end: at all their sites, given up, or taken
// back.
func (r *reading) deployments(ctx context.Context) (err error) {
	done := []domain.DeploymentStatus{domain.DeploymentVerifying, domain.DeploymentClosed}
	r.out.DeploymentsEnded, err = estate.All[*domain.Deployment](ctx, r.view, store.Query{Order: byKey, Filter: store.Or{
		store.And{store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(done)}, store.Compare{Property: "verifyingAt", Op: store.IsNull}, r.within("endedAt")},
		store.And{store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(done)}, r.within("verifyingAt")},
		store.And{store.Not{Filter: store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(done)}}, r.within("endedAt"), store.Not{Filter: store.Compare{Property: "startedAt", Op: store.IsNull}}},
	}})
	ids := entity.IDsOf(r.out.DeploymentsEnded)
	if err != nil || len(ids) == 0 {
		return err
	}
	waves, err := estate.Linked[*domain.Wave](ctx, r.view, ids, domain.RelHasWave, store.Out)
	if err != nil {
		return err
	}
	troubled, err := r.troubled(ctx, ids)
	if err != nil {
		return err
	}
	lost, err := outage.Of(ctx, r.view, ids)
	if err != nil {
		return err
	}
	for i, d := range r.out.DeploymentsEnded {
		one := figures.Deployment{
			Key: d.Key, Status: d.Status, Ended: ended(d), PlannedTo: plannedTo(d, waves[ids[i]]), LostMinutes: lost[ids[i]].Minutes(),
			Troubled: troubled[ids[i]].any, MissedFault: troubled[ids[i]].missed,
		}
		for _, o := range lost[ids[i]].Outages {
			one.Outages = append(one.Outages, o.Key)
		}
		of := entity.IDsOf(waves[ids[i]])
		if one.Sites, one.Reached, err = r.sites(ctx, of); err != nil {
			return err
		}
		r.period.Deployments = append(r.period.Deployments, one)
		if one.Failed() {
			r.out.DeploymentsFailed = append(r.out.DeploymentsFailed, d)
		}
	}
	return nil
}

// plannedTo is until when a deployment is planned: as the last of its waves, or to the
// deadline of a PULL, whatever hours are set for sites since (P1); nil: that is not known.
func plannedTo(d *domain.Deployment, waves []*domain.Wave) (to *time.Time) {
	if d.Approach == domain.Pull && d.Deadline != nil {
		return d.Deadline
	}
	for _, w := range waves {
		if w.WindowTo != nil && (to == nil || w.WindowTo.After(*to)) {
			to = w.WindowTo
		}
	}
	return to
}

// over reads the deployments whose planned time was over in the period, and that had not
// come to their end by its end.
func (r *reading) over(ctx context.Context) error {
	now := r.area.estate.Clock()
	until := r.out.During.To
	if now.Before(until) {
		until = now
	}
	later := func(property string) store.Filter {
		return store.Or{store.Compare{Property: property, Op: store.IsNull}, store.Compare{Property: property, Op: store.Gte, Value: until}}
	}
	open, err := estate.All[*domain.Deployment](ctx, r.view, store.Query{Order: byKey, Filter: store.And{
		store.Not{Filter: store.Compare{Property: "startedAt", Op: store.IsNull}}, store.Compare{Property: "startedAt", Op: store.Lt, Value: until}, later("verifyingAt"), later("endedAt"),
	}})
	if err != nil {
		return err
	}
	ids := entity.IDsOf(open)
	waves, err := estate.Linked[*domain.Wave](ctx, r.view, ids, domain.RelHasWave, store.Out)
	for i, d := range open {
		if to := plannedTo(d, waves[ids[i]]); to != nil && !to.Before(r.out.During.From) && to.Before(until) {
			r.period.Over = append(r.period.Over, d.Key)
			r.out.DeploymentsOver = append(r.out.DeploymentsOver, d)
		}
	}
	return err
}

// ended is when a deployment was at all its sites, or else came to its end.
func ended(d *domain.Deployment) time.Time {
	if d.VerifyingAt != nil && (d.Status == domain.DeploymentVerifying || d.Status == domain.DeploymentClosed) {
		return *d.VerifyingAt
	}
	return *d.EndedAt
}

// sites counts the sites of waves, and those that have what they were to get.
func (r *reading) sites(ctx context.Context, waves []store.ID) (all, reached int, err error) {
	if len(waves) == 0 {
		return 0, 0, nil
	}
	for i, filter := range []store.Filter{nil, store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.SiteRolloutStatus{domain.SiteInstalled, domain.SiteActivated, domain.SiteVerified})}} {
		counts, err := r.view.CountEdges(ctx, store.EdgeQuery{Nodes: waves, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout, Filter: filter})
		if err != nil {
			return 0, 0, refusal.OfStore(err)
		}
		for _, n := range counts {
			if i == 0 {
				all += int(n)
			} else {
				reached += int(n)
			}
		}
	}
	return all, reached, nil
}

// trouble is what problems tell of a deployment: that it, or its release, caused any, and
// that one of these was not known in acceptance.
type trouble struct{ any, missed bool }

// troubled tells which deployments caused problems, by themselves or by their release.
func (r *reading) troubled(ctx context.Context, deployments []store.ID) (map[store.ID]trouble, error) {
	own, err := estate.Linked[*domain.Problem](ctx, r.view, deployments, domain.RelCausedBy, store.In)
	if err != nil {
		return nil, err
	}
	of, err := r.view.Far(ctx, deployments, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return nil, err
	}
	var releases []store.ID
	for _, id := range deployments {
		releases = append(releases, store.IDsOf(of[id])...)
	}
	by, err := estate.Linked[*domain.Problem](ctx, r.view, releases, domain.RelCausedBy, store.In)
	if err != nil {
		return nil, err
	}
	known, err := r.knownIn(ctx, releases)
	if err != nil {
		return nil, err
	}
	is := map[store.ID]trouble{}
	for _, id := range deployments {
		problems, accepted := own[id], map[string]bool{}
		for _, n := range of[id] {
			problems = append(problems[:len(problems):len(problems)], by[n.ID]...)
			accepted = known[n.ID]
		}
		r.note(problems)
		missed := slices.ContainsFunc(problems, func(p *domain.Problem) bool { return !accepted[p.ID] })
		is[id] = trouble{any: len(problems) > 0, missed: missed}
	}
	return is, nil
}

// knownIn are the problems, by id, whose defects were known and accepted in the acceptance
// of releases (R8).
func (r *reading) knownIn(ctx context.Context, releases []store.ID) (map[store.ID]map[string]bool, error) {
	errors, err := r.view.Far(ctx, releases, domain.RelIntroducedBy, store.In, domain.KindKnownError)
	if err != nil {
		return nil, err
	}
	known := map[store.ID]map[string]bool{}
	for _, id := range releases {
		known[id] = map[string]bool{}
		of := store.IDsOf(errors[id])
		diagnosed, err := r.view.Far(ctx, of, domain.RelDiagnoses, store.Out, domain.KindProblem)
		if err != nil {
			return nil, err
		}
		for _, e := range of {
			for _, p := range diagnosed[e] {
				known[id][string(p.ID)] = true
			}
		}
	}
	return known, nil
}

// note keeps problems that were caused, each once.
func (r *reading) note(problems []*domain.Problem) {
	if r.caused == nil {
		r.caused = map[string]bool{}
	}
	for _, p := range problems {
		if !r.caused[p.ID] {
			r.caused[p.ID] = true
			r.out.ProblemsCaused = append(r.out.ProblemsCaused, p)
		}
	}
}

// problems tells the sort of each problem that was caused, and how long it lasted: from
// when it was opened until it was resolved, as far as it is.
func (r *reading) problems(context.Context) error {
	for _, p := range r.out.ProblemsCaused {
		one := figures.Problem{Key: p.Key, Category: optional.Or(p.Category, "")}
		if p.Status == domain.ProblemResolved || p.Status == domain.ProblemClosed {
			lasted := max(0, resolvedAt(p).Sub(optional.Or(p.OpenedAt, p.CreatedAt)))
			one.Restored = &lasted
		}
		r.period.Problems = append(r.period.Problems, one)
	}
	return nil
}

// resolvedAt is when a problem was resolved, as far as is known: when it came to its
// status, or else was changed last.
func resolvedAt(p *domain.Problem) time.Time {
	if p.StatusSince != nil {
		return *p.StatusSince
	}
	return p.UpdatedAt
}
