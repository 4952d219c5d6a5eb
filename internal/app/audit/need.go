package audit

import (
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Needs is the need PRODUCTION_AUDIT (R5), where the policy says how old an audit may
// be: of each site where something that the release holds is installed. Guards hold
// where that is, and which audits there are.
func (a *Area) Needs(ctx context.Context, s *release.Standing) ([]plan.Lack, []store.Guard, error) {
	if s.Policy.AuditMaxAge == nil || !s.Asks(domain.NeedProductionAudit) {
		return nil, nil, nil
	}
	most, err := period.Parse(*s.Policy.AuditMaxAge)
	if err != nil {
		return nil, nil, err // the policy was checked when it was written
	}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	items := make([]store.ID, len(s.Items))
	for i, item := range s.Items {
		items[i] = store.ID(item.ID)
	}
	at, err := estate.Linked[*domain.Site](ctx, s.View, items, domain.RelInstalledAt, store.Out)
	if err != nil {
		return nil, nil, err
	}
	sites := map[string]store.ID{}
	for _, list := range at {
		for _, site := range list {
			sites[site.Key] = store.ID(site.ID)
		}
	}
	last, err := lastAudits(ctx, s.View, sites)
	var guards []store.Guard
	for _, rel := range []string{domain.RelAudits, domain.RelInstalledAt} {
		guards = append(guards, store.Unchanged{Since: store.Revision(since), Rel: rel})
	}
	return plan.Audited(slices.Sorted(maps.Keys(sites)), last, most, a.estate.Clock()), guards, err
}

// lastAudits are when some sites were last audited, by their keys.
func lastAudits(ctx context.Context, v estate.View, sites map[string]store.ID) (map[string]time.Time, error) {
	far, err := estate.Linked[*domain.ConfigurationAudit](ctx, v, slices.Sorted(maps.Values(sites)), domain.RelAudits, store.In)
	last := map[string]time.Time{}
	for key, id := range sites {
		for _, one := range far[id] {
			if one.AuditedAt.After(last[key]) {
				last[key] = one.AuditedAt
			}
		}
	}
	return last, err
}
