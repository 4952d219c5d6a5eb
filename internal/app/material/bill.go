package material

import (
	"context"
	"errors"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/bill"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// BillOfMaterials is a bill in the kit of a release, compared with what the graph
// says that its software is made of once the release is in.
type BillOfMaterials struct {
	Media *domain.MediaItem
	// Of is the software that it is the bill of; nil: it does not say, and is
	// compared with the parts of all that the release holds.
	Of *domain.ConfigurationItem
	// Components is how many packages it names, Total how many differ.
	Components, Total int
	// Problem says why it could not be compared; nil: it was.
	Problem *string

	different []*BillDifference
}

// BillDifference is a package that a bill and the graph do not both have in the
// same versions.
type BillDifference struct {
	Kind     BillDifferenceKind
	Package  string
	Versions []string
	Parts    []*domain.ConfigurationItem
}

// BillDifferenceKind says how a package differs.
type BillDifferenceKind string

// Differences are the first packages that differ, by name.
func (b *BillOfMaterials) Differences(first int) ([]*BillDifference, error) {
	if first < 0 {
		return nil, &domain.Error{Code: domain.Invalid, Field: "first", Message: "must not be negative"}
	}
	return b.different[:min(first, len(b.different))], nil
}

// Bills compares the bills of materials in the kit of a release with the parts
// (PART_OF) that the graph knows of its software, in the versions in which the
// release leaves them.
func (a *Area) Bills(ctx context.Context, r *domain.Release) ([]*BillOfMaterials, error) {
	s, err := a.releases.StandingFor(ctx, r)
	if err != nil {
		return nil, err
	}
	var ids []store.ID
	list := []*BillOfMaterials{}
	for _, m := range s.Kit {
		if m.Kind == domain.MediaSbom {
			list, ids = append(list, &BillOfMaterials{Media: m}), append(ids, store.ID(m.ID))
		}
	}
	masters, err := estate.Linked[*domain.ConfigurationItem](ctx, s.View, ids, domain.RelMasterOf, store.Out)
	if err != nil {
		return nil, err
	}
	for i, b := range list {
		whole := s.Items
		if b.Of = optional.First(masters[ids[i]]); b.Of != nil {
			whole = []*domain.ConfigurationItem{b.Of}
		}
		if err := a.compare(ctx, s, b, whole); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// compare compares a bill with the parts of some items. What keeps it from being
// read is told with it.
func (a *Area) compare(ctx context.Context, s *release.Standing, b *BillOfMaterials, whole []*domain.ConfigurationItem) error {
	components, err := a.components(ctx, b.Media)
	var known *domain.Error
	switch {
	case errors.As(err, &known):
		b.Problem = &known.Message
		return nil
	case err != nil:
		return err
	}
	items, err := partsOf(ctx, s.View, whole)
	if err != nil {
		return err
	}
	parts := left(s.Signed().Contents, items)
	for _, item := range whole {
		parts = append(parts, left(s.Signed().Contents, map[string]*domain.ConfigurationItem{item.Key: item})...)
		parts[len(parts)-1].Whole, items[item.Key] = true, item
	}
	different, err := bill.Compare(ctx, components, parts)
	b.Components, b.Total = len(components), len(different)
	for _, d := range different {
		one := &BillDifference{Kind: BillDifferenceKind(d.Kind), Package: d.Package, Versions: d.Versions, Parts: []*domain.ConfigurationItem{}}
		for _, key := range d.Parts {
			one.Parts = append(one.Parts, items[key])
		}
		b.different = append(b.different, one)
	}
	return err
}

func (a *Area) components(ctx context.Context, m *domain.MediaItem) ([]bill.Component, error) {
	switch {
	case a.reader == nil:
		return nil, &domain.Error{Code: domain.Unavailable, Message: "this server has no media library: it is named by --media"}
	case !m.Stored:
		return nil, domain.Breaks("L2", "", "its bytes are not in the library")
	case m.Damaged():
		return nil, domain.Breaks("L2", "", "no copy of it in the library is as it was declared: put its bytes again")
	}
	return a.reader.Components(ctx, m)
}

// partsOf reads the parts of some items and theirs, by key.
func partsOf(ctx context.Context, v estate.View, whole []*domain.ConfigurationItem) (map[string]*domain.ConfigurationItem, error) {
	seen, parts := map[store.ID]bool{}, map[string]*domain.ConfigurationItem{}
	q := store.EdgeQuery{
		Rel: domain.RelDependsOn, Direction: store.In, Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}},
		EdgeFilter: store.Compare{Property: "kind", Op: store.Eq, Value: string(domain.PartOf)},
	}
	for _, item := range whole {
		seen[store.ID(item.ID)] = true
		q.Nodes = append(q.Nodes, store.ID(item.ID))
	}
	for len(q.Nodes) > 0 {
		pages, err := v.Edges(ctx, q)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		var found []store.Node
		q.Nodes = nil
		for _, page := range pages {
			for _, n := range page.Nodes {
				if !seen[n.ID] {
					seen[n.ID] = true
					found, q.Nodes = append(found, n), append(q.Nodes, n.ID)
				}
			}
		}
		for _, item := range estate.Decoded[*domain.ConfigurationItem](ctx, v, found) {
			parts[item.Key] = item
		}
	}
	return parts, nil
}

// left are the parts as a release leaves them: in its versions, without what it
// removes and what is not used any more.
func left(contents []plan.Content, items map[string]*domain.ConfigurationItem) []bill.Part {
	changed := map[string]plan.Content{}
	for _, c := range contents {
		changed[c.Item] = c
	}
	var parts []bill.Part
	for key, item := range items {
		c, changes := changed[key]
		if c.Action == plan.Remove || !item.Status.Changeable() {
			continue
		}
		one := bill.Part{Key: key, Component: bill.Component{Name: item.Name, Purl: item.Attributes["purl"]}}
		if one.Purl == "" {
			one.Purl = key
		}
		if item.ProductVersion != nil {
			one.Version = *item.ProductVersion
		}
		if changes && c.To != "" {
			one.Version = c.To
		}
		parts = append(parts, one)
	}
	return parts
}
