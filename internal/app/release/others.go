package release

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// other is another release that touches the same units.
type other struct {
	release *domain.Release
	changes []release.Content
}

// neighbours reads the releases that change something of the units of the release,
// and of the units that share an item with these. What is read grows with the
// units and their releases, not with the estate.
func (g *reading) neighbours(ctx context.Context) ([]*other, error) {
	changes := []release.Content{}
	for _, p := range g.carriers() {
		changes = append(changes, p.changes...)
	}
	// As FULL releases would hold it, since others may be FULL.
	all, err := release.Close(ctx, g.units, release.Full, changes)
	if err != nil {
		return nil, err
	}
	var items []store.ID
	for _, one := range all.Items {
		items = append(items, store.ID(g.units.items[one.Item].ID))
	}
	if len(items) == 0 {
		return nil, nil
	}
	pages, err := g.view.Edges(ctx, store.EdgeQuery{Nodes: items, Rel: domain.RelChanges, Direction: store.In, Kind: domain.KindRelease, Order: byKey})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range pages {
		nodes = append(nodes, page.Nodes...)
	}
	releases := estate.Decoded[*domain.Release](ctx, g.view, nodes)
	byID, list := map[store.ID]*other{}, []*other{}
	for i, page := range pages {
		for j, n := range page.Nodes {
			r := releases[0]
			releases = releases[1:]
			o := byID[n.ID]
			if o == nil {
				o = &other{release: r}
				byID[n.ID] = o
				list = append(list, o)
			}
			o.changes = append(o.changes, ContentOf(g.units.items[all.Items[i].Item], page.Edges[j]))
		}
	}
	slices.SortFunc(list, func(a, b *other) int { return cmp.Compare(a.release.Key, b.release.Key) })
	return list, nil
}

// holding works out what of the units the other release holds.
func (o *other) holding(ctx context.Context, u *Units) (*release.Holding, error) {
	return release.Close(ctx, u, o.release.Category, o.changes)
}

// readOthers reads the numbers of the releases that hold one of the same units, or
// of a package those of the packages of its policy (R3).
func (f *facts) readOthers(ctx context.Context) error {
	if f.of.Category == domain.PackageRelease {
		var err error
		f.packages, err = packagesOf(ctx, f.view, f.policy)
		return err
	}
	list, err := f.neighbours(ctx)
	if err != nil {
		return err
	}
	for _, o := range list {
		h, err := o.holding(ctx, f.units)
		if err != nil {
			return err
		}
		f.near = append(f.near, o)
		f.others = append(f.others, numbered(o.release, h.Units))
	}
	return nil
}

func numbered(r *domain.Release, units []release.Unit) release.Numbered {
	return release.Numbered{
		Release: r.Key, Number: r.ReleaseVersion, Type: r.Type, Status: r.Status, Units: units,
	}
}

// packagesOf reads the numbers of the packages that follow a policy (R3).
func packagesOf(ctx context.Context, v estate.View, c *policy.Chosen) ([]release.Numbered, error) {
	if c.Record == nil {
		return nil, nil
	}
	id := store.ID(c.Record.ID)
	far, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id}, domain.RelFollows, store.In)
	if err != nil {
		return nil, err
	}
	var list []release.Numbered
	for _, r := range far[id] {
		if r.Category == domain.PackageRelease {
			list = append(list, numbered(r, nil))
		}
	}
	return list, nil
}
