package closing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Notes tells what a release brings, for an audience, and how it differs from the one
// before it (R11): what the reader may see of it.
func (a *Area) Notes(ctx context.Context, r *domain.Release, audience release.NotesAudience) (*release.Notes, error) {
	n, err := a.releases.Notes(ctx, r, audience)
	if err != nil || plan.Audience(audience) == plan.Customers {
		return n, err
	}
	n.Since, err = a.since(ctx, a.estate.CohortOf(ctx, r).View, r)
	return n, err
}

// since is how a release differs from the one before it: as it was accepted, or
// would be now. Nil: none went live before.
func (a *Area) since(ctx context.Context, v estate.View, r *domain.Release) (*plan.Since, error) {
	if r.AcceptedDigest != nil {
		return accepted(ctx, v, r)
	}
	before, err := a.before(ctx, v, r)
	if err != nil || before == nil {
		return nil, err
	}
	d, err := a.difference(ctx, v, before, r)
	if err != nil {
		return nil, err
	}
	return &plan.Since{Release: before.Key, Number: before.ReleaseVersion, Items: d.items}, nil
}

// accepted reads the difference that was kept when a release was accepted.
func accepted(ctx context.Context, v estate.View, r *domain.Release) (*plan.Since, error) {
	id := store.ID(r.ID)
	far, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id}, domain.RelSucceeds, store.Out)
	if err != nil || len(far[id]) == 0 {
		return nil, err
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: []store.ID{id}, Rel: domain.RelDiffersIn, Direction: store.Out, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	since := &plan.Since{Release: far[id][0].Key, Number: far[id][0].ReleaseVersion, Accepted: true, Items: []plan.NotedDifference{}}
	for i, e := range pages[0].Edges {
		said := differsIn.DecodeLink(e.Props).(*domain.ReleaseDifference)
		since.Items = append(since.Items, plan.NotedDifference{
			Item: pages[0].Nodes[i].Props.Text("key"), Before: optional.Or(said.Before, ""), Now: optional.Or(said.Now, ""),
		})
	}
	return since, nil
}

// difference is how two releases differ, with the records that it names.
type difference struct {
	items   []plan.NotedDifference
	records map[string]*domain.ConfigurationItem
	guards  []store.Guard
}

func (a *Area) difference(ctx context.Context, v estate.View, before, now *domain.Release) (*difference, error) {
	then, err := a.releases.Standing(ctx, v, before)
	if err != nil {
		return nil, err
	}
	is, err := a.releases.Standing(ctx, v, now)
	if err != nil {
		return nil, err
	}
	d := &difference{records: map[string]*domain.ConfigurationItem{}, guards: slices.Concat(then.Guards, is.Guards)}
	for _, item := range slices.Concat(then.Items, is.Items) {
		d.records[item.Key] = item
	}
	d.items = plan.Differences(then.Signed().Contents, is.Signed().Contents, policy.NumberingOf(is.Policy).Items)
	return d, nil
}

// before is the release that went live last of those that change something of the
// same units; nil: there is none.
func (a *Area) before(ctx context.Context, v estate.View, r *domain.Release) (*domain.Release, error) {
	s, err := a.releases.Standing(ctx, v, r)
	if err != nil {
		return nil, err
	}
	items, err := together(ctx, v, s.Items)
	if err != nil {
		return nil, err
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: items, Rel: domain.RelChanges, Direction: store.In, Kind: domain.KindRelease,
		Filter: store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.ReleaseStatus{domain.ReleaseDeploying, domain.ReleaseVerifying, domain.ReleaseClosed})},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range pages {
		for _, n := range page.Nodes {
			if !slices.ContainsFunc(s.Parts, func(part *domain.Release) bool { return part.ID == string(n.ID) }) {
				nodes = append(nodes, n)
			}
		}
	}
	var last *domain.Release
	for _, q := range estate.Decoded[*domain.Release](ctx, v, nodes) {
		if last == nil || cmp.Or(wentLive(q).Compare(wentLive(last)), cmp.Compare(q.Key, last.Key)) > 0 {
			last = q
		}
	}
	return last, nil
}

// wentLive is when a release did, as far as is known.
func wentLive(r *domain.Release) time.Time {
	return optional.Or(r.LiveAt, optional.Or(r.StatusSince, r.UpdatedAt))
}

// together are some items and all that is in a unit with one of them.
func together(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (ids []store.ID, err error) {
	units := release.NewUnits(v)
	units.Know(items...)
	if _, err := units.UnitsOf(ctx, units.Items()); err != nil {
		return nil, err
	}
	if _, err := units.ItemsOf(ctx, units.Keys()); err != nil {
		return nil, err
	}
	for _, key := range units.Items() {
		ids = append(ids, store.ID(units.Item(key).ID))
	}
	return ids, nil
}

// The relationships that keep a difference.
var (
	succeeds  = entity.RelationshipsNamed(domain.RelSucceeds)[0]
	differsIn = entity.RelationshipsNamed(domain.RelDiffersIn)[0]
)

// keepDifference keeps how a release that is accepted differs from the one before it,
// and drops it of one that is planned anew (R11).
func (a rules) keepDifference(ctx context.Context, p *estate.Proposal) error {
	for _, m := range moves(p) {
		var err error
		switch m.now.Status {
		case domain.ReleaseAccepted:
			if m.was.Status == domain.ReleaseInAcceptance {
				err = a.writeDifference(ctx, p, m.was)
			}
		case domain.ReleasePlanned:
			err = a.dropDifference(ctx, p, m.now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a rules) writeDifference(ctx context.Context, p *estate.Proposal, r *domain.Release) error {
	v := a.estate.Everything()
	before, err := a.before(ctx, v, r)
	if err != nil || before == nil {
		return err
	}
	d, err := a.difference(ctx, v, before, r)
	if err != nil {
		return err
	}
	for _, g := range d.guards {
		p.Guard(g)
	}
	if err := p.Join(succeeds, r, before, nil); err != nil {
		return err
	}
	for _, one := range d.items {
		if err := p.Join(differsIn, r, d.records[one.Item], &domain.ReleaseDifference{Before: optional.Text(one.Before), Now: optional.Text(one.Now)}); err != nil {
			return err
		}
	}
	return nil
}

func (a rules) dropDifference(ctx context.Context, p *estate.Proposal, r *domain.Release) error {
	for _, rel := range []*entity.Relationship{succeeds, differsIn} {
		pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.ID)}, Rel: rel.Name, Direction: store.Out})
		if err != nil {
			return refusal.OfStore(err)
		}
		for _, e := range pages[0].Edges {
			if err := p.Part(rel, e); err != nil {
				return err
			}
		}
	}
	return nil
}
