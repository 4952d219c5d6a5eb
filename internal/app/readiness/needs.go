package readiness

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Needs are what a release that is ACCEPTED lacks before its deployment can start,
// besides what its acceptance kept: a plan, an accepted calendar, support that was told,
// people who are trained, no successor, no freeze (R1, R12, R13, R23, P7, P11).
func (a *Area) Needs(ctx context.Context, s *release.Standing) ([]plan.Lack, []store.Guard, error) {
	if s.Release.Status != domain.ReleaseAccepted {
		return nil, nil, nil
	}
	var list []plan.Lack
	for _, need := range []func(context.Context, *release.Standing) ([]plan.Lack, error){a.planned, a.calendar, a.told, trained, superseded, a.held} {
		lacks, err := need(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, lacks...)
	}
	return list, nil, nil
}

func (a *Area) planned(ctx context.Context, s *release.Standing) ([]plan.Lack, error) {
	id := store.ID(s.Release.ID)
	far, err := estate.Linked[*domain.Deployment](ctx, s.View, []store.ID{id}, domain.RelDeploys, store.In)
	return plan.PlanAccepted(slices.ContainsFunc(far[id], func(d *domain.Deployment) bool {
		return d.Status == domain.DeploymentPlanned && d.AcceptedAt != nil
	})), err
}

func (a *Area) calendar(ctx context.Context, s *release.Standing) ([]plan.Lack, error) {
	return a.preparation.CalendarLacks(ctx, s.View, s.Release, s.Items)
}

// told is the need SUPPORT_TOLD of a release that was accepted here (R23).
func (a *Area) told(ctx context.Context, s *release.Standing) ([]plan.Lack, error) {
	r := s.Release
	if r.AcceptedElsewhere() || r.StatusSince == nil {
		return nil, nil
	}
	sent, err := a.announcements.SupportTold(ctx, s.View, r)
	return plan.SupportTold(*r.StatusSince, sent), err
}

// trained is the need TRAINED: the trainings of the release are over, and somebody came
// (R12).
func trained(_ context.Context, s *release.Standing) (list []plan.Lack, _ error) {
	if s.Release.AcceptedElsewhere() {
		return nil, nil
	}
	for _, t := range s.Tasks {
		switch {
		case t.Kind != domain.TaskTraining:
		case !t.Done:
			list = append(list, plan.NeedTrained.Lack(t.Key, "the training %s, which is not over", t.Key))
		case len(t.Attended) == 0:
			list = append(list, plan.NeedTrained.Lack(t.Key, "who attended the training %s", t.Key))
		}
	}
	return list, nil
}

// superseded is the need NOT_SUPERSEDED (R1).
func superseded(ctx context.Context, s *release.Standing) ([]plan.Lack, error) {
	pages, err := s.View.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(s.Release.ID)}, Rel: domain.RelSupersedes, Direction: store.In, Kind: domain.KindRelease})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	by := make([]plan.Superseding, len(pages[0].Edges))
	supersedes := entity.RelationshipsNamed(domain.RelSupersedes)[0]
	for i, e := range pages[0].Edges {
		says := supersedes.DecodeLink(e.Props).(*domain.Supersession)
		by[i] = plan.Superseding{By: pages[0].Nodes[i].Props.Text("key"), Units: units(says.Units)}
	}
	return plan.NotSuperseded(units(s.Signed().Units), by), nil
}

func units(keys []string) []plan.Unit {
	list := make([]plan.Unit, len(keys))
	for i, key := range keys {
		list[i] = plan.Unit{Key: key}
	}
	return list
}

// held is the need NOT_HELD: no freeze is on for what the release holds, wherever that is
// (P7). A freeze of some sites holds these alone, when their time comes.
func (a *Area) held(ctx context.Context, s *release.Standing) ([]plan.Lack, error) {
	requests := make([]string, len(s.Requests))
	for i, r := range s.Requests {
		requests[i] = r.Key
	}
	on, err := FreezesOn(ctx, s.View, a.estate.Clock(), requests)
	if err != nil {
		return nil, err
	}
	var holds []plan.Hold
	for _, f := range on {
		if slices.ContainsFunc(s.Items, func(i *domain.ConfigurationItem) bool { return f.HoldsItem(store.ID(i.ID), i.Class, i.Environment) }) {
			holds = append(holds, plan.Hold{Freeze: f.key, Until: f.until()})
		}
	}
	return plan.NotHeld(holds), nil
}

