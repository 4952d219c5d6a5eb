package resolvers_test

import (
	"fmt"
	"slices"
	"testing"
)

// estate is a shop that uses a database and a cache, at two of three sites.
func estate(t *testing.T) *api {
	t.Helper()
	a := newAPI(t)
	a.item("shop", vars{"class": "SERVICE", "criticality": 5, "attributes": vars{"tier": "1"}})
	a.item("api", vars{"criticality": 4})
	a.item("db-1", vars{"class": "DATABASE", "criticality": 4, "attributes": vars{"tier": "2"}})
	a.item("db-2", vars{"class": "DATABASE", "environment": "TEST"})
	for _, key := range []string{"par-1", "nyc-1", "tyo-1"} {
		a.site(key, nil)
	}
	a.connect("Dependency", "shop", "api", nil)
	a.connect("Dependency", "api", "db-1", vars{"redundancyGroup": "db", "minimum": 1})
	a.connect("Dependency", "api", "db-2", vars{"redundancyGroup": "db", "minimum": 1, "kind": "CONNECTS_TO"})
	a.connect("Installation", "db-1", "par-1", vars{"version": "14.2", "since": "2026-01-01T00:00:00+01:00"})
	a.connect("Installation", "db-2", "nyc-1", vars{"version": "15.0"})
	a.connect("SitePart", "nyc-1", "par-1", nil)
	return a
}

func TestItemsAreFilteredByFieldByRelationshipAndByWhatItSays(t *testing.T) {
	a := estate(t)
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{`{class: {eq: DATABASE}}`, []string{"db-1", "db-2"}},
		{`{class: {in: [SERVICE, APPLICATION]}, criticality: {gte: 5}}`, []string{"shop"}},
		{`{key: {startsWith: "db"}, not: {environment: {eq: LIVE}}}`, []string{"db-2"}},
		{`{or: [{key: {eq: "shop"}}, {key: {contains: "pi"}}]}`, []string{"api", "shop"}},
		{`{criticality: {isNull: true}}`, []string{"db-2"}},
		{`{attributes: [{name: "tier", eq: "2"}]}`, []string{"db-1"}},
		{`{attributes: [{name: "tier", isNull: true}]}`, []string{"api", "db-2"}},
		{`{dependsOn: {some: {class: {eq: DATABASE}}}}`, []string{"api"}},
		{`{dependents: {none: {}}}`, []string{"shop"}},
		{`{dependsOn: {some: {dependsOn: {some: {key: {eq: "db-1"}}}}}}`, []string{"shop"}},
		{`{installedAt: {some: {}, link: {version: {lt: "15"}}}}`, []string{"db-1"}},
		{`{dependents: {some: {}, link: {kind: {eq: CONNECTS_TO}}}}`, []string{"db-2"}},
		{`{createdAt: {lt: "2026-03-01T08:00:00Z"}}`, []string{}},
		{`{createdAt: {gte: "2026-03-01T09:00:00+01:00"}, class: {ne: DATABASE}}`, []string{"api", "shop"}},
	} {
		a.ask(`{ configurationItems(filter: `+c.filter+`, orderBy: {field: KEY}) { nodes { key } } }`, nil).
			same("configurationItems.nodes", "key", c.want...)
	}
}

func TestAFilterThatCannotBeMeantIsRefusedAtItsPath(t *testing.T) {
	a := newAPI(t)
	got := a.send(`{ sites(filter: {createdAt: {lt: "soon"}, or: [{users: {gt: null}}]}) { totalCount } }`, nil)
	got.refused("INVALID", "", "filter.createdAt.lt")
	got.refused("INVALID", "", "filter.or.0.users.gt")
}

func TestRecordsComeInTheOrderAskedNullsLast(t *testing.T) {
	a := estate(t)
	for order, want := range map[string][]string{
		`[{field: CRITICALITY, direction: DESC}, {field: KEY}]`:                 {"shop", "api", "db-1", "db-2"},
		`[{field: CRITICALITY, direction: ASC}, {field: KEY, direction: DESC}]`: {"db-1", "api", "shop", "db-2"},
	} {
		a.ask(`{ configurationItems(orderBy: `+order+`) { nodes { key } } }`, nil).same("configurationItems.nodes", "key", want...)
	}
}

