package media

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/period"
	"releasegraph/internal/store"
)

// AcceptMediaItem accepts what is in quarantine: its bytes are as declared, a
// licence covers it, the policy's criteria hold (L1). Who put it there does not.
func (a *Area) AcceptMediaItem(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, domain.AcceptMediaItem, in, o)
}

// RefuseMediaItem refuses what is in quarantine, for a reason.
func (a *Area) RefuseMediaItem(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, domain.RefuseMediaItem, in, o)
}

// RetireMediaItem has an item deployed no more.
func (a *Area) RetireMediaItem(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, domain.RetireMediaItem, in, o)
}

// PurgeMediaItem gives up the bytes of what is retired or refused, and keeps what
// it was (L5).
func (a *Area) PurgeMediaItem(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, domain.PurgeMediaItem, in, o)
}

func (a *Area) move(ctx context.Context, verb string, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Master, Kind: domain.KindMediaItem, Options: o.Because(in.Reason), Input: []any{verb, domain.KindMediaItem, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Master, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.MediaItem)
		f, guards, err := a.factsOf(ctx, a.estate.Unnamed(ctx), before)
		if err != nil {
			return nil, nil, err
		}
		f.By, f.Reason = acting.Doer(ctx), optional.Or(in.Reason, "")
		to, errs := domain.MediaLife.Check(before.Key, verb, before.Status, f)
		if len(errs) > 0 {
			return nil, nil, errs.Under("input").Err()
		}
		after := entity.Clone(before).(*domain.MediaItem)
		after.Move(to, f)
		d := &estate.Draft{Guards: guards}
		d.Decide(before, after)
		return d, after, nil
	})
}

// Moves tells where a media item can go from where it is, and what each way lacks.
func (a *Area) Moves(ctx context.Context, m *domain.MediaItem) ([]domain.MediaMove, error) {
	f, _, err := a.factsOf(ctx, a.estate.CohortOf(ctx, m).View, m)
	if err != nil {
		return nil, err
	}
	return domain.MediaLife.From(m.Status, f), nil
}

// factsOf reads what the moves of a media item depend on. Guards hold that it
// stays so.
func (a *Area) factsOf(ctx context.Context, v estate.View, m *domain.MediaItem) (*domain.MediaFacts, []store.Guard, error) {
	f := &domain.MediaFacts{Item: m, Now: a.estate.Clock()}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	guards := []store.Guard{store.Unchanged{Since: store.Revision(since), Rel: domain.RelKitOf}}
	id := store.ID(m.ID)
	licences, err := estate.Linked[*domain.Licence](ctx, v, []store.ID{id}, domain.RelLicensedBy, store.Out)
	if err != nil {
		return nil, nil, err
	}
	copied, err := estate.Linked[*domain.ConfigurationItem](ctx, v, []store.ID{id}, domain.RelMasterOf, store.Out)
	if err != nil {
		return nil, nil, err
	}
	kits, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id}, domain.RelKitOf, store.Out)
	if err != nil {
		return nil, nil, err
	}
	items, releases := copied[id], kits[id]
	f.Licences = licences[id]
	for _, l := range f.Licences {
		guards = append(guards, store.NodeAt{ID: store.ID(l.ID), Version: int64(l.Version)})
	}
	for _, one := range releases {
		guards = append(guards, store.NodeAt{ID: store.ID(one.ID), Version: int64(one.Version)})
		switch {
		case one.Status == domain.ReleaseVerifying || one.Status == domain.ReleaseClosed:
			f.Needed = append(f.Needed, one.Key+" is live with it")
		case one.Status != domain.ReleaseCancelled && one.Status != domain.ReleaseBackedOut:
			f.Open = append(f.Open, one.Key)
		}
	}
	p, err := a.policyOf(ctx, v, items)
	if err != nil {
		return nil, nil, err
	}
	f.Criteria, f.Signature = p.MediaCriteria, p.KitSignature
	if kept, err := period.Parse(*p.Retention); err == nil && m.AcceptedAt != nil {
		f.KeptUntil = kept.After(*m.AcceptedAt)
	}
	return f, guards, running(ctx, v, m, items, p, f)
}

// policyOf is the policy that applies to what a media item is a copy of.
func (a *Area) policyOf(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (*domain.ReleasePolicy, error) {
	c, err := a.policies.ForItems(ctx, v, items)
	if err != nil {
		return nil, err
	}
	return c.Policy, nil
}

// running adds the sites where the version that an item is a copy of is installed
// (L5).
func running(ctx context.Context, v estate.View, m *domain.MediaItem, items []*domain.ConfigurationItem, p *domain.ReleasePolicy, f *domain.MediaFacts) error {
	versions := policy.NumberingOf(p).Items
	for _, item := range items {
		pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(item.ID)}, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
		if err != nil {
			return refusal.OfStore(err)
		}
		sites := 0
		for _, e := range pages[0].Edges {
			if versions.Same(e.Props.Text("version"), m.ProductVersion) || versions.Same(e.Props.Text("activeVersion"), m.ProductVersion) {
				sites++
			}
		}
		if sites > 0 {
			f.Needed = append(f.Needed, item.Key+" "+m.ProductVersion+" runs at "+plural(sites, "site"))
		}
	}
	return nil
}
