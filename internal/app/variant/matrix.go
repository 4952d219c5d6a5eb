package variant

import (
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
	"releasegraph/internal/store"
)

// VersionMatrix is which versions of a unit are where (R18).
type VersionMatrix struct {
	// Variants counts the different rows: how many versions of the unit are live.
	Variants int
	Rows     []*MatrixRow
}

// MatrixRow is what a site has of a unit.
type MatrixRow struct {
	Site *domain.Site
	// Version is the one that all items have, or each item with its own.
	Version string
	// Since is when the last of them came.
	Since *time.Time
	// Release is the last one deployed there that agrees with the versions, nil when
	// none does.
	Release  *domain.Release
	Versions []*SiteVersion
}

// SiteVersion is an item at a site, and the version that runs.
type SiteVersion struct {
	Item    *domain.ConfigurationItem
	Version string
	Since   *time.Time
}

// VersionMatrix tells which versions of a unit's items are at which sites, as far
// as the caller may see them (R18).
func (a *Area) VersionMatrix(ctx context.Context, unit domain.Ref, asOf *domain.AsOf) (*VersionMatrix, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindReleaseUnit); err != nil {
		return nil, err
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	found, err := estate.One[*domain.ReleaseUnit](ctx, v, unit, "unit")
	if err != nil {
		return nil, err
	}
	id := store.ID(found.ID)
	grouped, err := estate.Linked[*domain.ConfigurationItem](ctx, v, []store.ID{id}, domain.RelGroups, store.Out)
	if err != nil || len(grouped[id]) == 0 {
		return &VersionMatrix{Rows: []*MatrixRow{}}, err
	}
	return a.matrix(ctx, v, grouped[id])
}

func (a *Area) matrix(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (*VersionMatrix, error) {
	ids := make([]store.ID, len(items))
	byItem := map[string]*domain.ConfigurationItem{}
	for i, item := range items {
		ids[i], byItem[item.Key] = store.ID(item.ID), item
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var standing []release.Standing
	sites, since := map[string]store.Node{}, map[[2]string]time.Time{}
	for i, page := range pages {
		for j, n := range page.Nodes {
			e, site := page.Edges[j], n.Props.Text("key")
			sites[site] = n
			standing = append(standing, release.Standing{
				Item: items[i].Key, Site: site, Version: e.Props.Text("version"), Active: e.Props.Text("activeVersion"),
			})
			since[[2]string{items[i].Key, site}], _ = e.Props["since"].(time.Time)
		}
	}
	c, err := a.policies.ForItems(ctx, v, items)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = item.Key
	}
	versions := policy.NumberingOf(c.Policy).Items
	arrived, releases, err := a.arrived(ctx, v, items, versions)
	if err != nil {
		return nil, err
	}
	rows, err := release.Matrix(ctx, keys, standing, arrived, versions)
	if err != nil {
		return nil, err
	}
	spread, err := release.Variants(ctx, keys, standing, nil, nil, true, versions)
	if err != nil {
		return nil, err
	}
	out := &VersionMatrix{Variants: spread.Now, Rows: make([]*MatrixRow, len(rows))}
	nodes := make([]store.Node, len(rows))
	for i, row := range rows {
		nodes[i] = sites[row.Site]
	}
	seen := estate.Decoded[*domain.Site](ctx, v, nodes)
	shown := releasesOf(ctx, v, rows, releases)
	for i, row := range rows {
		out.Rows[i] = rowOf(row, seen[i], keys, byItem, since)
		out.Rows[i].Release = shown[row.Release]
	}
	return out, nil
}

// arrived are the releases as they were deployed at sites, what was backed out left
// out, with their records by key.
func (a *Area) arrived(ctx context.Context, v estate.View, items []*domain.ConfigurationItem, versions *version.Reader) ([]release.Arrived, map[string]store.Node, error) {
	asked := make([]rollout.Asked, len(items))
	for i, item := range items {
		asked[i] = rollout.Asked{Item: item, Versions: versions}
	}
	steps, err := a.rollouts.Steps(ctx, v, asked)
	if err != nil {
		return nil, nil, err
	}
	byKey := map[string]*release.Arrived{}
	for _, s := range steps.List {
		if s.BackedOut || s.Release == "" {
			continue
		}
		if byKey[s.Key] == nil {
			byKey[s.Key] = &release.Arrived{Release: s.Release, Site: s.Site, At: s.At}
		}
		c := release.Content{Item: s.Item, Action: release.Modify, To: s.To}
		if s.Removes {
			c.Action = release.Remove
		}
		byKey[s.Key].Contents = append(byKey[s.Key].Contents, c)
	}
	list := make([]release.Arrived, 0, len(byKey))
	for _, one := range byKey {
		list = append(list, *one)
	}
	return list, steps.Releases, nil
}

// releasesOf are the releases that rows show, by key.
func releasesOf(ctx context.Context, v estate.View, rows []release.MatrixRow, known map[string]store.Node) map[string]*domain.Release {
	var nodes []store.Node
	for _, row := range rows {
		if row.Release != "" {
			nodes = append(nodes, known[row.Release])
		}
	}
	list := map[string]*domain.Release{}
	for _, r := range estate.Decoded[*domain.Release](ctx, v, nodes) {
		list[r.Key] = r
	}
	return list
}

// rowOf is a row as people read it.
func rowOf(row release.MatrixRow, site *domain.Site, items []string, byItem map[string]*domain.ConfigurationItem, since map[[2]string]time.Time) *MatrixRow {
	out := &MatrixRow{Site: site, Versions: []*SiteVersion{}}
	var each, different []string
	for _, key := range items {
		has, there := row.Versions[key]
		if !there {
			continue
		}
		one := &SiteVersion{Item: byItem[key], Version: has}
		if at := since[[2]string{key, row.Site}]; !at.IsZero() {
			one.Since = &at
			if out.Since == nil || at.After(*out.Since) {
				out.Since = &at
			}
		}
		out.Versions = append(out.Versions, one)
		each = append(each, key+" "+has)
		if !slices.Contains(different, has) {
			different = append(different, has)
		}
	}
	out.Version = strings.Join(each, ", ")
	if len(different) == 1 {
		out.Version = different[0]
	}
	return out
}
