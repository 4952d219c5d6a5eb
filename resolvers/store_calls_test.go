package resolvers_test

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"releasegraph/resolvers"
)

// The lengths of the pages that are compared, and how many of everything the
// estate has.
const shortPage, longPage, ofEach = 10, 100, 120

// The number of store calls follows the shape of a question, not the length of
// its pages.
func TestEveryExampleAsksTheStoreAsOftenForALongPageAsForAShortOne(t *testing.T) {
	a := largeEstate(t)
	for _, o := range operations(t) {
		if o.Name != "poll-events" { // a longer page of which tells of more change sets
			a.costsTheSame(t, o.Name, o.Query, variables(t, o))
		}
	}
}

// Events are told as of their change sets: for each of these a page asks as often, however
// many events it has.
func TestAPageOfEventsAsksTheStoreAsOftenForManyOfAChangeSetAsForFew(t *testing.T) {
	a := largeEstate(t)
	from := a.ask(`{ configurationItem(key: "hall-100") { history(first: 1) { nodes { revision } } } }`, nil).at("configurationItem.history.nodes.0.revision")
	made, err := strconv.Atoi(fmt.Sprint(from))
	if err != nil {
		t.Fatal(err)
	}
	v := vars{"after": strconv.Itoa(made - 1)}
	const query = `query($after: String) { events(after: $after) { nodes { revision type subject { __typename key } concerns { kind key } changes { field after } } } }`
	long, _ := withPages(t, query, longPage)
	for _, revision := range a.ask(long, v).texts("events.nodes", "revision") {
		if revision != from {
			t.Fatalf("the page goes beyond revision %v, to %v", from, revision)
		}
	}
	a.costsTheSame(t, "events of a change set", query, v)
}

// What the examples do not follow, of what an area works out.
func TestWhatIsFollowedFromWhatIsWorkedOutAsksTheStoreOnceForAPage(t *testing.T) {
	a := largeEstate(t)
	for name, query := range map[string]string{
		"schedule": `{ changeSchedule(during: {from: "2027-03-01T00:00:00Z", to: "2027-04-01T00:00:00Z"}) { nodes {
			changeRequest { affects { nodes { key dependsOn { nodes { key } } } } board { key } votes { nodes { key } } heldBy { freeze { name } } }
			items { key ownedBy { nodes { key } } } sites { key partOf { key } } } } }`,
		"conflicts": `{ scheduleConflicts(during: {from: "2027-03-01T00:00:00Z", to: "2027-04-01T00:00:00Z"}) { nodes {
			between { key ... on ChangeRequest { affects { nodes { key } } } ... on Freeze { services { nodes { key } } } }
			items { key ownedBy { nodes { key } } } sites { key partOf { key } } } } }`,
		"openings": `{ serviceView(service: {key: "web-shop"}) { openings { nodes { item { key ownedBy { nodes { key } } } record {
			... on MaintenanceWindow { services { nodes { key } } } ... on Freeze { services { nodes { key } } exceptions { nodes { key } } } } } } } }`,
		"what is before a board": `{ boardAgenda(board: {key: "CAB"}) { nodes { changeRequest { affects { nodes { key } } votes { nodes { verdict } } } } } }`,
	} {
		a.costsTheSame(t, name, query, nil)
	}
}

