package calendar

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// OpeningMatches is what a maintenance window or a freeze is for, of what there
// is now and may be seen.
type OpeningMatches struct {
	// Items are those of its classes and environments, Sites those that it
	// names, with their parts, and those of its regions.
	Items, Sites, Services int
	// Warnings are what it names, and nothing has.
	Warnings []*OpeningWarning
}

// OpeningWarning says of what a window or freeze names that nothing has it.
type OpeningWarning struct {
	Field       string
	Message     string
	Suggestions []string
}

// Matches tells what a window or a freeze is for.
func (a *Area) Matches(ctx context.Context, r entity.Record) (*OpeningMatches, error) {
	v, c := a.Today(ctx), a.CohortOf(ctx, r)
	named, err := estate.LoadOf[*Opening](c, "named").Get(func() (map[store.ID]*Opening, error) { return named(ctx, v, c) })
	if err != nil {
		return nil, err
	}
	return named[store.ID(r.Meta().ID)].matches(ctx, v)
}

// named reads what the openings of a cohort name in a view.
func named(ctx context.Context, v estate.View, c *estate.Cohort) (map[store.ID]*Opening, error) {
	at, of := openingRels(c.Kind.Name)
	sites, err := estate.FarNodes(ctx, v, c.Members, at, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	services, err := estate.FarNodes(ctx, v, c.Members, of, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	list := map[store.ID]*Opening{}
	for i, id := range c.Members {
		list[id] = &Opening{Record: c.Records[i], Sites: sites[id], Services: services[id]}
	}
	return list, nil
}

func (o *Opening) matches(ctx context.Context, v estate.View) (*OpeningMatches, error) {
	m := &OpeningMatches{Services: len(estate.DistinctIDs(o.Services)), Warnings: []*OpeningWarning{}}
	if o.Opening().Everywhere {
		return m, m.everything(ctx, v)
	}
	for _, step := range []func(context.Context, estate.View, *Opening) error{m.countSites, m.countItems, m.warnOfRegions} {
		if err := step(ctx, v, o); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *OpeningMatches) everything(ctx context.Context, v estate.View) error {
	for _, of := range []struct {
		kind   string
		filter store.Filter
		into   *int
	}{
		{domain.KindConfigurationItem, nil, &m.Items}, {domain.KindSite, nil, &m.Sites},
		{domain.KindConfigurationItem, store.Compare{Property: "class", Op: store.Eq, Value: string(domain.Service)}, &m.Services},
	} {
		n, err := v.Count(ctx, of.kind, of.filter)
		if err != nil {
			return estate.StoreError(err)
		}
		*of.into = int(n)
	}
	return nil
}

func (m *OpeningMatches) countSites(ctx context.Context, v estate.View, o *Opening) error {
	sites := map[store.ID]bool{}
	if len(o.Sites) > 0 {
		parts, err := v.Walk(ctx, store.Walk{Roots: estate.DistinctIDs(o.Sites), Rels: []string{domain.RelPartOf}, Direction: store.In})
		if err != nil {
			return estate.StoreError(err)
		}
		for _, h := range parts.Hits {
			sites[h.ID] = true
		}
	}
	if regions := o.Opening().Regions; len(regions) > 0 {
		found, err := v.Find(ctx, store.Query{Kind: domain.KindSite, Filter: store.Compare{Property: "region", Op: store.OneOf, Value: estate.AnyOf(regions)}})
		if err != nil {
			return estate.StoreError(err)
		}
		for _, n := range found.Nodes {
			sites[n.ID] = true
		}
	}
	m.Sites = len(sites)
	return nil
}

// countItems counts the items of the classes and environments, and warns of
// those that have none.
func (m *OpeningMatches) countItems(ctx context.Context, v estate.View, o *Opening) error {
	of := o.Opening()
	if len(of.Classes)+len(of.Environments) == 0 {
		return nil
	}
	groups, err := v.Aggregate(ctx, store.Aggregation{Kind: domain.KindConfigurationItem, By: []string{"class", "environment"}})
	if err != nil {
		return estate.StoreError(err)
	}
	classes, environments := map[domain.Class]bool{}, map[domain.Environment]bool{}
	for _, g := range groups {
		class, environment := domain.Class(estate.Text(g.Values[0])), domain.Environment(estate.Text(g.Values[1]))
		classes[class], environments[environment] = true, true
		if slices.Contains(of.Classes, class) || slices.Contains(of.Environments, environment) {
			m.Items += int(g.Count)
		}
	}
	for i, c := range of.Classes {
		if !classes[c] {
			m.warn(estate.Element("classes", i), nil, "there is no item of class %s", c)
		}
	}
	for i, e := range of.Environments {
		if !environments[e] {
			m.warn(estate.Element("environments", i), nil, "there is no item in the environment %s", e)
		}
	}
	return nil
}

func (m *OpeningMatches) warn(field string, suggestions []string, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if len(suggestions) > 0 {
		message += fmt.Sprintf("; there is %q", suggestions)
	}
	m.Warnings = append(m.Warnings, &OpeningWarning{Field: field, Message: message, Suggestions: append([]string{}, suggestions...)})
}

// warnOfRegions warns of regions in which no site lies.
func (m *OpeningMatches) warnOfRegions(ctx context.Context, v estate.View, o *Opening) error {
	if len(o.Opening().Regions) == 0 {
		return nil
	}
	groups, err := v.Aggregate(ctx, store.Aggregation{Kind: domain.KindSite, By: []string{"region"}})
	if err != nil {
		return estate.StoreError(err)
	}
	var known []string
	for _, g := range groups {
		if region := estate.Text(g.Values[0]); region != "" {
			known = append(known, region)
		}
	}
	slices.Sort(known)
	for i, region := range o.Opening().Regions {
		if !slices.Contains(known, region) {
			near := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return !alike(k, region) })
			m.warn(estate.Element("regions", i), near, "no site lies in the region %q", region)
		}
	}
	return nil
}

// alike reports whether two names differ in case, blanks and signs only, or by
// one letter.
func alike(a, b string) bool {
	bare := func(name string) []rune {
		return []rune(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, name))
	}
	x, y := bare(a), bare(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 || len(y) == 0 {
		return false
	}
	same := 0
	for same < len(x) && x[same] == y[same] {
		same++
	}
	if same == len(y) {
		return true
	}
	// One letter is another, or is missing.
	return len(y) > 2 && (slices.Equal(x[min(same+1, len(x)):], y[same+1:]) && len(x) == len(y) || slices.Equal(x[same:], y[same+1:]))
}
