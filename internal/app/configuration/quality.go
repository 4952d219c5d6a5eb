package configuration

import (
	"context"
	"time"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// DataQuality is what is doubtful in an estate (C8). Each check is made when it
// is asked for.
type DataQuality struct {
	a      *Area
	filter map[string]any // only items that match; nil: all
}

// DataQuality begins the checks of the items that match a filter.
func (a *Area) DataQuality(ctx context.Context, filter map[string]any) (*DataQuality, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	if _, err := a.ParseFilter(ctx, entity.KindNamed(domain.KindConfigurationItem), filter); err != nil {
		return nil, err
	}
	return &DataQuality{a: a, filter: filter}, nil
}

// Doubtful is a condition in the form of a list's filter.
type Doubtful = map[string]any

var none = Doubtful{"none": Doubtful{}}

// WithoutOwner lists the items that neither a party nor a text says who
// answers for.
func (q *DataQuality) WithoutOwner(ctx context.Context, first *int, after *string) (*listing.Page, error) {
	return q.items(ctx, Doubtful{"owner": Doubtful{"isNull": true}, "ownedBy": none}, first, after)
}

// Orphans lists the items without any relationship, of either direction.
func (q *DataQuality) Orphans(ctx context.Context, first *int, after *string) (*listing.Page, error) {
	alone := Doubtful{}
	for _, r := range entity.Relationships() {
		if r.From == domain.KindConfigurationItem {
			alone[r.Field] = none
		}
		if r.To == domain.KindConfigurationItem && r.Inverse != "" {
			alone[r.Inverse] = none
		}
	}
	return q.items(ctx, alone, first, after)
}

// WithoutAgreement lists the services that no dependency, of either direction,
// joins to a service level agreement.
func (q *DataQuality) WithoutAgreement(ctx context.Context, first *int, after *string) (*listing.Page, error) {
	noAgreement := Doubtful{"none": Doubtful{"class": Doubtful{"eq": string(domain.ServiceLevelAgreement)}}}
	return q.items(ctx, Doubtful{
		"class": Doubtful{"eq": string(domain.Service)}, "dependsOn": noAgreement, "dependents": noAgreement,
	}, first, after)
}

// Stale lists the items that nobody has changed or confirmed since: confirming
// one is a change, too.
func (q *DataQuality) Stale(ctx context.Context, since time.Time, first *int, after *string) (*listing.Page, error) {
	return q.items(ctx, Doubtful{"updatedAt": Doubtful{"lt": since}}, first, after)
}

// items lists those of the items asked about that are doubtful.
func (q *DataQuality) items(ctx context.Context, d Doubtful, first *int, after *string) (*listing.Page, error) {
	return q.a.records.Records(ctx, domain.KindConfigurationItem, listing.List{Filter: q.both(d), First: first, After: after})
}

func (q *DataQuality) both(d Doubtful) map[string]any {
	if q.filter == nil {
		return d
	}
	return Doubtful{"and": []any{q.filter, d}}
}

// Duplicates is a page of groups of items that share what should be each one's
// own, the largest group first.
type Duplicates struct {
	FindingPage[DuplicateGroup]
	// Items counts the items in all groups.
	Items int
}

// DuplicateGroup is the items that share some values.
type DuplicateGroup struct {
	records.CountGroup
	q      *DataQuality
	shared store.Filter
}

// Duplicates finds items that share all of these attributes, such as a serial
// number, or without any, their name and class. Items that lack one share
// nothing.
func (q *DataQuality) Duplicates(ctx context.Context, attributes []string, first *int, after *string) (*Duplicates, error) {
	k := entity.KindNamed(domain.KindConfigurationItem)
	by, byErr := k.ParseGrouping(nil, attributes)
	if len(attributes) == 0 {
		by = []string{"name", "class"}
	}
	limit, firstErr := records.GroupLimit(first)
	if err := refusal.Both(byErr, firstErr); err != nil {
		return nil, err
	}
	filter, err := q.a.ParseFilter(ctx, k, q.filter)
	if err != nil {
		return nil, err
	}
	groups, err := q.a.estate.Today(ctx).Aggregate(ctx, store.Aggregation{Kind: k.Name, Filter: having(filter, by), By: by, AtLeast: 2})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return q.duplicates(by, groups, limit, after)
}

func (q *DataQuality) duplicates(by []string, groups []store.Group, limit int, after *string) (*Duplicates, error) {
	d := &Duplicates{}
	all := make([]Finding[DuplicateGroup], len(groups))
	for i, g := range groups {
		values := store.Props{}
		for n, v := range g.Values {
			values[by[n]] = v
		}
		name, err := store.AppendProps(nil, values)
		if err != nil {
			return nil, err
		}
		counted := records.CountsOf(by, []store.Group{g}, 1).Groups[0]
		all[i] = Finding[DuplicateGroup]{
			Size: int(g.Count), Name: string(name), Node: &DuplicateGroup{CountGroup: *counted, q: q, shared: sharedBy(by, g.Values)},
		}
		d.Items += int(g.Count)
	}
	page, err := PageOf(all, limit, after)
	if err != nil {
		return nil, err
	}
	d.FindingPage = *page
	return d, nil
}

// having selects the items that have all of the properties.
func having(filter store.Filter, properties []string) store.Filter {
	all := store.And{}
	if filter != nil {
		all = append(all, filter)
	}
	for _, p := range properties {
		all = append(all, store.Not{Filter: store.Compare{Property: p, Op: store.IsNull}})
	}
	return all
}

// sharedBy selects the items that have these very values: attributes are
// compared as the texts by which they were grouped.
func sharedBy(by []string, values []any) store.Filter {
	shared := store.And{}
	for i, v := range values {
		shared = append(shared, store.Compare{Property: by[i], Op: store.Eq, Value: v})
	}
	return shared
}

// Members lists the items of the group.
func (g *DuplicateGroup) Members(ctx context.Context, first *int, after *string) (*listing.Page, error) {
	return g.q.a.records.Records(ctx, domain.KindConfigurationItem, listing.List{Filter: g.q.filter, Within: g.shared, First: first, After: after})
}
