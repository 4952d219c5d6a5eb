package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/running"
	"releasegraph/internal/ddi"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Job is what a site receives by a deployment, as a device carries it out.
type Job struct {
	// Action is the number by which the device names it.
	Action     int64
	Step       *domain.SiteRollout
	Wave       *domain.Wave
	Deployment *domain.Deployment
	Release    *domain.Release
	Site       *domain.Site
	// Kit is what is fetched.
	Kit []*domain.MediaItem
	// Left says that it is not to be installed any more.
	Left bool
}

// Job returns what there is for a site to install now, or to leave; nil: nothing. What the
// rules do not let be installed is not offered (D2, D3).
func (a *Area) Job(ctx context.Context, site string) (*Job, error) {
	list, err := a.jobs(ctx, site, func(s *domain.SiteRollout) bool {
		return s.Status == domain.SitePending || s.Status == domain.SiteDistributed || s.Status == domain.SiteSkipped
	})
	if err != nil {
		return nil, err
	}
	for _, j := range list {
		if j.Left = j.left(); j.Left {
			open, err := a.untold(ctx, j)
			if err != nil || open {
				return j, err
			}
			continue
		}
		if !j.open() {
			continue
		}
		if j.Kit, err = a.kit(ctx, j.Release); err != nil {
			return nil, err
		}
		if may, err := a.may(ctx, j); may || err != nil {
			return j, err
		}
	}
	return nil, nil
}

// Named returns the job of a site that a device names.
func (a *Area) Named(ctx context.Context, site string, action int64) (*Job, error) {
	list, err := a.jobs(ctx, site, func(s *domain.SiteRollout) bool { return ddi.ActionID(s.ID, s.Attempt) == action })
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		j := list[0]
		j.Left = j.left()
		j.Kit, err = a.kit(ctx, j.Release)
		return j, err
	}
	return nil, &domain.Error{Code: domain.NotFound, Field: "action", Message: fmt.Sprintf("%s has no action %d: it is over, or tried again by another", site, action)}
}

// Offered returns the job of a site that a device names, where it is to be installed now.
func (a *Area) Offered(ctx context.Context, site string, action int64) (*Job, error) {
	j, err := a.Job(ctx, site)
	if err == nil && (j == nil || j.Action != action || j.Left) {
		err = &domain.Error{Code: domain.NotFound, Field: "action", Message: fmt.Sprintf("nothing is to be installed at %s as action %d", site, action)}
	}
	return j, err
}

// jobs lists what a site receives, or has received, as far as it is wanted, the earliest
// first.
func (a *Area) jobs(ctx context.Context, site string, wanted func(*domain.SiteRollout) bool) ([]*Job, error) {
	v := a.estate.Today(ctx)
	at, err := estate.One[*domain.Site](ctx, v, domain.Ref{Key: &site}, "controllerId")
	if err != nil {
		return nil, err
	}
	id := store.ID(at.ID)
	far, err := estate.Linked[*domain.SiteRollout](ctx, v, []store.ID{id}, domain.RelTargets, store.In)
	if err != nil {
		return nil, err
	}
	var list []*Job
	for _, s := range far[id] {
		if !wanted(s) {
			continue
		}
		j, err := jobOf(ctx, v, s)
		if err != nil {
			return nil, err
		}
		if j != nil && j.Deployment.CarriedOutBy == nil {
			j.Site, j.Action = at, ddi.ActionID(s.ID, s.Attempt)
			list = append(list, j)
		}
	}
	slices.SortFunc(list, func(a, b *Job) int {
		return cmp.Or(optional.Or(a.Step.WindowFrom, a.Step.CreatedAt).Compare(optional.Or(b.Step.WindowFrom, b.Step.CreatedAt)), cmp.Compare(a.Step.Key, b.Step.Key))
	})
	return list, nil
}

// jobOf reads what a step belongs to, nil where that is not seen.
func jobOf(ctx context.Context, v estate.View, s *domain.SiteRollout) (*Job, error) {
	j, id := &Job{Step: s}, store.ID(s.ID)
	waves, err := estate.Linked[*domain.Wave](ctx, v, []store.ID{id}, domain.RelTargets, store.In)
	if err != nil || len(waves[id]) == 0 {
		return nil, err
	}
	j.Wave = waves[id][0]
	wave := store.ID(j.Wave.ID)
	deployments, err := estate.Linked[*domain.Deployment](ctx, v, []store.ID{wave}, domain.RelHasWave, store.In)
	if err != nil || len(deployments[wave]) == 0 {
		return nil, err
	}
	j.Deployment = deployments[wave][0]
	of := store.ID(j.Deployment.ID)
	releases, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id, of}, domain.RelDeploys, store.Out)
	if j.Release = optional.First(slices.Concat(releases[id], releases[of])); j.Release == nil {
		return nil, err
	}
	return j, err
}

