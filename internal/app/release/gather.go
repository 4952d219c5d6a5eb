package release

import (
	"context"
	"math"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
	"releasegraph/internal/store"
)

// Gather asks for a package of the emergency fixes that went live after an
// instant, or after a release did.
type Gather struct {
	Since          Since
	Key            string
	Name           *string
	ReleaseVersion *string
}

// Since is an instant, or the one when a release went live.
type Since struct {
	Time    *time.Time
	Release *domain.Ref
}

// GatherEmergencyFixes makes a PACKAGE of every emergency fix since a moment that
// is in no package yet (R9, R16).
func (a *Area) GatherEmergencyFixes(ctx context.Context, in Gather, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Lead, Kind: domain.KindRelease, Options: o, Input: []any{"gather", domain.KindRelease, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		since, err := a.sinceWhen(ctx, in.Since)
		if err != nil {
			return nil, nil, err
		}
		found, err := a.fixes(ctx, a.estate.Unnamed(ctx))
		if err != nil {
			return nil, nil, err
		}
		policy, err := a.policyOfFixes(ctx, found, since)
		if err != nil {
			return nil, nil, err
		}
		keys, err := release.Gather(found.list, since, policy.Package.MaxReleases, policy.Package.MaxItems)
		if err != nil {
			return nil, nil, domain.Breaks("R16", "input.since", "%s", err)
		}
		if len(keys) == 0 {
			return nil, nil, domain.Breaks("R16", "input.since", "no emergency release went live since then that is in force and in no package")
		}
		pack, err := newPackage(k, in, policy, a.estate.Clock())
		if err != nil {
			return nil, nil, err
		}
		d, _ := a.estate.Creating(pack)
		for _, key := range keys {
			part := found.byKey[key]
			d.Known = append(d.Known, part)
			d.Join(domain.RelBundles, pack, store.ID(part.ID))
			d.Hold(part)
		}
		return d, pack, nil
	})
}

// policyOfFixes is the policy that applies to all that is to be gathered, the
// default where none does to all (R3).
func (a *Area) policyOfFixes(ctx context.Context, found *liveFixes, since time.Time) (*domain.ReleasePolicy, error) {
	keys, err := release.Gather(found.list, since, math.MaxInt, math.MaxInt)
	if err != nil {
		return nil, err
	}
	var items []*domain.ConfigurationItem
	seen := map[string]bool{}
	for _, key := range keys {
		for _, item := range found.items[key] {
			if !seen[item.ID] {
				seen[item.ID] = true
				items = append(items, item)
			}
		}
	}
	c, err := a.policies.ForItems(ctx, a.estate.Unnamed(ctx), items)
	if err != nil {
		return nil, err
	}
	return c.Policy, nil
}

// sinceWhen is the instant from which fixes are gathered.
func (a *Area) sinceWhen(ctx context.Context, s Since) (time.Time, error) {
	switch {
	case (s.Time == nil) == (s.Release == nil):
		return time.Time{}, refusal.Wrong("input.since", "give either time or release")
	case s.Time != nil:
		return *s.Time, nil
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), *s.Release, "input.since.release")
	if err != nil {
		return time.Time{}, err
	}
	r := found.(*domain.Release)
	if r.LiveAt == nil {
		return time.Time{}, domain.Breaks("R16", "input.since.release", "%s did not go live (%s): there is no moment since which to gather", r.Key, r.Status)
	}
	return *r.LiveAt, nil
}

// newPackage is the package, numbered by the policy's pattern where no number is
// given.
func newPackage(k *entity.Kind, in Gather, policy *domain.ReleasePolicy, now time.Time) (*domain.Release, error) {
	number := optional.Or(in.ReleaseVersion, "")
	if number == "" {
		pattern, err := version.ParseTemplate(*policy.PackagePattern, version.PackageFields)
		if err != nil {
			return nil, domain.Breaks("R3", "input.releaseVersion", "is missing, and the policy's pattern cannot be read: %s", err)
		}
		number = pattern.Expand(version.DateValues(now))
	}
	values := map[string]any{
		"key": in.Key, "releaseVersion": number, "type": string(domain.MinorRelease), "category": string(domain.PackageRelease),
	}
	if in.Name != nil {
		values["name"] = *in.Name
	}
	made, err := k.New(values, "input")
	if err != nil {
		return nil, err
	}
	r := made.(*domain.Release)
	if in.Name == nil {
		r.Name = nameOf(r, policy)
	}
	return r, nil
}

