package neo4j_test

import (
	"context"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/storetest"
)

func TestNeo4jPassesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, schema store.Schema) store.Store {
		uri, user, password := neo4jtest.Emptied(t)
		s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, schema)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close(context.Background()) })
		return s
	})
}