const sitePage = `query($first: Int, $after: String, $last: Int, $before: String) {
	sites(orderBy: [{field: KEY}], first: $first, after: $after, last: $last, before: $before) {
		totalCount nodes { key } edges { cursor node { key } }
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

func TestPagesForwardHoldEachRecordOnceInOrder(t *testing.T) {
	a := newAPI(t)
	var want, got []string
	for i := range 7 {
		want = append(want, fmt.Sprintf("site-%d", i))
		a.site(want[i], nil)
	}
	arguments := vars{"first": 3}
	for range 3 {
		page := a.ask(sitePage, arguments)
		got = append(got, page.texts("sites.nodes", "key")...)
		page.is("sites.totalCount", 7)
		page.is("sites.pageInfo.hasNextPage", len(got) < 7)
		arguments = vars{"first": 3, "after": page.at("sites.pageInfo.endCursor")}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages hold %v, not %v", got, want)
	}
}

func TestPagesBackwardHoldEachRecordOnceInTheSameOrder(t *testing.T) {
	a := newAPI(t)
	var want, got []string
	for i := range 7 {
		want = append(want, fmt.Sprintf("site-%d", i))
		a.site(want[i], nil)
	}
	arguments := vars{"last": 3}
	for range 3 {
		page := a.ask(sitePage, arguments)
		got = append(page.texts("sites.nodes", "key"), got...)
		page.is("sites.pageInfo.hasPreviousPage", len(got) < 7)
		arguments = vars{"last": 3, "before": page.at("sites.pageInfo.startCursor")}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages hold %v, not %v", got, want)
	}
}

func TestEdgesCarryWhatTheRelationshipSaysBothWays(t *testing.T) {
	a := estate(t)
	got := a.ask(`{
		configurationItem(key: "api") { dependsOn(orderBy: [{field: KEY}]) { totalCount edges { kind impact redundancyGroup minimum node { key } } }
			dependents { edges { kind node { key } } } }
		site(key: "par-1") { installedItems { edges { version since node { key } } } partOf { key } parts { nodes { key } } } }`, nil)
	got.is("configurationItem.dependsOn.totalCount", 2)
	got.is("configurationItem.dependsOn.edges.0.redundancyGroup", "db")
	got.is("configurationItem.dependsOn.edges.1.kind", "CONNECTS_TO")
	got.is("configurationItem.dependsOn.edges.1.impact", "FULL")
	got.is("configurationItem.dependents.edges.0.node.key", "shop")
	got.is("site.installedItems.edges.0.version", "14.2")
	got.is("site.installedItems.edges.0.since", "2025-12-31T23:00:00Z")
	got.is("site.partOf", nil)
	got.is("site.parts.nodes.0.key", "nyc-1")
}

func TestConnectingAgainChangesTheLinkAndKeepsWhatIsNotGiven(t *testing.T) {
	a := estate(t)
	got := a.ask(`mutation { connectDependency(input: {from: {key: "api"}, to: {key: "db-1"}, redundancyGroup: "db", impact: DEGRADED}) {
		from { key dependsOn { totalCount } } to { key } dependency { kind impact minimum } changes { type kind from { key } to { kind key } } } }`, nil)
	got.is("connectDependency.dependency.impact", "DEGRADED")
	got.is("connectDependency.dependency.minimum", 1)
	got.is("connectDependency.from.dependsOn.totalCount", 2)
	got.is("connectDependency.changes.0.type", "UPDATED")
	got.is("connectDependency.changes.0.to.key", "db-1")
}

// Three levels of relationships, two with their totals.
const deep = `query($n: Int!) { configurationItems(first: $n, orderBy: [{field: KEY}]) { totalCount nodes { key
	installedAt { totalCount nodes { key partOf { key } installedItems { nodes { key } } } }
	dependsOn(first: 2) { totalCount nodes { key dependents { nodes { key } } } } } } }`

func TestTheNumberOfStoreCallsDoesNotGrowWithThePage(t *testing.T) {
	a := newAPI(t)
	const most = 40
	a.site("hub", nil)
	for i := range most {
		a.item(fmt.Sprintf("item-%02d", i), nil)
		a.site(fmt.Sprintf("site-%02d", i), nil)
		a.connect("Installation", fmt.Sprintf("item-%02d", i), fmt.Sprintf("site-%02d", i), nil)
		a.connect("SitePart", fmt.Sprintf("site-%02d", i), "hub", nil)
		if i > 0 {
			a.connect("Dependency", fmt.Sprintf("item-%02d", i-1), fmt.Sprintf("item-%02d", i), nil)
		}
	}
	asManyCalls(t, "deep pages", func(n int) int64 {
		return a.reads.during(func() { a.ask(deep, vars{"n": n}) })
	}, 2, most)
	withTotals := a.reads.during(func() { a.ask(`{ sites { totalCount nodes { key } } }`, nil) })
	without := a.reads.during(func() { a.ask(`{ sites { nodes { key } } }`, nil) })
	if withTotals != without+1 {
		t.Errorf("with the total a page takes %d store calls, without %d", withTotals, without)
	}
}

func TestStatisticsCountEachKindByItsFields(t *testing.T) {
	a := demo(t)
	got := a.ask(`{ statistics {
		configurationItems(by: [CLASS], filter: {environment: {eq: LIVE}}, first: 2) { total groupCount omitted groups { count values { field value } } }
		parties(by: [TYPE]) { total groups { count values { value } } } releaseUnits { total groups { count } } }
		all: configurationItems(filter: {environment: {eq: LIVE}}, first: 1) { totalCount } }`, nil)
	got.is("statistics.configurationItems.total", int(got.at("all.totalCount").(float64)))
	got.is("statistics.configurationItems.groups.0.values.0.field", "class")
	sum := got.at("statistics.configurationItems.omitted").(float64)
	for i := range 2 {
		sum += got.at(fmt.Sprintf("statistics.configurationItems.groups.%d.count", i)).(float64)
	}
	got.is("statistics.configurationItems.total", int(sum))
	if n := len(got.at("statistics.parties.groups").([]any)); n != 4 {
		t.Errorf("%d types of party", n)
	}
	a.send(`{ statistics { configurationItems(by: [CLASS, STATUS, ENVIRONMENT, OWNER]) { total } } }`, nil).refused("LIMIT", "", "by")
}
