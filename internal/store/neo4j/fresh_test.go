package neo4j_test

import (
	"context"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/neo4jtest"
)

// Here, and not beside Fresh itself: these tests make all anew anyway.
func TestAFreshDatabaseIsEmpty(t *testing.T) {
	ask := func(cypher string) int {
		t.Helper()
		uri, user, password := neo4jtest.Address(t)
		auth := driver.NoAuth()
		if user != "" {
			auth = driver.BasicAuth(user, password, "")
		}
		d, err := driver.NewDriverWithContext(uri, auth)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close(context.Background())
		answer, err := driver.ExecuteQuery(t.Context(), d, cypher, nil, driver.EagerResultTransformer)
		if err != nil {
			t.Fatal(err)
		}
		return len(answer.Records)
	}
	neo4jtest.Fresh(t)
	ask("CREATE (:Left {by: 'a test'})")
	ask("CREATE CONSTRAINT FOR (n:Left) REQUIRE n.by IS UNIQUE")
	neo4jtest.Fresh(t)
	if left := ask("MATCH (n) RETURN n"); left != 0 {
		t.Errorf("%d nodes are left", left)
	}
	if left := ask("SHOW CONSTRAINTS"); left != 0 {
		t.Errorf("%d constraints are left", left)
	}
}