// Facts is what the start of a deployment depends on.
type Facts struct {
	// Missing are the needs that are not met, each with what is missing.
	Missing map[domain.MoveNeed][]string
	// Policy is that of the release, Guards hold what was read.
	Policy *domain.ReleasePolicy
	Guards []store.Guard
}

func (f *Facts) lacks(need domain.MoveNeed, text string, args ...any) {
	f.Missing[need] = append(f.Missing[need], fmt.Sprintf(text, args...))
}

// Starting reads what the start of a deployment depends on, as far as a view names it.
func (a *Area) Starting(ctx context.Context, v estate.View, d *domain.Deployment) (*Facts, error) {
	f := &Facts{Missing: map[domain.MoveNeed][]string{}, Policy: domain.DefaultPolicy()}
	if d.AcceptedAt == nil {
		f.lacks(domain.NeedPlan, "a plan that is accepted (acceptDeploymentPlan)")
	}
	id := store.ID(d.ID)
	far, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id}, domain.RelDeploys, store.Out)
	if err != nil {
		return nil, err
	}
	if len(far[id]) == 0 {
		f.lacks(domain.NeedRelease, "a release that it rolls out")
		return f, nil
	}
	r := far[id][0]
	f.Guards = append(f.Guards, store.NodeAt{ID: store.ID(r.ID), Version: int64(r.Version)})
	switch r.Status {
	case domain.ReleaseAccepted:
		if err := a.ofRelease(ctx, f, r); err != nil {
			return nil, err
		}
	case domain.ReleaseDeploying:
	default:
		f.lacks(domain.NeedRelease, "a release that is ACCEPTED, or DEPLOYING: %s is %s", r.Key, r.Status)
	}
	if err := besides(ctx, v, f, d, r); err != nil {
		return nil, err
	}
	standing, err := a.releases.Standing(ctx, v, r)
	if err != nil {
		return nil, err
	}
	f.Policy = standing.Policy
	return f, nil
}

// ofRelease adds what the release lacks before it goes live (R4).
func (a *Area) ofRelease(ctx context.Context, f *Facts, r *domain.Release) error {
	moves, err := a.releases.Moves(ctx, r)
	if err != nil {
		return err
	}
	for _, m := range moves {
		if m.Verb == nil || *m.Verb != domain.StartDeployment {
			continue
		}
		for _, l := range m.Lacks {
			if l.Need != domain.NeedPlan {
				f.Missing[l.Need] = append(f.Missing[l.Need], l.Message)
			}
		}
	}
	return nil
}

// besides adds the deployments that stand in the way, and what the release requires that
// is not accepted (D1, P9).
func besides(ctx context.Context, v estate.View, f *Facts, d *domain.Deployment, r *domain.Release) error {
	id := store.ID(r.ID)
	others, err := estate.Linked[*domain.Deployment](ctx, v, []store.ID{id}, domain.RelDeploys, store.In)
	if err != nil {
		return err
	}
	for _, o := range others[id] {
		if o.ID != d.ID && o.Status.Open() && (o.Status != domain.DeploymentPlanned || o.AcceptedAt != nil) {
			f.lacks(domain.NeedNoDeployment, "the end of the deployment %s, which is %s", o.Key, o.Status)
		}
	}
	required, err := v.Walk(ctx, store.Walk{Roots: []store.ID{id}, Rels: []string{domain.RelRequires}, Direction: store.Out})
	if err != nil {
		return refusal.OfStore(err)
	}
	var ids []store.ID
	for _, hit := range required.Hits {
		if hit.Depth > 0 {
			ids = append(ids, hit.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	needed, err := estate.ByID[*domain.Release](ctx, v, ids...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if q := needed[id]; q != nil && q.Status != domain.ReleaseAccepted && !q.Status.WentLive() {
			f.lacks(domain.NeedRequired, "what %s requires: %s is %s, and has to be ACCEPTED", r.Key, q.Key, q.Status)
		}
	}
	return nil
}
