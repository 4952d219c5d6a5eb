package neo4j

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/store"
)

// migrate creates what is missing of constraints, indexes and the log's head.
// Instances may race: "already exists" is a success, and a deadlock is tried
// again.
func (s *Store) migrate(ctx context.Context) error {
	if err := s.unfinished(ctx); err != nil {
		return err
	}
	version, err := s.logVersion(ctx)
	if err != nil {
		return err
	}
	if err := s.declare(ctx); err != nil {
		return err
	}
	err = s.write(ctx, func(t tx) error {
		return t.run("MERGE (h:LogHead {id: 'log'}) ON CREATE SET h.revision = 0, h.schema = $version", params{"version": logVersion})
	})
	if err == nil && version != logVersion {
		err = s.migrateLog(ctx)
	}
	if err != nil {
		return err
	}
	return s.fillSearch(ctx)
}

// declare creates what is missing of constraints and indexes.
func (s *Store) declare(ctx context.Context) error {
	return s.create(ctx, s.catalog.statements())
}

func exists(err error) bool {
	var answer *neo4j.Neo4jError
	return err != nil && errors.As(last(err), &answer) && strings.HasSuffix(answer.Code, "AlreadyExists")
}

func (c catalog) statements() []string {
	list := []string{
		unique("Node", idProp), unique("LogHead", idProp),
		unique("Changeset", "revision"), unique("Changeset", "key"), index("Changeset", "at", "revision"), index(touchLabel, "hash", "revision"), touchedIndex,
	}
	list = append(list, searchStatements()...)
	for _, k := range c.Schema().Kinds {
		list = append(list, index(k.Name, idProp))
		for _, p := range k.Properties {
			switch {
			case p.Unique:
				list = append(list, unique(k.Name, p.Name))
			case p.Indexed && p.Type != store.Strings:
				list = append(list, index(k.Name, p.Name, idProp))
			}
		}
	}
	return list
}

func unique(label, property string) string {
	return fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE",
		quote(label+"_"+property+"_unique"), quote(label), quote(property))
}

// index serves an order: the property's values, then the id.
func index(label string, properties ...string) string {
	columns := make([]string, len(properties))
	for i, p := range properties {
		columns[i] = "n." + quote(p)
	}
	return fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR (n:%s) ON (%s)",
		quote(label+"_"+strings.Join(properties, "_")), quote(label), strings.Join(columns, ", "))
}
