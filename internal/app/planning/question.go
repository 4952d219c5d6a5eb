package planning

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// deployment is the deployment that is asked for, before its plan is known.
func (a *Area) deployment(ctx context.Context, p *proposal, in Plan) (*domain.Deployment, error) {
	d := &domain.Deployment{}
	if p.was != nil {
		was := *p.was
		d = &was
	} else {
		d.Status, d.Sources = domain.DeploymentPlanned, domain.BroughtBy(domain.SourceAPI)
		key, err := a.keyOf(ctx, p, in)
		if err != nil {
			return nil, err
		}
		d.Key = key
	}
	if d.Name == "" || in.Name != nil {
		d.Name = optional.Or(in.Name, "Roll-out of "+p.release.Name)
	}
	now := a.estate.Clock()
	d.PlannedAt, d.Edits = &now, nil
	in.into(d, optional.Or(p.release.Approach, domain.Phased))
	return d, d.Check().Under("input").Err()
}

// into tells a deployment what its plan is asked for.
func (in Plan) into(d *domain.Deployment, approach domain.RolloutApproach) {
	d.Approach = optional.Or(in.Approach, approach)
	d.Activation, d.ActivateAt = optional.Or(in.Activation, domain.AtInstall), in.ActivateAt
	d.Deadline, d.Soak, d.NotBefore, d.FinishBy, d.WorkDuration = in.Deadline, in.Soak, in.NotBefore, in.FinishBy, in.WorkDuration
	d.Limits, d.GroupByRegion = in.Limits, optional.Or(in.GroupByRegion, false)
	d.ErrorThreshold, d.SuccessThreshold = optional.Or(in.ErrorThreshold, 0), optional.Or(in.SuccessThreshold, 100)
}

// check tells what is wrong with what is asked for, whatever the release.
func (in Plan) check() error {
	d := &domain.Deployment{}
	d.Key, d.Name = "asked", "asked"
	in.into(d, domain.Phased)
	return d.Check().Under("input").Err()
}

// keyOf is the key that is asked for, or a free one that tells the release.
func (a *Area) keyOf(ctx context.Context, p *proposal, in Plan) (string, error) {
	if in.Key != nil {
		return domain.NormalKey(*in.Key), nil
	}
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{
		Nodes: []store.ID{store.ID(p.release.ID)}, Rel: domain.RelDeploys, Direction: store.In, Kind: domain.KindDeployment,
	})
	if err != nil {
		return "", refusal.OfStore(err)
	}
	return a.records.FreeKey(ctx, domain.KindDeployment, p.release.Key, "deployment", int(counts[0])+1)
}

// question tells the planner what is asked for, as the deployment says it.
func (p *proposal) question(now time.Time) error {
	d := p.deployment
	soak, soakErr := lengthOf(d.Soak, "input.soak")
	work, workErr := lengthOf(d.WorkDuration, "input.workDuration")
	if err := refusal.Both(soakErr, workErr); err != nil {
		return err
	}
	q := rollout.Question{
		Now: now, Release: p.snapshot.releases.of[store.ID(p.release.ID)], Approach: d.Approach, Deadline: d.Deadline,
		Activation: d.Activation, ActivateAt: d.ActivateAt, NotBefore: d.NotBefore, FinishBy: d.FinishBy, Soak: soak, WorkDuration: work,
		GroupByRegion: d.GroupByRegion, MaxUsersAtRisk: p.snapshot.policy.MaxWaveUsersAtRisk, Earlier: p.snapshot.in.Earlier,
	}
	if d.Limits != nil {
		q.Limits = rollout.Limits(*d.Limits)
	}
	for _, step := range p.path() {
		q.Path = append(q.Path, rollout.PathEnvironment{Environment: step.Environment, Gate: len(step.Shows) > 0})
	}
	for _, site := range p.chosen {
		q.Sites = append(q.Sites, p.snapshot.sites.of[store.ID(site.ID)])
	}
	for _, e := range d.PlanEdits() {
		q.Edits = append(q.Edits, editOf(e))
	}
	p.snapshot.in.Question = q
	return nil
}

