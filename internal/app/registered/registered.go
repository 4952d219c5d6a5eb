// Package registered reads what others rolled out, or are going to (D9), and where that
// leaves records.
package registered

import (
	"context"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Register is what others rolled out, or are going to (D9).
type Register struct {
	Release      domain.Ref
	CarriedOutBy string
	Key, Name    *string
	Sites        []domain.Ref
	From, To     time.Time // From is zero where nobody knows when it began
	Outcome      Outcome
	Description  *string
}

// Outcome is how it stands with a deployment that others carry out.
type Outcome string

// The outcomes.
const (
	Planned   Outcome = "PLANNED"
	Succeeded Outcome = "SUCCEEDED"
	Failed    Outcome = "FAILED"
)

// Bring brings the deployment to where what is registered stands.
func (in Register) Bring(d *domain.Deployment) {
	d.Status, d.NotBefore, d.FinishBy = domain.DeploymentPlanned, &in.From, &in.To
	switch in.Outcome {
	case Succeeded:
		d.Status = domain.DeploymentClosed
	case Failed:
		d.Status = domain.DeploymentAborted
	}
	if in.Outcome != Planned {
		d.StartedAt, d.EndedAt, d.StatusSince = &in.From, &in.To, &in.To
	}
}

// BringWave does so with its wave.
func (in Register) BringWave(w *domain.Wave) {
	w.Status, w.WindowFrom, w.WindowTo = domain.WavePending, &in.From, &in.To
	switch in.Outcome {
	case Succeeded:
		w.Status, w.StartedAt, w.SucceededAt, w.StatusSince = domain.WaveSucceeded, &in.From, &in.To, &in.To
	case Failed:
		w.Status, w.StartedAt, w.StatusSince = domain.WaveFailed, &in.From, &in.To
	}
}

// BringSite does so with one of its sites.
func (in Register) BringSite(s *domain.SiteRollout) {
	s.Status, s.WindowFrom, s.WindowTo = domain.SitePending, &in.From, &in.To
	switch in.Outcome {
	case Succeeded:
		s.Status, s.InstalledAt, s.ActivatedAt, s.VerifiedAt, s.StatusSince = domain.SiteVerified, &in.To, &in.To, &in.To, &in.To
	case Failed:
		s.Status, s.FailedAt, s.StatusSince = domain.SiteFailed, &in.To, &in.To
	}
}

// Earlier finds what the same party registered earlier under the same key, of the same
// release; nil: nothing.
func (in Register) Earlier(ctx context.Context, v estate.View, r *domain.Release) (*domain.Deployment, error) {
	if in.Key == nil {
		return nil, nil
	}
	had, err := v.Record(ctx, entity.KindNamed(domain.KindDeployment), domain.Ref{Key: in.Key}, "input.key")
	d, is := had.(*domain.Deployment)
	if err != nil || !is || d == nil || d.CarriedOutBy == nil || *d.CarriedOutBy != in.CarriedOutBy {
		return nil, err
	}
	of, err := v.Far(ctx, []store.ID{store.ID(d.ID)}, domain.RelDeploys, store.Out, domain.KindRelease)
	if list := of[store.ID(d.ID)]; err != nil || len(list) != 1 || string(list[0].ID) != r.ID {
		return nil, err
	}
	return d, nil
}

// Began is when a deployment of others began: as they say it, or as it was planned.
func (in Register) Began(before *domain.Deployment) time.Time {
	switch {
	case !in.From.IsZero():
		return in.From
	case before != nil && before.NotBefore != nil && before.NotBefore.Before(in.To):
		return *before.NotBefore
	}
	return in.To.Add(-time.Second)
}

// Bundled are the ids of a release and of all that it bundles.
func Bundled(ctx context.Context, v estate.View, r *domain.Release) ([]store.ID, error) {
	parts, err := v.Walk(ctx, store.Walk{Roots: []store.ID{store.ID(r.ID)}, Rels: []string{domain.RelBundles}, Direction: store.Out})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	ids := make([]store.ID, len(parts.Hits))
	for i, hit := range parts.Hits {
		ids[i] = hit.ID
	}
	return ids, nil
}

// known are the statuses of requests for change by which something may be done.
var known = []domain.ChangeRequestStatus{domain.ChangeAuthorised, domain.ChangeInRelease, domain.ChangeImplemented, domain.ChangeClosed}

// Finding tells that something was done without a request for change that was authorised,
// nil where there was one (D9, H8).
func (in Register) Finding(ctx context.Context, v estate.View, r *domain.Release) (*string, error) {
	if in.Outcome == Planned {
		return nil, nil
	}
	ids, err := Bundled(ctx, v, r)
	if err != nil {
		return nil, err
	}
	requests, err := estate.Linked[*domain.ChangeRequest](ctx, v, ids, domain.RelImplements, store.Out)
	if err != nil {
		return nil, err
	}
	for _, list := range requests {
		if slices.ContainsFunc(list, func(r *domain.ChangeRequest) bool { return slices.Contains(known, r.Status) }) {
			return nil, nil
		}
	}
	return optional.Text(fmt.Sprintf("it was done by %s without a request for change that was authorised: complete the draft that was made, and have it decided", in.CarriedOutBy)), nil
}

// Read reads the release and the sites, and tells all that is wrong with what is
// registered.
func (in Register) Read(ctx context.Context, today estate.View, now time.Time) (*domain.Release, []*domain.Site, error) {
	var es domain.Errors
	switch {
	case !in.From.IsZero() && !in.From.Before(in.To):
		es = append(es, refusal.Wrong("input.to", "must be after from"))
	case in.Outcome != Planned && in.To.After(now):
		es = append(es, domain.Breaks("D9", "input.to", "is in the future: what is not over yet is PLANNED"))
	case in.Outcome == Planned && in.To.Before(now):
		es = append(es, domain.Breaks("D9", "input.to", "is past: what is over has SUCCEEDED or FAILED"))
	}
	r, err := estate.One[*domain.Release](ctx, today, in.Release, "input.release")
	if err := refusal.Both(err, es.Err()); err != nil {
		return nil, nil, err
	}
	sites, err := in.sites(ctx, today, r)
	return r, sites, err
}

// sites are the sites that are named, or else where something of the release is
// installed.
func (in Register) sites(ctx context.Context, today estate.View, r *domain.Release) (list []*domain.Site, _ error) {
	seen := map[string]bool{}
	for i, ref := range in.Sites {
		field := refusal.Element("input.sites", i)
		site, err := estate.One[*domain.Site](ctx, today, ref, field)
		switch {
		case err != nil:
			return nil, err
		case seen[site.ID]:
			return nil, refusal.Wrong(field, "%s is named twice", site.Key)
		}
		seen[site.ID], list = true, append(list, site)
	}
	if len(in.Sites) > 0 {
		return list, nil
	}
	far, err := today.Far(ctx, []store.ID{store.ID(r.ID)}, domain.RelChanges, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	items := store.IDsOf(far[store.ID(r.ID)])
	at, err := estate.Linked[*domain.Site](ctx, today, items, domain.RelInstalledAt, store.Out)
	for _, id := range items {
		for _, site := range at[id] {
			if !seen[site.ID] {
				seen[site.ID], list = true, append(list, site)
			}
		}
	}
	return list, err
}