// What has no pages: as many changes, or votes, as a freeze or a time has.
func TestHeldChangesAndMinutesAskTheStoreAsOftenForManyAsForFew(t *testing.T) {
	a := largeEstate(t)
	freeze := func(hours int) string {
		return fmt.Sprintf(`mutation { createFreeze(options: {dryRun: true}, input: {key: "may", name: "May", reason: "x", everywhere: true,
			from: "2027-05-01T00:00:00Z", to: "2027-05-01T%02d:00:00Z"}) { changeRequests { owners { key owns { nodes { key } } }
			changeRequest { key affects { nodes { key } } } heldBy { freeze { name } } } } }`, hours)
	}
	minutes := func(to string) string {
		return fmt.Sprintf(`{ boardMinutes(board: {key: "CAB"}, during: {from: "2026-02-25T00:00:00Z", to: %q}) {
			entries { request { key affects { nodes { key } } board { key } } votes { verdict changeRequest { key } }
				decision quorum members { name party { contact } } } attended { name } } }`, to)
	}
	for name, q := range map[string][2]string{
		"held": {freeze(1), freeze(2)}, "minutes": {minutes("2026-02-25T01:00:00Z"), minutes("2026-02-25T02:00:00Z")},
	} {
		a.asMany(t, name, q[0], q[1])
	}
}

// Openings of a service as it was are followed as they were (C4).
func TestWhatIsFollowedFromAnOpeningOfThePastIsOfThePast(t *testing.T) {
	a := newAPI(t)
	a.item("shop", vars{"class": "SERVICE"})
	a.bring(`{"node":"Freeze","key":"peak","name":"Peak","from":"2026-04-01T00:00:00Z","to":"2026-05-01T00:00:00Z"}`,
		`{"edge":"FREEZES","from":"Freeze:peak","to":"ConfigurationItem:shop"}`)
	then := a.ask(`{ changeSets(last: 1) { nodes { revision } } }`, nil).at("changeSets.nodes.0.revision")
	a.item("till", vars{"class": "SERVICE"})
	a.bring(`{"edge":"FREEZES","from":"Freeze:peak","to":"ConfigurationItem:till"}`)
	got := a.ask(`query($asOf: AsOf) { serviceView(service: {key: "shop"}, asOf: $asOf) { openings { nodes { record {
		... on Freeze { services { nodes { key } } } } } } } }`, vars{"asOf": vars{"revision": then}})
	got.same("serviceView.openings.nodes.0.record.services.nodes", "key", "shop")
}

// asMany asks for few and for many, and compares how often the store was asked.
func (a *api) asMany(t *testing.T, name, few, many string) {
	t.Helper()
	for _, q := range []string{few, many} {
		if n := strings.Count(string(a.ask(q, nil).Data), `"affects"`); n < shortPage || q == many && n < longPage {
			t.Fatalf("%s: only %d", name, n)
		}
	}
	asManyCalls(t, name, func(n int) int64 {
		return a.reads.during(func() { a.ask([]string{few, many}[n], nil) })
	}, 0, 1)
}

// costsTheSame asks for short pages and for long ones, and compares how often the
// store was asked.
func (a *api) costsTheSame(t *testing.T, name, query string, v vars) {
	t.Helper()
	short, ok := withPages(t, query, shortPage)
	if !ok {
		return
	}
	long, _ := withPages(t, query, longPage)
	a.ask(long, v) // what is read once and kept
	asManyCalls(t, name, func(n int) int64 {
		return a.reads.during(func() { a.ask(map[int]string{shortPage: short, longPage: long}[n], v) })
	}, shortPage, longPage)
}

// asManyCalls compares how many store calls something takes for a few and for many. Fields
// are answered side by side, and may meet more or less often at what one of them loads for
// all: of several tries the least that each took counts.
func asManyCalls(t *testing.T, name string, calls func(n int) int64, few, many int) {
	t.Helper()
	least, most := int64(math.MaxInt64), int64(math.MaxInt64)
	for range 40 {
		least, most = min(least, calls(few)), min(most, calls(many))
		if most <= least {
			return
		}
	}
	t.Errorf("%s: %d store calls for %d, %d for %d", name, least, few, most, many)
}

