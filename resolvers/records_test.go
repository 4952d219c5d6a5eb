package resolvers_test

import (
	"fmt"
	"strings"
	"testing"
)

const createSite = `mutation($i: CreateSiteInput!, $o: WriteOptions) { createSite(input: $i, options: $o) {
	site { id key name version timeZone ring users createdAt } revision dryRun
	changes { type kind key fields { field before after } } } }`

func TestACreatedRecordIsAnsweredAndCanBeReadByKeyAndById(t *testing.T) {
	a := newAPI(t)
	made := a.ask(createSite, vars{"i": vars{"key": "par-1", "name": "Paris 1", "timeZone": "Europe/Paris", "users": 420}})
	made.is("createSite.site.version", 1)
	made.is("createSite.site.ring", "GENERAL")
	made.is("createSite.site.createdAt", "2026-03-01T08:00:00Z")
	made.is("createSite.revision", "1")
	made.is("createSite.dryRun", false)
	made.is("createSite.changes.0.type", "CREATED")
	made.is("createSite.changes.0.key", "par-1")

	a.ask(`{ site(key: "par-1") { name users } }`, nil).is("site.users", 420)
	id := made.at("createSite.site.id")
	a.ask(`query($id: ID!) { node(id: $id) { __typename id ... on Site { name } } }`, vars{"id": id}).is("node.name", "Paris 1")
	a.ask(`{ site(key: "nowhere") { name } }`, nil).is("site", nil)
}

func TestARecordIsAddedWithItsRelationships(t *testing.T) {
	a := newAPI(t)
	a.item("db", nil)
	a.site("par-1", nil)
	made := a.ask(`mutation($i: CreateConfigurationItemInput!) { createConfigurationItem(input: $i) {
		configurationItem { dependsOn { edges { impact node { key } } } installedAt { edges { version node { key } } } } changes { type kind }
	} }`, vars{"i": vars{
		"key": "shop", "name": "Shop", "class": "SERVICE",
		"dependsOn":   []any{vars{"to": vars{"key": "db"}, "impact": "DEGRADED"}},
		"installedAt": vars{"to": vars{"key": "par-1"}, "version": "1.0"},
	}})
	made.is("createConfigurationItem.configurationItem.dependsOn.edges.0.node.key", "db")
	made.is("createConfigurationItem.configurationItem.dependsOn.edges.0.impact", "DEGRADED")
	made.is("createConfigurationItem.configurationItem.installedAt.edges.0.version", "1.0")
	made.is("createConfigurationItem.changes.2.kind", "INSTALLED_AT")
	a.send(`mutation { createConfigurationItem(input: {key: "web", name: "Web", class: SERVICE, dependsOn: [{to: {key: "db"}}, {to: {key: "nobody"}}]}) { revision } }`, nil).
		refused("NOT_FOUND", "", "input.dependsOn.1.to")
}

func TestNodesAnswersInTheOrderAskedWithNullWhereThereIsNone(t *testing.T) {
	a := newAPI(t)
	site := a.site("par-1", nil).at("createSite.site.id")
	item := a.item("shop", nil).at("createConfigurationItem.configurationItem.id")
	got := a.ask(`query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Record { key version } } }`,
		vars{"ids": []any{item, "nobody", site, item}})
	got.is("nodes.0.key", "shop")
	got.is("nodes.0.__typename", "ConfigurationItem")
	got.is("nodes.1", nil)
	got.is("nodes.2.key", "par-1")
	got.is("nodes.3.key", "shop")
}

func TestADryRunAnswersWithTheChangeAndWritesNothing(t *testing.T) {
	a := newAPI(t)
	tried := a.ask(createSite, vars{"i": vars{"key": "par-1", "name": "Paris 1"}, "o": vars{"dryRun": true}})
	tried.is("createSite.dryRun", true)
	tried.is("createSite.changes.0.type", "CREATED")
	a.ask(`{ sites { totalCount } }`, nil).is("sites.totalCount", 0)
}

func TestAKeyThatIsTakenIsRefusedNamingFieldAndHolder_C1(t *testing.T) {
	a := newAPI(t)
	holder := a.site("par-1", nil).at("createSite.site.id")
	e := a.send(createSite, vars{"i": vars{"key": "par-1", "name": "Another"}}).refused("CONFLICT", "C1", "input.key")
	if found := e.Extensions.Details["holder"].(map[string]any)["id"]; found != holder {
		t.Errorf("the holder is %v, not %v", found, holder)
	}
	// Another kind may use the key.
	a.item("par-1", nil)
}

const updateItem = `mutation($i: UpdateConfigurationItemInput!) { updateConfigurationItem(input: $i) {
	configurationItem { id key version description users attributes } changes { fields { field before after } } } }`

func TestAPatchKeepsWhatIsAbsentAndEmptiesWhatIsNull(t *testing.T) {
	a := newAPI(t)
	id := a.item("shop", vars{"description": "Sells.", "users": 10, "attributes": vars{"tier": "1"}}).
		at("createConfigurationItem.configurationItem.id")
	got := a.ask(updateItem, vars{"i": vars{"ref": vars{"id": id}, "patch": vars{"key": "web-shop", "users": nil}}})
	got.is("updateConfigurationItem.configurationItem.id", id) // renaming keeps the id (C1)
	got.is("updateConfigurationItem.configurationItem.key", "web-shop")
	got.is("updateConfigurationItem.configurationItem.version", 2)
	got.is("updateConfigurationItem.configurationItem.description", "Sells.")
	got.is("updateConfigurationItem.configurationItem.users", nil)
	got.is("updateConfigurationItem.configurationItem.attributes.tier", "1")
}

