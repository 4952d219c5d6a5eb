package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"

	"releasegraph/internal/store"
)

// Layout is how a file is laid out.
type Layout struct {
	Version, Known int64    // Known is this program's
	Steps          []string // what a migration would do
}

// FileLayout reads the layout of a file, and changes nothing.
func FileLayout(ctx context.Context, path string) (Layout, error) {
	found := Layout{Known: layoutVersion}
	if err := Unfinished(path); err != nil {
		return found, err
	}
	if _, err := os.Stat(path); err != nil {
		return found, err
	}
	err := reading(path, "mode=ro", func(c *conn) error {
		var err error
		found.Version, _, err = c.one(ctx, "PRAGMA user_version")
		return err
	})
	for v := found.Version; v > 0 && v < layoutVersion; v++ {
		found.Steps = append(found.Steps, fmt.Sprintf("from layout %d to %d: %s", v, v+1, migrations[v].what))
	}
	return found, err
}

// CheckCopy says why a file is no copy of a store that this program could open,
// or nil. It reads all of it.
func CheckCopy(ctx context.Context, path string, schema store.Schema) error {
	d, err := store.Declare(schema)
	if err != nil {
		return err
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("%w: %s is a store in use, with a log beside it, and no backup", store.ErrInvalid, path)
	}
	// Nobody else is at it: immutable spares the lock and the files beside it.
	return reading(path, "immutable=1", func(c *conn) error { return checkCopy(ctx, c, d) })
}

func reading(path, mode string, work func(*conn) error) error {
	dsn, err := address(path)
	if err != nil {
		return err
	}
	c, err := openConn(dsn + "?" + mode)
	if err != nil {
		return unavailable(path, err)
	}
	defer func() { _ = c.close() }()
	if err := work(c); err != nil {
		if isPort(err) {
			return err
		}
		return unavailable(path, err)
	}
	return nil
}

func checkCopy(ctx context.Context, c *conn, d *store.Declared) error {
	version, _, err := c.one(ctx, "PRAGMA user_version")
	if err != nil {
		return err
	}
	tables, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('log', 'node', 'edge', 'kind', 'rel')")
	if err != nil {
		return err
	}
	switch {
	case tables < 5 || version < 1:
		return fmt.Errorf("%w: it is an SQLite database of another program", store.ErrInvalid)
	case version > layoutVersion:
		return fmt.Errorf("%w: it has layout %d, this program knows %d; use the newer program that made it", store.ErrInvalid, version, layoutVersion)
	}
	if err := integrity(ctx, c, func(problem string) error {
		return fmt.Errorf("%w: it is damaged: %s", store.ErrInvalid, problem)
	}); err != nil {
		return err
	}
	return c.query(ctx, "SELECT name FROM kind", nil, func(row []driver.Value) error {
		if _, ok := d.Kind(row[0].(string)); !ok {
			return fmt.Errorf("%w: it has records of the kind %s, which this program does not know; use the newer program that made it",
				store.ErrInvalid, row[0])
		}
		return nil
	})
}

// integrity has SQLite check the whole file, and hands over what it finds.
func integrity(ctx context.Context, c *conn, report func(problem string) error) error {
	var problems []string
	err := c.query(ctx, "PRAGMA integrity_check(100)", nil, func(row []driver.Value) error {
		if text, _ := row[0].(string); text != "ok" {
			problems = append(problems, text)
		}
		return nil
	})
	if err != nil && codeOf(err) != 0 {
		problems, err = append(problems, advice(err)), nil
	}
	for _, problem := range problems {
		err = errors.Join(err, report(problem))
	}
	return err
}
