package topology_test

import (
	"context"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
	"releasegraph/internal/store/topology"
)

func TestOverSQLiteTheTopologyPassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, schema store.Schema) store.Store {
		beneath, err := sqlite.Open(context.Background(), sqlite.Memory, schema, sqlite.Options{})
		return over(t, schema, beneath, err)
	})
}

// Neo4j itself passes the suite, and the topology over SQLite: it answers walks alone,
// and over any store alike.
func TestOverNeo4jTheTopologyAnswersAsTheReferenceModelDoes(t *testing.T) {
	t.Cleanup(neo4jtest.FewerDraws(4))
	storetest.RunRandom(t, func(t *testing.T, schema store.Schema) store.Store {
		uri, user, password := neo4jtest.Emptied(t)
		beneath, err := neo4j.Open(context.Background(), uri, neo4j.Options{User: user, Password: password}, schema)
		return over(t, schema, beneath, err)
	})
}

// over puts a loaded topology over a store that was just opened.
func over(t *testing.T, schema store.Schema, beneath store.Store, err error) store.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Open(context.Background(), beneath, codecOf(schema), topology.Options{Patience: soon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	graphOf(t, s)
	return s
}

func TestTheTopologyOfALoadedGraphAnswersAsTheStoreBeneath(t *testing.T) {
	beneath, err := sqlite.Open(context.Background(), sqlite.Memory, storetest.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = beneath.Close(context.Background()) })
	storetest.RunLoaded(t, beneath, func(beneath store.Store) (store.Store, error) {
		s, err := topology.Open(context.Background(), beneath, codecOf(storetest.Schema()), topology.Options{Patience: soon})
		if err == nil {
			_, err = s.Graph(t.Context(), 0)
		}
		return s, err
	})
}
