package sqlite

import (
	"context"
	"encoding/hex"
)

// IndexOpen indexes undeclared properties, as texts and as numbers. Commits
// wait while an index is made.
func (s *Store) IndexOpen(ctx context.Context, kind string, properties []string) error {
	if err := s.declared.CheckIndexOpen(kind, properties); err != nil {
		return err
	}
	t := s.layout.kinds[kind]
	for _, name := range properties {
		missing, err := s.lacks(ctx, t.openIndexes(name))
		if err != nil {
			return err
		}
		for _, statement := range missing {
			if err := s.alone(ctx, func(c *conn) error { return c.exec(statement) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// lacks gives the statements of those indexes that are not there: who only
// looks need not wait for the writer.
func (s *Store) lacks(ctx context.Context, indexes map[string]string) (missing []string, err error) {
	err = s.read(ctx, func(c *conn) error {
		for name, statement := range indexes {
			_, there, err := c.one(ctx, "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?", name)
			if err != nil {
				return err
			}
			if !there {
				missing = append(missing, statement)
			}
		}
		return nil
	})
	return missing, err
}

// openIndexes are the statements that create the indexes of an undeclared
// property, by their names. They have the very expressions of filters: only
// then are they used. In hexadecimal no two names are the same to SQLite.
func (t *table) openIndexes(property string) map[string]string {
	indexes := map[string]string{}
	for as, expr := range map[string]string{"text": openText("open", property), "number": "(" + asNumber(openText("open", property)) + ")"} {
		name := "o_" + t.kind + "_" + hex.EncodeToString([]byte(property)) + "_" + as
		indexes[name] = "CREATE INDEX IF NOT EXISTS " + quote(name) + " ON " + t.name + " (" + expr + ") WHERE " + expr + " IS NOT NULL"
	}
	return indexes
}
