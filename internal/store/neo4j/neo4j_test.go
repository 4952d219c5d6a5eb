package neo4j_test

import (
	"context"
	"testing"
	"time"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
)

func TestMain(m *testing.M) {
	neo4jtest.FewerDraws(4)
	neo4jtest.Main(m)
}

var moment = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// estate is a small schema with all that the adapter treats apart.
var estate = store.Schema{
	Kinds: []store.KindSchema{
		{Name: "ConfigurationItem", OpenPrefix: "attributes.", Properties: []store.Property{
			{Name: "key", Type: store.String, Unique: true},
			{Name: "name", Type: store.String, Indexed: true},
			{Name: "status", Type: store.String, Indexed: true},
			{Name: "users", Type: store.Int, Indexed: true},
		}},
		{Name: "Site", Properties: []store.Property{{Name: "key", Type: store.String, Unique: true}}},
	},
	Rels: []store.RelSchema{
		{Name: "DEPENDS_ON", From: "ConfigurationItem", To: "ConfigurationItem", Properties: []store.Property{{Name: "impact", Type: store.String}}},
		{Name: "INSTALLED_AT", From: "ConfigurationItem", To: "Site", Properties: []store.Property{{Name: "version", Type: store.String}}},
	},
}

// open opens a store on an emptied database.
func open(t testing.TB) *neo4j.Store {
	t.Helper()
	uri, user, password := neo4jtest.Fresh(t)
	return reopen(t, uri, neo4j.Options{User: user, Password: password})
}

func reopen(t testing.TB, uri string, o neo4j.Options) *neo4j.Store {
	t.Helper()
	s, err := neo4j.Open(t.Context(), uri, o, estate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func commit(t testing.TB, s store.Store, ops ...store.Op) store.Change {
	t.Helper()
	c, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: moment, Ops: ops})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func item(id string, props store.Props) store.CreateNode {
	if props == nil {
		props = store.Props{}
	}
	if props["key"] == nil {
		props["key"] = "key-" + id
	}
	return store.CreateNode{ID: store.ID(id), Kind: "ConfigurationItem", Props: props}
}

func dependsOn(from, to string) store.EdgeKey {
	return store.EdgeKey{Rel: "DEPENDS_ON", From: store.ID(from), To: store.ID(to)}
}