// withPages asks for pages of one length throughout, also where the query names
// none. What is no query, or has no pages, is left out.
func withPages(t *testing.T, query string, length int) (string, bool) {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(resolvers.New(nil, zerolog.Nop()).Schema(), query, nil)
	if errs != nil {
		t.Fatalf("%v in %s", errs, query)
	}
	op := doc.Operations[0]
	if op.Operation == ast.Subscription {
		return "", false
	}
	lengthen(op.SelectionSet, length)
	for _, f := range doc.Fragments {
		lengthen(f.SelectionSet, length)
	}
	var b bytes.Buffer
	formatter.NewFormatter(&b).FormatQueryDocument(doc)
	return b.String(), true
}

func lengthen(set ast.SelectionSet, length int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			lengthenField(s, length)
			lengthen(s.SelectionSet, length)
		case *ast.InlineFragment:
			lengthen(s.SelectionSet, length)
		}
	}
}

func lengthenField(f *ast.Field, length int) {
	if f.Definition.Arguments.ForName("first") == nil {
		return
	}
	n := &ast.Value{Kind: ast.IntValue, Raw: strconv.Itoa(length)}
	for _, name := range []string{"first", "last"} {
		if a := f.Arguments.ForName(name); a != nil {
			a.Value = n
			return
		}
	}
	f.Arguments = append(f.Arguments, &ast.Argument{Name: "first", Value: n})
}

// largeEstate is the demo's with many more of everything around what the
// examples ask about.
func largeEstate(t *testing.T) *api {
	t.Helper()
	a := demo(t)
	var lines []string
	for i := range ofEach {
		hour := "00"
		if i > shortPage {
			hour = "01"
		}
		made := strings.NewReplacer("#", fmt.Sprintf("%03d", i), "HOUR", hour).Replace(manyOfEach)
		lines = append(lines, strings.Split(strings.TrimSpace(made), "\n")...)
	}
	a.bring(lines...)
	// Since then the board is another, and what assessments rest on has changed.
	for i := range ofEach {
		a.ask(`mutation($key: String!) { assessChangeRequest(input: {ref: {key: $key}}) { revision } }`, vars{"key": fmt.Sprintf("R-%03d", i)})
	}
	a.ask(`mutation { updateBoard(input: {ref: {key: "CAB"}, patch: {quorum: 1}}) { revision } }`, nil)
	a.ask(`mutation { updateConfigurationItem(input: {ref: {key: "db-orders-1"}, patch: {users: 7}}) { revision } }`, nil)
	return a
}