// liveFixes are the emergency releases that went live.
type liveFixes struct {
	list  []release.Fix
	byKey map[string]*domain.Release
	items map[string][]*domain.ConfigurationItem // that each changes, by its key
}

// fixes reads the emergency releases that went live, with the packages that bundle
// them (R16).
func (a *Area) fixes(ctx context.Context, v estate.View) (*liveFixes, error) {
	out := &liveFixes{byKey: map[string]*domain.Release{}, items: map[string][]*domain.ConfigurationItem{}}
	var nodes []store.Node
	for _, status := range []domain.ReleaseStatus{domain.ReleaseVerifying, domain.ReleaseClosed} {
		found, err := allOf(ctx, v, store.And{
			store.Compare{Property: "type", Op: store.Eq, Value: string(domain.EmergencyRelease)},
			store.Compare{Property: "status", Op: store.Eq, Value: string(status)},
		})
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, found...)
	}
	ids := store.IDsOf(nodes)
	changed, err := estate.Linked[*domain.ConfigurationItem](ctx, v, ids, domain.RelChanges, store.Out)
	if err != nil {
		return nil, err
	}
	packed, err := v.Far(ctx, ids, domain.RelBundles, store.In, domain.KindRelease)
	if err != nil {
		return nil, err
	}
	superseded, err := supersededWhole(ctx, v, nodes)
	if err != nil {
		return nil, err
	}
	for i, r := range estate.Decoded[*domain.Release](ctx, v, nodes) {
		n := nodes[i]
		out.byKey[r.Key] = r
		fix := release.Fix{Release: r.Key, Type: release.Emergency, Status: r.Status, Superseded: superseded[n.ID], LiveAt: optional.Or(r.LiveAt, r.UpdatedAt)}
		for _, i := range changed[n.ID] {
			fix.Items = append(fix.Items, i.Key)
		}
		out.items[r.Key] = changed[n.ID]
		for _, p := range packed[n.ID] {
			fix.Packages = append(fix.Packages, release.Status(p.Props.Text("status")))
		}
		out.list = append(out.list, fix)
	}
	return out, nil
}

// supersededWhole tells which releases others have superseded in all of their
// units (R1).
func supersededWhole(ctx context.Context, v estate.View, nodes []store.Node) (map[store.ID]bool, error) {
	whole := map[store.ID]bool{}
	if len(nodes) == 0 {
		return whole, nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: store.IDsOf(nodes), Rel: domain.RelSupersedes, Direction: store.In, Kind: domain.KindRelease, Order: byKey})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	releases := estate.Decoded[*domain.Release](ctx, v, nodes)
	for i, page := range pages {
		if len(page.Edges) == 0 {
			continue
		}
		var by []release.Superseded
		for _, e := range page.Edges {
			keys, _ := e.Props["units"].([]string)
			one := release.Superseded{}
			for _, key := range keys {
				one.Units = append(one.Units, release.Unit{Key: key})
			}
			by = append(by, one)
		}
		r := releases[i]
		g, err := read(ctx, v, r)
		if err != nil {
			return nil, err
		}
		h, err := g.holding(ctx, g.parts[r.Key])
		if err != nil {
			return nil, err
		}
		units := slices.Clone(h.Units)
		for j := range units {
			units[j].Own = false // links name units and single items alike
		}
		whole[nodes[i].ID] = release.Whole(units, by)
	}
	return whole, nil
}

// allOf finds all releases that a filter selects.
func allOf(ctx context.Context, v estate.View, f store.Filter) ([]store.Node, error) {
	page, err := v.Find(ctx, store.Query{Kind: domain.KindRelease, Order: byKey, Filter: f})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return page.Nodes, nil
}
