package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

type migrateCmd struct {
	DryRun bool `help:"Say what would be done, and do nothing."`
	JSON   bool `help:"Print JSON."`
	storeFlags
}

// Help has the examples.
func (migrateCmd) Help() string {
	return `A store that an older version of the program wrote is brought forward by every command that opens it; this one does only
that, so that it can be done when it suits, before the server starts. Cut off in the middle, an SQLite file is the old one,
and a Neo4j database goes on where it was at the next start. A store of a newer version is refused.

Examples:

    releasegraph migrate --dry-run
    releasegraph migrate --store bolt://127.0.0.1:7687`
}

// form is that of a store before a migration.
type form struct {
	Version int64    `json:"version"`
	Known   int64    `json:"known"`
	Steps   []string `json:"steps"`
}

// Run brings the store forward.
func (c *migrateCmd) Run(r *running) error {
	if err := c.check(); err != nil {
		return err
	}
	was, err := c.look(r)
	if err != nil {
		return err
	}
	if was.Version > was.Known {
		return fmt.Errorf("%s has version %d, this program knows %d; use the newer program that wrote it", c.Store, was.Version, was.Known)
	}
	if !c.DryRun && len(was.Steps) > 0 {
		e, err := c.open(r, false)
		if err == nil {
			err = e.close(r)
		}
		if err != nil {
			return err
		}
	}
	return c.print(r, was)
}

func (c *migrateCmd) look(r *running) (form, error) {
	if path, ok := strings.CutPrefix(c.Store, "sqlite:"); ok {
		if path == sqlite.Memory {
			return form{}, usagef("a store in memory is always new")
		}
		l, err := sqlite.FileLayout(r, path)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no file %s", path)
		}
		return form(l), err
	}
	password, err := c.password()
	if err != nil {
		return form{}, err
	}
	l, err := neo4j.DatabaseLayout(r, c.Store, c.neo4jOptions(password))
	return form(l), err
}

func (c *migrateCmd) print(r *running, was form) error {
	if c.JSON {
		if was.Steps == nil {
			was.Steps = []string{}
		}
		return json.NewEncoder(r.Stdout).Encode(was)
	}
	for _, step := range was.Steps {
		fmt.Fprintln(r.Stdout, step)
	}
	switch {
	case len(was.Steps) == 0:
		fmt.Fprintf(r.Stdout, "Nothing to do: the store has version %d, the newest.\n", was.Version)
	case c.DryRun:
		fmt.Fprintln(r.Stdout, "Nothing was done.")
	default:
		fmt.Fprintf(r.Stdout, "The store has version %d now.\n", was.Known)
	}
	return nil
}
