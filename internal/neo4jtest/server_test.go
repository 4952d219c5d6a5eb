package neo4jtest

import (
	"context"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

func TestAFreshDatabaseIsEmpty(t *testing.T) {
	uri, user, password := Fresh(t)
	query(t, Access{uri, user, password}, "CREATE (:Left {by: 'a test'})")
	query(t, Access{uri, user, password}, "CREATE CONSTRAINT FOR (n:Left) REQUIRE n.by IS UNIQUE")
	uri, user, password = Fresh(t)
	if left := query(t, Access{uri, user, password}, "MATCH (n) RETURN n"); len(left) != 0 {
		t.Errorf("%d nodes are left", len(left))
	}
	if left := query(t, Access{uri, user, password}, "SHOW CONSTRAINTS"); len(left) != 0 {
		t.Errorf("%d constraints are left", len(left))
	}
}

func TestAKilledServerComesBackWithItsData(t *testing.T) {
	s := Start(t)
	query(t, s.Access(), "CREATE (:Kept)")
	s.Kill()
	s.Restart(t)
	if kept := query(t, s.Access(), "MATCH (n:Kept) RETURN n"); len(kept) != 1 {
		t.Errorf("%d nodes are kept", len(kept))
	}
}

func query(t *testing.T, a Access, cypher string) []*neo4j.Record {
	t.Helper()
	auth := neo4j.NoAuth()
	if a.User != "" {
		auth = neo4j.BasicAuth(a.User, a.Password, "")
	}
	driver, err := neo4j.NewDriverWithContext(a.URI, auth)
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(context.Background())
	session := driver.NewSession(t.Context(), neo4j.SessionConfig{})
	defer session.Close(context.Background())
	records, err := run(t.Context(), session, cypher)
	if err != nil {
		t.Fatal(err)
	}
	return records
}
