package neo4jtest

import (
	"context"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

const deleteNodes = "CYPHER 5 MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"

// empty removes all nodes.
func empty(ctx context.Context, a Access) error {
	return a.session(ctx, func(session neo4j.SessionWithContext) error {
		_, err := run(ctx, session, deleteNodes)
		return err
	})
}

// wipe removes all nodes, constraints and indexes, those two aside that every
// database has, and the plans that were made for what is gone.
func wipe(ctx context.Context, a Access) error {
	return a.session(ctx, func(session neo4j.SessionWithContext) error {
		if _, err := run(ctx, session, deleteNodes); err != nil {
			return err
		}
		if err := drop(ctx, session, "CONSTRAINT", "SHOW CONSTRAINTS YIELD name"); err != nil {
			return err
		}
		if err := drop(ctx, session, "INDEX", "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"); err != nil {
			return err
		}
		_, err := run(ctx, session, "CALL db.clearQueryCaches()")
		return err
	})
}

// session hands over a session, and closes it afterwards.
func (a Access) session(ctx context.Context, use func(neo4j.SessionWithContext) error) error {
	auth := neo4j.NoAuth()
	if a.User != "" {
		auth = neo4j.BasicAuth(a.User, a.Password, "")
	}
	driver, err := neo4j.NewDriverWithContext(a.URI, auth)
	if err != nil {
		return err
	}
	defer driver.Close(context.WithoutCancel(ctx))
	session := driver.NewSession(ctx, neo4j.SessionConfig{})
	defer session.Close(context.WithoutCancel(ctx))
	return use(session)
}

func drop(ctx context.Context, session neo4j.SessionWithContext, what, list string) error {
	records, err := run(ctx, session, list)
	if err != nil {
		return err
	}
	for _, r := range records {
		if _, err := run(ctx, session, fmt.Sprintf("DROP %s `%s` IF EXISTS", what, r.Values[0])); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, session neo4j.SessionWithContext, cypher string) ([]*neo4j.Record, error) {
	result, err := session.Run(ctx, cypher, nil)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}
