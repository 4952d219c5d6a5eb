// Package exposure plans roll-outs of releases that have no sites: they are shown to a share
// of users or items that grows, wave by wave, by the engine of all roll-outs.
package exposure

import (
	"context"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/exposure"
	"releasegraph/internal/store"
)

// accepts is the action of the area.
const accepts authz.Action = "acceptPlan"

// Area is what can be planned of releases without sites.
type Area struct {
	estate  *estate.Estate
	records *records.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area) *Area { return &Area{estate: e, records: records} }

// Plan is to which shares of users or items a release is shown, one after another.
type Plan struct {
	Release domain.Ref
	Key     *string
	Shares  []int
	Soak    *string
	Reason  *string
}

// PlanExposure plans the roll-out of a release that has no sites: a wave for each share. Who
// plans it accepts the plan: there are no sites whose hours were to be found (P6, P11).
func (a *Area) PlanExposure(ctx context.Context, in Plan, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: accepts, Kind: domain.KindDeployment, Options: o.Because(in.Reason), Input: []any{"planExposure", in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		es := exposure.CheckShares(in.Shares).Under("input")
		if r.Status != domain.ReleaseAccepted && r.Status != domain.ReleaseDeploying {
			es = append(es, domain.Breaks("P11", "input.release", "%s is %s: what is ACCEPTED is rolled out", r.Key, r.Status))
		}
		if err := es.Err(); err != nil {
			return nil, nil, err
		}
		if err := a.atNoSite(ctx, r); err != nil {
			return nil, nil, err
		}
		return a.plan(ctx, in, r)
	})
}

// atNoSite refuses a release that changes something that is at a site: it goes there by the
// waves of sites (P2).
func (a *Area) atNoSite(ctx context.Context, r *domain.Release) error {
	v, id := a.estate.Everything(), store.ID(r.ID)
	items, err := v.Far(ctx, []store.ID{id}, domain.RelChanges, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return err
	}
	ids := store.IDsOf(items[id])
	counts, err := v.CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, n := range counts {
		if n > 0 {
			return domain.Breaks("P2", "input.release", "%s changes %s, which is installed at sites: plan their waves (planDeployment)", r.Key, items[id][i].Props.Text("key"))
		}
	}
	return nil
}

func (a *Area) plan(ctx context.Context, in Plan, r *domain.Release) (*estate.Draft, entity.Record, error) {
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.ID)}, Rel: domain.RelDeploys, Direction: store.In})
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	key, err := a.records.FreeKey(ctx, domain.KindDeployment, r.Key, "deployment", int(counts[0])+1)
	if err != nil {
		return nil, nil, err
	}
	if in.Key != nil {
		key = *in.Key
	}
	now, by := a.estate.Clock(), acting.Name(ctx)
	planned := &domain.Deployment{
		Approach: domain.Phased, Activation: domain.AtInstall, Status: domain.DeploymentPlanned, Soak: in.Soak, SuccessThreshold: 100, PlannedAt: &now, AcceptedAt: &now, AcceptedBy: &by,
	}
	planned.Key, planned.Name, planned.Sources = key, r.Name+" to a share that grows", domain.BroughtBy(domain.SourceAPI)
	if es := planned.Check(); len(es) > 0 {
		return nil, nil, es.Under("input").Err()
	}
	d, _ := a.estate.Creating(planned)
	d.Known = append(d.Known, r)
	d.Hold(r)
	d.Join(domain.RelDeploys, planned, store.ID(r.ID))
	var before *domain.Wave
	for i, share := range in.Shares {
		w := &domain.Wave{Ordinal: i + 1, Gate: domain.NoGate, Status: domain.WavePending, Exposure: &share}
		w.ID, w.Key, w.Name, w.Sources = a.estate.NewID(), fmt.Sprintf("%s/wave-%d", key, w.Ordinal), fmt.Sprintf("%d %%", share), domain.BroughtBy(domain.SourceAPI)
		d.Create(w)
		d.Join(domain.RelHasWave, planned, store.ID(w.ID))
		if before != nil {
			d.Join(domain.RelAfter, w, store.ID(before.ID))
		}
		before = w
	}
	return d, planned, nil
}
