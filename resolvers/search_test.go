package resolvers_test

import (
	"fmt"
	"strings"
	"testing"
)

const searchPage = `query($text: String!, $kinds: [RecordKind!], $first: Int, $after: String) {
	search(text: $text, kinds: $kinds, first: $first, after: $after) { totalCount nodes { key }
		edges { cursor rank node { __typename key name } matched { field text spans { start length } } }
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

func TestASearchFindsRecordsOfEveryKindBestFirst(t *testing.T) {
	a := estate(t)
	a.site("db-hall", vars{"name": "Halle für Großrechner"})
	a.ask(`mutation { createReleaseUnit(input: {key: "unit", name: "All of the DB"}) { revision } }`, nil)
	a.item("x", vars{"description": "keeps the backups of every db", "owner": "Zoë"})
	got := a.ask(searchPage, vars{"text": "DB"})
	got.same("search.nodes", "key", "db-1", "db-2", "db-hall", "unit", "x")
	got.same("search.edges", "rank", "KEY_BEGINS", "KEY_BEGINS", "KEY_BEGINS", "NAME", "ANYWHERE")
	got.is("search.edges.2.node.__typename", "Site")
	got.is("search.edges.4.matched.field", "description")
	got.is("search.totalCount", 5)
	a.ask(searchPage, vars{"text": "zoe"}).same("search.nodes", "key", "x")
	a.ask(searchPage, vars{"text": "grossrech", "kinds": []string{"SITE"}}).same("search.nodes", "key", "db-hall")
	a.ask(searchPage, vars{"text": "db", "kinds": []string{"SITE", "RELEASE_UNIT"}}).same("search.nodes", "key", "db-hall", "unit")
	a.ask(searchPage, vars{"text": "db-1"}).is("search.edges.0.rank", "KEY")
	a.ask(searchPage, vars{"text": `"* OR`}).same("search.nodes", "key")
}

func TestAMatchIsMarkedInCharactersOfWhatIsShown(t *testing.T) {
	a := newAPI(t)
	a.item("x", vars{"name": "Café 🔥 Größe, größer", "description": strings.Repeat("lörem ", 100) + "the Größe " + strings.Repeat("of it ", 100)})
	a.item("y", vars{"name": "Y", "attributes": vars{"vendor": "Änderung AG", "zone": "Ä"}})
	marked := func(text string) string {
		got := a.ask(searchPage, vars{"text": text})
		shown := []rune(got.at("search.edges.0.matched.text").(string))
		if len(shown) > 200 {
			t.Errorf("%q shows %d characters", text, len(shown))
		}
		list := []string{fmt.Sprint(got.at("search.edges.0.matched.field"))}
		lengths := got.texts("search.edges.0.matched.spans", "length")
		for i, start := range got.texts("search.edges.0.matched.spans", "start") {
			var from, length int
			_, _ = fmt.Sscan(start+" "+lengths[i], &from, &length)
			list = append(list, string(shown[from:from+length]))
		}
		return strings.Join(list, " ")
	}
	for text, want := range map[string]string{
		"grosse": "name Größe größer", "cafe 🔥": "name Café 🔥", "X": "key x", "the Grosse": "description the Größe",
		"anderung": "attributes.vendor Änderung", "a": "attributes.vendor Änderung AG",
	} {
		if got := marked(text); got != want {
			t.Errorf("%q marks %s, not %s", text, got, want)
		}
	}
}

func TestPagesOfASearchHoldEachRecordOnce(t *testing.T) {
	a := newAPI(t)
	for i := range 7 {
		a.item(fmt.Sprintf("web-%d", i), nil)
	}
	var got []string
	arguments := vars{"text": "web", "first": 3}
	for page := range 3 {
		answer := a.ask(searchPage, arguments)
		got = append(got, answer.texts("search.nodes", "key")...)
		answer.is("search.totalCount", 7)
		answer.is("search.pageInfo.hasNextPage", len(got) < 7)
		answer.is("search.pageInfo.hasPreviousPage", page > 0)
		arguments["after"] = answer.at("search.pageInfo.endCursor")
	}
	if want := "web-0 web-1 web-2 web-3 web-4 web-5 web-6"; strings.Join(got, " ") != want {
		t.Errorf("the pages hold %v", got)
	}
	a.ask(searchPage, vars{"text": "web", "first": 0}).is("search.pageInfo.hasNextPage", true)
}

func TestASearchTellsAllThatIsWrongWithIt(t *testing.T) {
	a := newAPI(t)
	got := a.send(searchPage, vars{"text": " ", "first": 1001})
	got.refused("INVALID", "", "text")
	got.refused("LIMIT", "", "first")
	a.send(searchPage, vars{"text": strings.Repeat("word ", 300)}).refused("INVALID", "", "text")
	a.send(searchPage, vars{"text": "web", "after": "x"}).refused("INVALID", "", "after")
}

func TestNestedFieldsOfASearchCostTheSameForAnyPage(t *testing.T) {
	a := newAPI(t)
	const most = 20
	for i := range most {
		a.item(fmt.Sprintf("thing-%02d", i), nil)
		a.site(fmt.Sprintf("thing-site-%02d", i), nil)
		a.connect("Installation", fmt.Sprintf("thing-%02d", i), fmt.Sprintf("thing-site-%02d", i), nil)
	}
	nested := `query($n: Int!) { search(text: "thing", first: $n) { nodes { key
		... on ConfigurationItem { installedAt { nodes { key installedItems { totalCount } } } }
		... on Site { installedItems { nodes { key } } partOf { key } } } } }`
	asManyCalls(t, "what is found", func(n int) int64 { return a.reads.during(func() { a.ask(nested, vars{"n": n}) }) }, most+2, 2*most)
	counted := a.reads.during(func() { a.ask(`{ search(text: "thing") { totalCount nodes { key } } }`, nil) })
	if plain := a.reads.during(func() { a.ask(`{ search(text: "thing") { nodes { key } } }`, nil) }); counted != plain+1 || plain != 1 {
		t.Errorf("with the total a search takes %d store calls, without %d", counted, plain)
	}
}