func TestAnEditOfAStaleVersionIsRefusedNamingTheCurrentOne_C5(t *testing.T) {
	a := newAPI(t)
	a.item("shop", nil)
	edit := func(version int) *answer {
		return a.send(updateItem, vars{"i": vars{"ref": vars{"key": "shop"}, "patch": vars{"users": version}, "ifVersion": version}})
	}
	if got := edit(1); len(got.Errors) > 0 {
		t.Fatalf("the current version was refused: %+v", got.Errors)
	}
	e := edit(1).refused("CONFLICT", "C5", "input.ifVersion")
	if fmt.Sprint(e.Extensions.Details["currentVersion"]) != "2" {
		t.Errorf("the details are %v", e.Extensions.Details)
	}
	a.ask(`{ configurationItem(key: "shop") { users version } }`, nil).is("configurationItem.users", 1)
}

func TestAnItemThatIsStillUsedIsWithdrawnNotRemoved_C3(t *testing.T) {
	a := newAPI(t)
	a.item("shop", nil)
	a.item("db", nil)
	a.connect("Dependency", "shop", "db", nil)
	const remove = `mutation { removeConfigurationItem(input: {ref: {key: "db"}}) { configurationItem { key } revision changes { type } } }`
	a.send(remove, nil).refused("RULE_VIOLATION", "C3", "input.ref")

	got := a.ask(`mutation { withdrawConfigurationItem(input: {ref: {key: "db"}, ifVersion: 1}, options: {reason: "Replaced"}) {
		configurationItem { key status version } stillUsedBy { relationship record { __typename key } } revision dryRun changes { type } } }`, nil)
	got.is("withdrawConfigurationItem.configurationItem.status", "WITHDRAWN")
	got.is("withdrawConfigurationItem.stillUsedBy.0.relationship", "DEPENDS_ON")
	got.is("withdrawConfigurationItem.stillUsedBy.0.record.key", "shop")

	a.ask(`mutation { disconnectDependency(input: {from: {key: "shop"}, to: {key: "db"}}) { from { key } dependency { kind } } }`, nil).
		is("disconnectDependency.dependency.kind", "USES")
	a.ask(remove, nil).is("removeConfigurationItem.changes.0.type", "REMOVED")
	a.ask(`{ configurationItem(key: "db") { key } }`, nil).is("configurationItem", nil)
}

func TestAllThatIsWrongWithAnInputIsToldAtOnceEachAsAnErrorOfItsOwn(t *testing.T) {
	a := newAPI(t)
	got := a.send(createSite, vars{"i": vars{"key": "", "name": "", "timeZone": "Mars/Olympus", "users": -1}})
	for _, field := range []string{"input.key", "input.name", "input.timeZone", "input.users"} {
		got.refused("INVALID", "", field)
	}
	if len(got.Errors) != 4 || fmt.Sprint(got.Errors[3].Path) != "[createSite]" {
		t.Errorf("the errors are %+v", got.Errors)
	}
}

func TestARecordThatIsNotThereIsNotFound(t *testing.T) {
	a := newAPI(t)
	a.send(updateItem, vars{"i": vars{"ref": vars{"key": "ghost"}, "patch": vars{}}}).refused("NOT_FOUND", "", "input.ref")
}

func TestAReferenceNamesARecordByKeyOrByIdAndNotByBoth(t *testing.T) {
	a := newAPI(t)
	for _, ref := range []vars{{}, {"key": "a", "id": "b"}} {
		got := a.send(updateItem, vars{"i": vars{"ref": ref, "patch": vars{}}})
		got.refused("INVALID", "", "input.ref")
	}
}

func TestAMutationThatIsRepeatedUnderItsKeyAnswersAsBefore(t *testing.T) {
	a := newAPI(t)
	send := func() *answer {
		return a.ask(createSite, vars{"i": vars{"key": "par-1", "name": "Paris 1"}, "o": vars{"idempotencyKey": "once"}})
	}
	first, second := send(), send()
	second.is("createSite.site.id", first.at("createSite.site.id"))
	second.is("createSite.revision", first.at("createSite.revision"))
	a.ask(`{ sites { totalCount } }`, nil).is("sites.totalCount", 1)
}

func TestAnInnerErrorIsLoggedUnderTheRequestAndNotShown(t *testing.T) {
	a := newAPI(t)
	if err := a.reads.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := a.send(`{ sites { nodes { key } } }`, nil)
	if len(got.Errors) != 1 {
		t.Fatalf("the errors are %+v", got.Errors)
	}
	for _, word := range []string{"sql", "closed"} {
		if strings.Contains(strings.ToLower(got.Errors[0].Message), word) {
			t.Errorf("shown: %s", got.Errors[0].Message)
		}
	}
	if !strings.Contains(a.log.String(), `"requestId":"request-1"`) {
		t.Errorf("the log says %s", a.log)
	}
}

func TestWhatTheSchemaRefusesKeepsItsMessage(t *testing.T) {
	a := newAPI(t)
	got := a.send(`{ sites(filter: {colour: {eq: "red"}}) { totalCount } }`, nil)
	if len(got.Errors) != 1 || !strings.Contains(got.Errors[0].Message, "colour") {
		t.Errorf("the errors are %+v", got.Errors)
	}
}
