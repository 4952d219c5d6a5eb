package media

import (
	"context"
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// LibraryFinding is an installation that is not as the library and the releases
// say (L3, R15), with what shows it.
type LibraryFinding struct {
	Kind LibraryFindingKind
	Item *domain.ConfigurationItem
	Site *domain.Site
	// Version is the one that is wrong, nil where it is not known.
	Version *string
	// Deployed is the version that ought to be there, nil for none.
	Deployed *string
	// Rollout is the last one of the item there, nil where there was none.
	Rollout *domain.SiteRollout
	Masters []*domain.MediaItem
}

// LibraryFindingKind is what an installation is found to be.
type LibraryFindingKind string

// LibraryFindings lists the installations that are not as they ought to be, by
// item and site (L3, R15). A page goes through what is installed until it is full,
// and no further than the report goes: the next begins where it ended.
func (a *Area) LibraryFindings(ctx context.Context, first *int, after *string) (*listing.Rows[LibraryFinding], error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindMediaItem); err != nil {
		return nil, err
	}
	rows, err := listing.NewRows[LibraryFinding](first, after)
	if err != nil {
		return nil, err
	}
	v := a.estate.Today(ctx)
	policies, err := a.policies.InForce(ctx, v)
	if err != nil {
		return nil, err
	}
	from := rows.From()
	for range a.report.steps {
		items, err := a.installedSoftware(ctx, v, from)
		if err != nil {
			return nil, err
		}
		more, err := a.inspect(ctx, v, policies, items, rows)
		if err != nil || !more || len(items) < a.report.records {
			return rows, err
		}
		from = listing.Behind(items[len(items)-1].Key)
	}
	rows.Stop(from)
	return rows, nil
}

// installedSoftware reads some of the software that is at a site, by key.
func (a *Area) installedSoftware(ctx context.Context, v estate.View, from string) ([]*domain.ConfigurationItem, error) {
	return estate.All[*domain.ConfigurationItem](ctx, v, store.Query{First: a.report.records, Order: []store.Order{{Property: "key"}}, Filter: store.And{
		store.Compare{Property: "key", Op: store.Gte, Value: from},
		store.Compare{Property: "class", Op: store.OneOf, Value: softwareClasses()},
		store.Related{Rel: domain.RelInstalledAt, Direction: store.Out},
	}})
}

func softwareClasses() []any {
	var list []domain.Class
	for _, c := range domain.Classes {
		if library.IsSoftware(c) {
			list = append(list, c)
		}
	}
	return store.AnyOf(list)
}

// inspect adds what is found of some items, and reports whether the page takes
// more.
func (a *Area) inspect(ctx context.Context, v estate.View, policies *policy.InForce, items []*domain.ConfigurationItem, rows *listing.Rows[LibraryFinding]) (more bool, err error) {
	ids := make([]store.ID, len(items))
	for i, item := range items {
		ids[i] = store.ID(item.ID)
	}
	if len(ids) == 0 {
		return true, nil
	}
	installed, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return false, refusal.OfStore(err)
	}
	masters, err := estate.Linked[*domain.MediaItem](ctx, v, ids, domain.RelMasterOf, store.In)
	if err != nil {
		return false, err
	}
	released, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelChanges, Direction: store.In, Kind: domain.KindRelease, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return false, refusal.OfStore(err)
	}
	chosen, err := policies.ForEach(ctx, items)
	if err != nil {
		return false, err
	}
	asked := make([]rollout.Asked, len(items))
	for i, item := range items {
		asked[i] = rollout.Asked{Item: item, Versions: policy.NumberingOf(chosen[i].Policy).Items}
	}
	deployed, err := lastDeployed(ctx, v, a.rollouts, asked)
	if err != nil {
		return false, err
	}
	for i, item := range items {
		found := library.Found{Item: item.Key, Class: item.Class, Versions: asked[i].Versions, Released: wentLive(released[i])}
		byMaster := map[string]*domain.MediaItem{}
		for _, m := range masters[ids[i]] {
			byMaster[m.Key] = m
			found.Masters = append(found.Masters, library.Master{Key: m.Key, Version: m.ProductVersion, Approved: m.Status.Mastered()})
		}
		if !a.judge(ctx, v, item, found, byMaster, deployed, installed[i], rows) {
			return false, nil
		}
	}
	return true, nil
}

// deployed is what roll-outs put last where, with their records by key.
type deployed struct {
	last     map[library.Place]*library.Rollout
	rollouts map[string]*domain.SiteRollout
}

// lastDeployed finds what the last roll-outs of some items put at their sites.
func lastDeployed(ctx context.Context, v estate.View, rollouts *rollout.Area, items []rollout.Asked) (deployed, error) {
	d := deployed{rollouts: map[string]*domain.SiteRollout{}}
	steps, err := rollouts.Steps(ctx, v, items)
	if err != nil {
		return d, err
	}
	if d.last, err = library.Last(ctx, steps.List); err != nil {
		return d, err
	}
	var nodes []store.Node
	for _, r := range d.last {
		nodes = append(nodes, steps.Rollouts[r.Key])
	}
	for _, r := range estate.Decoded[*domain.SiteRollout](ctx, v, nodes) {
		d.rollouts[r.Key] = r
	}
	return d, nil
}

// wentLive are the versions to which releases that went live brought an item.
func wentLive(page store.EdgePage) (list []string) {
	for j, n := range page.Nodes {
		if domain.ReleaseStatus(n.Props.Text("status")).WentLive() {
			list = append(list, page.Edges[j].Props.Text("toVersion"))
		}
	}
	return list
}

// judge adds what is found of an item at its sites.
func (a *Area) judge(
	ctx context.Context, v estate.View, item *domain.ConfigurationItem, f library.Found, masters map[string]*domain.MediaItem, d deployed, at store.EdgePage, rows *listing.Rows[LibraryFinding],
) bool {
	for j, site := range estate.Decoded[*domain.Site](ctx, v, at.Nodes) {
		f.Site, f.Rollout = site.Key, d.last[library.Place{Item: item.Key, Site: site.Key}]
		f.Version, f.Active = at.Edges[j].Props.Text("version"), at.Edges[j].Props.Text("activeVersion")
		for n, one := range library.Judge(f) {
			row := &LibraryFinding{
				Kind: LibraryFindingKind(one.Kind), Item: item, Site: site, Version: optional.Text(one.Version), Deployed: optional.Text(one.Deployed),
				Rollout: d.rollouts[one.Rollout], Masters: []*domain.MediaItem{},
			}
			for _, key := range one.Masters {
				row.Masters = append(row.Masters, masters[key])
			}
			if !rows.Add(item.Key, fmt.Sprintf("%s\n%02d", site.Key, n), row) {
				return false
			}
		}
	}
	return true
}
