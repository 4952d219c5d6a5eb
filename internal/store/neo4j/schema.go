package neo4j

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
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
	if err == nil && version == 1 {
		err = s.migrateLog(ctx)
	}
	if err == nil && version < logVersion {
		err = s.dropIndexes(ctx)
	}
	if err != nil {
		return err
	}
	return s.fillSearch(ctx)
}

// declare creates what is missing of constraints and indexes.
func (s *Store) declare(ctx context.Context) error {
	return s.create(ctx, s.catalog.definitions())
}

// definition is a constraint or an index that a store needs.
type definition struct{ sort, name, text string }

const (
	aConstraint = "CONSTRAINT"
	anIndex     = "INDEX"
)

// create creates what is missing, and waits until all is there.
func (s *Store) create(ctx context.Context, all []definition) error {
	there, err := s.defined(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if there[d.sort+d.name] {
			continue
		}
		err := s.retry(ctx, func() error {
			_, err := s.once(ctx, neo4j.AccessModeWrite, s.options.Timeout, func(t tx) error { return t.run(d.text, nil) })
			if exists(err) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.read(ctx, func(t tx) error { return t.run("CALL db.awaitIndexes(600)", nil) })
}

// defined lists what is there. A constraint is not there before it is listed as
// one: its index comes first.
func (s *Store) defined(ctx context.Context) (map[string]bool, error) {
	there := map[string]bool{}
	err := s.read(ctx, func(t tx) error {
		for _, sort := range []string{aConstraint, anIndex} {
			values, err := t.row("SHOW "+sort+" YIELD name RETURN collect(name)", nil)
			if err != nil {
				return err
			}
			for _, name := range values[0].([]any) {
				there[sort+name.(string)] = true
			}
		}
		return nil
	})
	return there, err
}

func exists(err error) bool {
	var answer *neo4j.Neo4jError
	return err != nil && errors.As(last(err), &answer) && strings.HasSuffix(answer.Code, "AlreadyExists")
}

func (c catalog) definitions() []definition {
	list := []definition{
		unique("Node", idProp), unique("LogHead", idProp),
		unique("Changeset", "revision"), unique("Changeset", "key"), index("Changeset", "at", "revision"), index(touchLabel, "hash", "revision"), touchedIndex,
	}
	list = append(list, searchDefinitions()...)
	for _, k := range c.Schema().Kinds {
		list = append(list, index(k.Name, idProp))
		for _, p := range k.Properties {
			if p.Unique {
				list = append(list, unique(k.Name, p.Name))
			}
		}
	}
	return list
}

func unique(label, property string) definition {
	name := label + "_" + property + "_unique"
	return definition{aConstraint, name, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE", quote(name), quote(label), quote(property))}
}

// index serves an order: the property's values, then the id.
func index(label string, properties ...string) definition {
	columns := make([]string, len(properties))
	for i, p := range properties {
		columns[i] = "n." + quote(p)
	}
	name := label + "_" + strings.Join(properties, "_")
	return definition{anIndex, name, fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR (n:%s) ON (%s)", quote(name), quote(label), strings.Join(columns, ", "))}
}

// words is a full-text index of words that are folded and split already.
func words(name, label string, properties ...string) definition {
	return definition{anIndex, name, fmt.Sprintf("CREATE FULLTEXT INDEX %s IF NOT EXISTS FOR (n:%s) ON EACH [n.%s] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}",
		quote(name), quote(label), strings.Join(properties, ", n."))}
}
