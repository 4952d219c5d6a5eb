package calendar

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
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
	v, c := a.estate.Today(ctx), a.estate.CohortOf(ctx, r)
	found, err := estate.LoadOf(c, "matches", func() (map[store.ID]*OpeningMatches, error) {
		openings, err := named(ctx, v, c)
		if err != nil {
			return nil, err
		}
		return matchAll(ctx, v, openings)
	})
	return found[store.ID(r.Meta().ID)], err
}

// named reads what the openings of a cohort name in a view.
func named(ctx context.Context, v estate.View, c *estate.Cohort) ([]*Opening, error) {
	at, of := openingRels(c.Kind.Name)
	sites, err := v.Far(ctx, c.Members, at, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	services, err := v.Far(ctx, c.Members, of, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	list := make([]*Opening, len(c.Members))
	for i, id := range c.Members {
		list[i] = &Opening{Record: c.Records[i], Sites: sites[id], Services: services[id]}
	}
	return list, nil
}

// matching is what openings are compared with: as much of the estate as any of
// them names, read at once.
type matching struct {
	whole        OpeningMatches          // of one that is for everything
	parts        map[store.ID][]store.ID // of a site that is named, or is a part
	byRegion     map[string][]store.ID   // sites
	regions      []string                // in which sites lie
	items        map[itemGroup]int
	classes      map[domain.Class]bool
	environments map[domain.Environment]bool
}

// itemGroup is the items of a class in an environment.
type itemGroup struct {
	class       domain.Class
	environment domain.Environment
}

// matchAll tells what each of some openings is for, by id.
func matchAll(ctx context.Context, v estate.View, openings []*Opening) (map[store.ID]*OpeningMatches, error) {
	m := &matching{}
	for _, read := range []func(context.Context, estate.View, []*Opening) error{m.readWhole, m.readParts, m.readRegions, m.readItems} {
		if err := read(ctx, v, openings); err != nil {
			return nil, refusal.OfStore(err)
		}
	}
	found := map[store.ID]*OpeningMatches{}
	for _, o := range openings {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found[store.ID(o.Record.Meta().ID)] = m.of(o)
	}
	return found, nil
}

// of tells what an opening is for.
func (m *matching) of(o *Opening) *OpeningMatches {
	found := &OpeningMatches{Services: len(store.DistinctIDs(o.Services)), Warnings: []*OpeningWarning{}}
	if o.Opening().Everywhere {
		found.Items, found.Sites, found.Services = m.whole.Items, m.whole.Sites, m.whole.Services
		return found
	}
	found.Sites = m.countSites(o)
	m.countItems(o.Opening(), found)
	m.warnOfRegions(o.Opening(), found)
	return found
}

// readWhole counts all that there is, if any opening is for everything.
func (m *matching) readWhole(ctx context.Context, v estate.View, openings []*Opening) error {
	if !slices.ContainsFunc(openings, func(o *Opening) bool { return o.Opening().Everywhere }) {
		return nil
	}
	for _, of := range []struct {
		kind   string
		filter store.Filter
		into   *int
	}{
		{domain.KindConfigurationItem, nil, &m.whole.Items}, {domain.KindSite, nil, &m.whole.Sites},
		{domain.KindConfigurationItem, store.Compare{Property: "class", Op: store.Eq, Value: string(domain.Service)}, &m.whole.Services},
	} {
		n, err := v.Count(ctx, of.kind, of.filter)
		if err != nil {
			return err
		}
		*of.into = int(n)
	}
	return nil
}

// readParts reads the parts of the sites that openings name.
func (m *matching) readParts(ctx context.Context, v estate.View, openings []*Opening) error {
	var sites []store.Node
	for _, o := range openings {
		sites = append(sites, o.Sites...)
	}
	if len(sites) == 0 {
		return nil
	}
	found, err := v.Walk(ctx, store.Walk{Roots: store.DistinctIDs(sites), Rels: []string{domain.RelPartOf}, Direction: store.In})
	m.parts = map[store.ID][]store.ID{}
	for _, h := range found.Hits {
		m.parts[h.ID] = nil
	}
	for _, e := range found.Edges {
		m.parts[e.To] = append(m.parts[e.To], e.From)
	}
	return err
}

// readRegions reads which sites lie in the regions that openings name, and which
// regions there are.
func (m *matching) readRegions(ctx context.Context, v estate.View, openings []*Opening) error {
	named := map[string]bool{}
	for _, o := range openings {
		for _, region := range o.Opening().Regions {
			named[region] = true
		}
	}
	if len(named) == 0 {
		return nil
	}
	within := store.Compare{Property: "region", Op: store.OneOf, Value: store.AnyOf(slices.Sorted(maps.Keys(named)))}
	found, err := v.Find(ctx, store.Query{Kind: domain.KindSite, Filter: within})
	if err != nil {
		return err
	}
	m.byRegion = map[string][]store.ID{}
	for _, n := range found.Nodes {
		region := n.Props.Text("region")
		m.byRegion[region] = append(m.byRegion[region], n.ID)
	}
	groups, err := v.Aggregate(ctx, store.Aggregation{Kind: domain.KindSite, By: []string{"region"}})
	for _, g := range groups {
		if region, _ := g.Values[0].(string); region != "" {
			m.regions = append(m.regions, region)
		}
	}
	slices.Sort(m.regions)
	return err
}

// readItems counts the items of each class in each environment, if any opening
// names some.
func (m *matching) readItems(ctx context.Context, v estate.View, openings []*Opening) error {
	if !slices.ContainsFunc(openings, (*Opening).byFact) {
		return nil
	}
	groups, err := v.Aggregate(ctx, store.Aggregation{Kind: domain.KindConfigurationItem, By: []string{"class", "environment"}})
	m.items, m.classes, m.environments = map[itemGroup]int{}, map[domain.Class]bool{}, map[domain.Environment]bool{}
	for _, g := range groups {
		class, _ := g.Values[0].(string)
		environment, _ := g.Values[1].(string)
		of := itemGroup{domain.Class(class), domain.Environment(environment)}
		m.items[of] += int(g.Count)
		m.classes[of.class], m.environments[of.environment] = true, true
	}
	return err
}

// countSites counts the sites that an opening names, with their parts, and those
// of its regions.
func (m *matching) countSites(o *Opening) int {
	sites := map[store.ID]bool{}
	var add func(id store.ID)
	add = func(id store.ID) {
		if parts, there := m.parts[id]; there && !sites[id] {
			sites[id] = true
			for _, part := range parts {
				add(part)
			}
		}
	}
	for _, n := range o.Sites {
		add(n.ID)
	}
	for _, region := range o.Opening().Regions {
		for _, id := range m.byRegion[region] {
			sites[id] = true
		}
	}
	return len(sites)
}

// countItems counts the items of the classes and environments, and warns of
// those that have none.
func (m *matching) countItems(of *domain.Opening, found *OpeningMatches) {
	for group, n := range m.items {
		if slices.Contains(of.Classes, group.class) || slices.Contains(of.Environments, group.environment) {
			found.Items += n
		}
	}
	for i, c := range of.Classes {
		if !m.classes[c] {
			found.warn(refusal.Element("classes", i), nil, "there is no item of class %s", c)
		}
	}
	for i, e := range of.Environments {
		if !m.environments[e] {
			found.warn(refusal.Element("environments", i), nil, "there is no item in the environment %s", e)
		}
	}
}

// warnOfRegions warns of regions in which no site lies.
func (m *matching) warnOfRegions(of *domain.Opening, found *OpeningMatches) {
	for i, region := range of.Regions {
		if !slices.Contains(m.regions, region) {
			near := slices.DeleteFunc(slices.Clone(m.regions), func(k string) bool { return !alike(k, region) })
			found.warn(refusal.Element("regions", i), near, "no site lies in the region %q", region)
		}
	}
}

func (m *OpeningMatches) warn(field string, suggestions []string, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if len(suggestions) > 0 {
		message += fmt.Sprintf("; there is %q", suggestions)
	}
	m.Warnings = append(m.Warnings, &OpeningWarning{Field: field, Message: message, Suggestions: append([]string{}, suggestions...)})
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
