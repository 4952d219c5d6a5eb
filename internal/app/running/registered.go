package running

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/registered"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// registerAgain brings to its end what was registered as PLANNED, or plans it for another
// time. What is over stays as it is.
func registerAgain(ctx context.Context, a *Area, in registered.Register, r *domain.Release, before, now *domain.Deployment) (*estate.Draft, *Rolled, error) {
	if before.Status != domain.DeploymentPlanned {
		if in.Outcome == registered.Planned || before.Status == now.Status {
			return &estate.Draft{Known: []entity.Record{before}}, &Rolled{Deployment: before}, nil
		}
		return nil, nil, &domain.Error{
			Code: domain.Conflict, Rule: "D9", Field: "input.key", Message: fmt.Sprintf("is that of a deployment that is over and %s: give the next one a key of its own", before.Status),
		}
	}
	if in.Outcome == registered.Planned && in.From.Equal(optional.Or(before.NotBefore, time.Time{})) && in.To.Equal(optional.Or(before.FinishBy, time.Time{})) {
		return &estate.Draft{Known: []entity.Record{before}}, &Rolled{Deployment: before}, nil
	}
	after := entity.Clone(before).(*domain.Deployment)
	in.Bring(after)
	odd, err := in.Finding(ctx, a.estate.Everything(), r)
	if err != nil {
		return nil, nil, err
	}
	after.Finding, after.Name = odd, optional.Or(in.Name, before.Name)
	if in.Description != nil {
		after.Description = in.Description
	}
	c := newRegistration(a, in, r, after)
	draft := &estate.Draft{Explain: a.estate.ExplainTaken("input")}
	steps, err := c.bring(ctx, draft)
	if err != nil {
		return nil, nil, err
	}
	draft, done, err := c.follows(ctx, draft, steps)
	if err == nil {
		draft.Decide(before, after)
	}
	return draft, done, err
}

// bring brings the waves and sites of what was registered earlier to where it stands.
func (c *registration) bring(ctx context.Context, draft *estate.Draft) (steps []*running.Step, _ error) {
	waves, err := estate.Linked[*domain.Wave](ctx, c.view, []store.ID{store.ID(c.was.ID)}, domain.RelHasWave, store.Out)
	if err != nil {
		return nil, err
	}
	for _, w := range waves[store.ID(c.was.ID)] {
		c.r.Waves = append(c.r.Waves, &running.Wave{Wave: w})
		next := entity.Clone(w).(*domain.Wave)
		c.in.BringWave(next)
		draft.Decide(w, next)
	}
	if err := c.readAll(ctx); err != nil {
		return nil, err
	}
	for _, w := range c.r.Waves {
		for _, s := range w.Steps {
			was := s.SiteRollout
			s.SiteRollout = entity.Clone(was).(*domain.SiteRollout)
			c.in.BringSite(s.SiteRollout)
			draft.Decide(was, s.SiteRollout)
			steps = append(steps, s)
		}
	}
	return steps, nil
}

// end brings the release where what others rolled out leaves it (R4, D9).
func (c *registration) end(ctx context.Context, draft *estate.Draft) error {
	others, err := c.others(ctx)
	if err != nil {
		return err
	}
	statuses := make([]domain.DeploymentStatus, len(others))
	for i, o := range others {
		statuses[i] = o.Status
	}
	waits, err := c.waits(ctx)
	if err != nil {
		return err
	}
	to := running.ReleaseEnds(c.release.Status, statuses, waits)
	if to == "" {
		draft.Hold(c.release)
		return nil
	}
	next := entity.Clone(c.release).(*domain.Release)
	at := c.in.To
	if since := c.release.StatusSince; since != nil && at.Before(*since) {
		at = c.area.estate.Clock()
	}
	next.Move(to, at)
	if c.release.Status == domain.ReleaseAccepted {
		next.Publish(&c.in.From, &c.in.To, len(c.sites))
	}
	draft.Decide(c.release, next)
	for _, o := range others {
		draft.Hold(o)
	}
	return nil
}

// waits reports whether something that the release changes is installed in another version
// at a site that does not receive it by this deployment.
func (c *registration) waits(ctx context.Context) (bool, error) {
	releases, err := registered.Bundled(ctx, c.view, c.release)
	if err != nil {
		return false, err
	}
	changes, err := c.view.Edges(ctx, store.EdgeQuery{Nodes: releases, Rel: domain.RelChanges, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return false, refusal.OfStore(err)
	}
	here := map[store.ID]bool{}
	for _, site := range c.sites {
		here[site.ID] = true
	}
	to := map[store.ID]string{}
	for _, page := range changes {
		for _, e := range page.Edges {
			to[e.To] = e.Props.Text("toVersion")
		}
	}
	items := slices.Sorted(maps.Keys(to))
	if len(items) == 0 {
		return false, nil
	}
	installed, err := c.view.Edges(ctx, store.EdgeQuery{Nodes: items, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
	if err != nil {
		return false, refusal.OfStore(err)
	}
	for _, page := range installed {
		for _, e := range page.Edges {
			if !here[e.To] && e.Props.Text("version") != to[e.From] {
				return true, nil
			}
		}
	}
	return false, nil
}

// request drafts the request for change that was missing.
func (c *registration) request(ctx context.Context, draft *estate.Draft) error {
	key := keyOf(c.area.estate, c.release.Key+"/done-without-request")
	had, err := c.view.Lookup(ctx, domain.KindChangeRequest, "key", key)
	if err != nil {
		return refusal.OfStore(err)
	}
	if _, there := had[key]; there {
		return nil
	}
	made, err := entity.KindNamed(domain.KindChangeRequest).New(map[string]any{
		"key": key, "name": fmt.Sprintf("%s, done by %s", c.release.Name, c.in.CarriedOutBy), "type": string(domain.NormalChange),
		"description": fmt.Sprintf("%s was rolled out by %s from %s to %s, as %s, without a request.", c.release.Key, c.in.CarriedOutBy, c.in.From.UTC().Format(when), c.in.To.UTC().Format(when), c.r.Deployment.Key),
	}, "input")
	if err != nil {
		return err
	}
	request := made.(*domain.ChangeRequest)
	who := acting.Doer(ctx)
	request.ID, request.Sources, request.Requester, request.RequesterIdentities = c.area.estate.NewID(), domain.BroughtBy(domain.SourceAPI), &who.Name, who.Identities
	draft.Create(request)
	items, err := c.view.Far(ctx, []store.ID{store.ID(c.release.ID)}, domain.RelChanges, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return err
	}
	draft.Join(domain.RelAffects, request, store.IDsOf(items[store.ID(c.release.ID)])...)
	var sites []store.ID
	for _, site := range c.sites {
		sites = append(sites, site.ID)
	}
	slices.Sort(sites)
	draft.Join(domain.RelTakesPlaceAt, request, slices.Compact(sites)...)
	return nil
}

// when is how times stand in words.
const when = "2006-01-02 15:04 MST"