// open reports whether the job waits for its site.
func (j *Job) open() bool {
	waits := j.Step.Status == domain.SitePending || j.Step.Status == domain.SiteDistributed
	return waits && j.Deployment.Status == domain.DeploymentRunning && j.Wave.Status == domain.WaveRunning
}

// left reports whether a device may have fetched what is not to be installed any more.
func (j *Job) left() bool { return j.Step.Status == domain.SiteSkipped && j.Step.DistributedAt != nil }

// untold reports whether the device has not said yet that it left the job.
func (a *Area) untold(ctx context.Context, j *Job) (bool, error) {
	key := j.Deployment.Key + "/" + j.reportID("cancelled")
	held, err := a.estate.Everything().Lookup(ctx, domain.KindSiteReport, "key", key)
	return len(held) == 0, refusal.OfStore(err)
}

// reportID is the id of a report on the job.
func (j *Job) reportID(of string) string { return fmt.Sprintf("ddi/%d/%s", j.Action, of) }

// kit lists what is fetched for a release, and for what it bundles (R2).
func (a *Area) kit(ctx context.Context, r *domain.Release) ([]*domain.MediaItem, error) {
	v := a.estate.Today(ctx)
	parts, err := v.Walk(ctx, store.Walk{Roots: []store.ID{store.ID(r.ID)}, Rels: []string{domain.RelBundles}, Direction: store.Out})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	ids := make([]store.ID, len(parts.Hits))
	for i, hit := range parts.Hits {
		ids[i] = hit.ID
	}
	far, err := estate.Linked[*domain.MediaItem](ctx, v, ids, domain.RelKitOf, store.In)
	var list []*domain.MediaItem
	for _, id := range ids {
		for _, m := range far[id] {
			if !slices.ContainsFunc(list, func(one *domain.MediaItem) bool { return one.ID == m.ID }) {
				list = append(list, m)
			}
		}
	}
	slices.SortFunc(list, func(a, b *domain.MediaItem) int { return cmp.Compare(a.Key, b.Key) })
	return list, err
}

// report is a report on the job. Devices compare each file that they fetch with its digest,
// and refuse another: so they have the kit of the release (L2).
func (j *Job) report(status domain.SiteRolloutStatus, id, detail string) (running.Report, error) {
	deployment, site, release := j.Deployment.ID, j.Site.ID, j.Release.ID
	r := running.Report{
		Deployment: domain.Ref{ID: &deployment}, Site: domain.Ref{ID: &site}, Release: &domain.Ref{ID: &release},
		Status: status, ReportID: id, Attempt: &j.Step.Attempt, Detail: optional.Text(detail),
	}
	if len(j.Kit) == 0 {
		return r, nil
	}
	kit := make([]plan.KitItem, len(j.Kit))
	for i, m := range j.Kit {
		kit[i] = plan.KitItem{Key: m.Key, Sha256: m.Sha256}
	}
	digest, err := plan.KitDigest(kit)
	r.KitSha256 = &digest
	return r, err
}

// may reports whether the rules let the job be installed now: it is tried, and not done.
func (a *Area) may(ctx context.Context, j *Job) (bool, error) {
	r, err := j.report(domain.SiteInstalled, j.reportID("asked"), "")
	if err != nil {
		return false, err
	}
	dry := true
	_, err = a.running.ReportSiteRollout(ctx, r, &domain.WriteOptions{DryRun: &dry})
	if refused(err) {
		return false, nil
	}
	return err == nil, err
}

// refused reports whether an error is the answer of a rule.
func refused(err error) bool {
	var one *domain.Error
	var many domain.Errors
	switch {
	case errors.As(err, &many) && len(many) > 0:
		one = many[0]
	case !errors.As(err, &one):
		return false
	}
	return one.Code != domain.Unavailable && one.Code != domain.Forbidden && one.Code != domain.NotFound
}
