package neo4jtest

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// markOf is the name of a constraint that tells for which schema a database was
// prepared: it stays when the nodes are removed, and goes with all others.
func markOf(schema any) string {
	return fmt.Sprintf("prepared_for_%x", sha256.Sum256(fmt.Appendf(nil, "%+v", schema)))[:32]
}

// marked reports whether the database was prepared for a schema.
func marked(ctx context.Context, a Access, mark string) (found bool, err error) {
	err = a.session(ctx, func(session neo4j.SessionWithContext) error {
		records, err := run(ctx, session, "SHOW CONSTRAINTS YIELD name WHERE name = '"+mark+"' RETURN name")
		found = len(records) > 0
		return err
	})
	return found, err
}

// setMark notes for which schema a database is prepared.
func setMark(ctx context.Context, a Access, mark string) error {
	return a.session(ctx, func(session neo4j.SessionWithContext) error {
		_, err := run(ctx, session, "CREATE CONSTRAINT "+mark+" FOR (n:PreparedForTests) REQUIRE n.id IS UNIQUE")
		return err
	})
}