func lengthOf(text *string, field string) (time.Duration, error) {
	if text == nil {
		return 0, nil
	}
	length, err := domain.ParseDuration(*text)
	if err != nil {
		return 0, refusal.Wrong(field, "%s", err)
	}
	return length, nil
}

// path lists the environments that a CONTINUOUS roll-out passes before its first wave
// (P1): those of the policy but LIVE, each with the tests that must be shown there, of
// what the release must pass at all (R15).
func (p *proposal) path() (list []domain.PathStep) {
	if p.deployment.Approach != domain.Continuous {
		return nil
	}
	policy := p.snapshot.policy
	demanded := policy.DemandedTests(p.release.Type, p.release.Category)
	for _, step := range policy.PromotionPath {
		if step.Environment == domain.Live {
			continue
		}
		one := domain.PathStep{Environment: step.Environment}
		for _, kind := range step.Shows {
			if slices.Contains(demanded, kind) {
				one.Shows = append(one.Shows, kind)
			}
		}
		list = append(list, one)
	}
	return list
}

// outcome tells the deployment what the planner found.
func (p *proposal) outcome() {
	d, plan := p.deployment, p.made.Plan
	d.SetPathSteps(p.path())
	d.Approach, d.LowerBound, d.Proved = plan.Approach, &plan.LowerBound, plan.Proved
	items := make([]domain.UpToDateItem, 0, len(plan.UpToDate)+len(plan.Higher))
	for _, one := range append(plan.UpToDate, plan.Higher...) {
		items = append(items, domain.UpToDateItem{SiteKey: one.Site, ItemKey: one.Item, Version: one.Version})
	}
	d.SetUpToDateItems(items)
	waivers := make([]domain.PlanWaiver, len(plan.Waived))
	for i, w := range plan.Waived {
		waivers[i] = domain.PlanWaiver{Rule: w.Rule, Reason: w.Reason, MadeBy: w.By}
		for _, name := range w.Records {
			waivers[i].Names = append(waivers[i].Names, domain.RecordName(name))
		}
	}
	d.SetPlanWaivers(waivers)
	d.MaxWaveUsersAtRisk = p.snapshot.policy.MaxWaveUsersAtRisk
}

// reasonsOf keeps the reasons of a step, with all records that they name.
func reasonsOf(list []rollout.Reason) []domain.PlacementReason {
	kept := make([]domain.PlacementReason, len(list))
	for i, r := range list {
		one := domain.PlacementReason{Rule: r.Rule, Code: string(r.Code), Text: r.Text, Parameters: r.Parameters, Names: namesIn(r.Parameters)}
		for _, e := range r.Chain {
			one.Links = append(one.Links, domain.PlacementLink{FromName: domain.RecordName(e.From), ToName: domain.RecordName(e.To), Relationship: e.Relationship})
		}
		kept[i] = one
	}
	return kept
}

// kindsOfParameters are the kinds of the records that parameters of reasons name by
// key; lists are separated by commas.
var kindsOfParameters = map[string]string{
	"item": domain.KindConfigurationItem, "items": domain.KindConfigurationItem, "dependent": domain.KindConfigurationItem,
	"unit": domain.KindReleaseUnit, "site": domain.KindSite, "sites": domain.KindSite, "pilot": domain.KindSite, "pilots": domain.KindSite,
	"release": domain.KindRelease, "party": domain.KindParty, "deployment": domain.KindDeployment,
}

// namesIn are the records that the parameters of a reason name.
func namesIn(parameters map[string]string) (names []domain.RecordName) {
	for name, value := range parameters {
		kind, named := kindsOfParameters[name]
		switch {
		case name == "record":
			names = append(names, domain.RecordName(value))
		case named && value != "":
			for key := range strings.SplitSeq(value, ",") {
				names = append(names, domain.NameOf(kind, strings.TrimSpace(key)))
			}
		}
	}
	return names
}

// stepKey is the key of the roll-out to a site.
func stepKey(d *domain.Deployment, step *rollout.Step, release string) string {
	key := fmt.Sprintf("%s/%s", d.Key, step.Site)
	if step.Release != release {
		key += "/" + step.Release
	}
	return key
}