const manyOfEach = `
{"node":"Site","key":"site-#","name":"Site #","region":"emea","timeZone":"Europe/Paris"}
{"edge":"PART_OF","from":"Site:site-#","to":"Site:emea"}
{"edge":"SITE_NEEDS","from":"Site:site-#","to":"Site:par-1"}
{"node":"Party","key":"team-#","name":"Team #","type":"TEAM","contact":"team-#@retailer.example"}
{"node":"ConfigurationItem","key":"orders-#","name":"Orders #","class":"APPLICATION","status":"LIVE","environment":"LIVE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:orders-#","to":"ConfigurationItem:db-orders-1","kind":"USES","impact":"FULL"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:web-shop","to":"ConfigurationItem:orders-#","kind":"USES","impact":"FULL"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:orders-#","to":"Site:site-#"}
{"edge":"OWNED_BY","from":"ConfigurationItem:orders-#","to":"Party:team-#"}
{"node":"ConfigurationItem","key":"hall-#","name":"Hall #","class":"FACILITY","status":"LIVE","environment":"LIVE","attributes":{"tier":"4"}}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop-api","to":"ConfigurationItem:hall-#","kind":"USES","impact":"DEGRADED"}
{"node":"ConfigurationItem","key":"front-#","name":"Front #","class":"SERVICE","status":"LIVE","environment":"LIVE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:front-#","to":"ConfigurationItem:shop-api","kind":"USES","impact":"FULL"}
{"node":"Problem","key":"P-#","name":"Problem #","symptoms":"The checkout hangs on the payment page, # times.","status":"OPEN","priority":"HIGH"}
{"edge":"CONCERNS","from":"Problem:P-#","to":"ConfigurationItem:orders-#"}
{"node":"KnownError","key":"K-#","name":"Known error #","status":"PUBLISHED","symptoms":"The checkout hangs at payment, # times.","cause":"The pool.","workaround":"Restart."}
{"edge":"PRESENT_IN","from":"KnownError:K-#","to":"ConfigurationItem:orders-#"}
{"node":"ChangeRequest","key":"R-#","name":"Request #","type":"NORMAL","status":"SUBMITTED","priority":"LOW","requester":"lea","assignee":"ines","justification":"x","plan":"x","backOutKind":"FULL","backOutPlan":"x","submittedAt":"2026-02-20T09:00:00Z","plannedFrom":"2027-03-02T10:00:00Z","plannedTo":"2027-03-02T11:00:00Z"}
{"edge":"AFFECTS","from":"ChangeRequest:R-#","to":"ConfigurationItem:orders-#"}
{"edge":"DECIDED_BY","from":"ChangeRequest:R-#","to":"Board:CAB"}
{"node":"ChangeRequest","key":"D-#","name":"Draft #","type":"NORMAL","status":"DRAFT","priority":"LOW","plannedFrom":"2027-05-01THOUR:10:00Z","plannedTo":"2027-05-01THOUR:20:00Z"}
{"edge":"AFFECTS","from":"ChangeRequest:D-#","to":"ConfigurationItem:orders-#"}
{"node":"Vote","key":"R-#/vote-1","name":"APPROVE by amelie","voter":"amelie","seat":"amelie","verdict":"APPROVE","castAt":"2026-02-25THOUR:10:00Z","board":"CAB","contentVersion":1}
{"edge":"CAST_ON","from":"Vote:R-#/vote-1","to":"ChangeRequest:R-#"}
{"node":"ChangeRequest","key":"C-#","name":"Decided #","type":"NORMAL","status":"AUTHORISED","priority":"LOW","decidedAt":"2026-02-25THOUR:20:00Z","plannedFrom":"2027-06-02T10:00:00Z","plannedTo":"2027-06-02T11:00:00Z"}
{"edge":"AFFECTS","from":"ChangeRequest:C-#","to":"ConfigurationItem:orders-#"}
{"edge":"DECIDED_BY","from":"ChangeRequest:C-#","to":"Board:CAB"}
{"node":"Vote","key":"C-#/vote-1","name":"APPROVE by amelie","voter":"amelie","seat":"amelie","verdict":"APPROVE","castAt":"2026-02-25THOUR:10:00Z","board":"CAB","contentVersion":1}
{"edge":"CAST_ON","from":"Vote:C-#/vote-1","to":"ChangeRequest:C-#"}
{"node":"MaintenanceWindow","key":"w-#","name":"Window #","from":"2028-01-01T00:00:00Z","to":"2028-01-02T00:00:00Z","classes":["APPLICATION"],"regions":["emea","nowhere #"]}
{"edge":"WINDOW_AT","from":"MaintenanceWindow:w-#","to":"Site:site-#"}
{"edge":"WINDOW_OF","from":"MaintenanceWindow:w-#","to":"ConfigurationItem:web-shop"}
{"node":"Freeze","key":"f-#","name":"Freeze #","reason":"x","from":"2028-02-01T00:00:00Z","to":"2028-02-02T00:00:00Z"}
{"edge":"FREEZES","from":"Freeze:f-#","to":"ConfigurationItem:web-shop"}
{"edge":"FREEZES_AT","from":"Freeze:f-#","to":"Site:site-#"}
{"node":"FreezeException","key":"x-#","name":"Exception #","status":"REQUESTED","reason":"x"}
{"edge":"EXCEPTS","from":"FreezeException:x-#","to":"Freeze:f-#"}
{"edge":"EXCEPTION_FOR","from":"FreezeException:x-#","to":"ChangeRequest:C-#"}
`
