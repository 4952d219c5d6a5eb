package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"

	"releasegraph/internal/store"
)

var _ store.Shelf = (*Store)(nil)

// shelfTable is made when the first value is put: files from before have none.
const shelfTable = `CREATE TABLE IF NOT EXISTS shelf (shelf TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (shelf, id)) WITHOUT ROWID`

// Shelve implements store.Shelf.
func (s *Store) Shelve(ctx context.Context, shelf, id string, value []byte) error {
	return s.alone(ctx, func(c *conn) error {
		if err := c.exec(shelfTable); err != nil {
			return err
		}
		if value == nil {
			return c.exec("DELETE FROM shelf WHERE shelf = ? AND id = ?", shelf, id)
		}
		return c.exec("INSERT OR REPLACE INTO shelf (shelf, id, value) VALUES (?, ?, ?)", shelf, id, string(value))
	})
}

// ShelveNew implements store.Shelf.
func (s *Store) ShelveNew(ctx context.Context, shelf, id string, value []byte) (held []byte, err error) {
	err = s.alone(ctx, func(c *conn) error {
		if err := c.exec(shelfTable); err != nil {
			return err
		}
		if err := c.exec("INSERT OR IGNORE INTO shelf (shelf, id, value) VALUES (?, ?, ?)", shelf, id, string(value)); err != nil {
			return err
		}
		return c.query(ctx, "SELECT value FROM shelf WHERE shelf = ? AND id = ?", []any{shelf, id}, func(row []driver.Value) error {
			held = []byte(row[0].(string))
			return nil
		})
	})
	return held, err
}

// Swap implements store.Shelf.
func (s *Store) Swap(ctx context.Context, shelf, id string, old, value []byte) (swapped bool, err error) {
	err = s.alone(ctx, func(c *conn) error {
		if err := c.exec(shelfTable); err != nil {
			return err
		}
		var held []byte
		err := c.query(ctx, "SELECT value FROM shelf WHERE shelf = ? AND id = ?", []any{shelf, id}, func(row []driver.Value) error {
			held = []byte(row[0].(string))
			return nil
		})
		if swapped = err == nil && (held == nil) == (old == nil) && bytes.Equal(held, old); !swapped {
			return err
		}
		if value == nil {
			return c.exec("DELETE FROM shelf WHERE shelf = ? AND id = ?", shelf, id)
		}
		return c.exec("INSERT OR REPLACE INTO shelf (shelf, id, value) VALUES (?, ?, ?)", shelf, id, string(value))
	})
	return swapped && err == nil, err
}

// Shelved implements store.Shelf.
func (s *Store) Shelved(ctx context.Context, shelf string, ids ...string) (map[string][]byte, error) {
	found := map[string][]byte{}
	err := s.read(ctx, func(c *conn) error {
		made, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'shelf'")
		if err != nil || made == 0 {
			return err
		}
		text, args := "SELECT id, value FROM shelf WHERE shelf = ?", []any{shelf}
		if len(ids) > 0 {
			wanted := make([]any, len(ids))
			for i, id := range ids {
				wanted[i] = id
			}
			all, err := list(wanted)
			if err != nil {
				return err
			}
			text, args = text+" AND id IN (SELECT value FROM json_each(?))", append(args, all)
		}
		return c.query(ctx, text, args, func(row []driver.Value) error {
			found[row[0].(string)] = []byte(row[1].(string))
			return nil
		})
	})
	return found, err
}
