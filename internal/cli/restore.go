package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"releasegraph/internal/care"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

type restoreCmd struct {
	File string `arg:"" name:"file" help:"A backup; - is standard input."`

	Replace bool `help:"Restore into an SQLite store that holds something: what it holds is kept beside it under another name."`
	storeFlags
}

// Help has the examples.
func (restoreCmd) Help() string {
	return `The whole backup is read and checked before anything is touched. The store must be empty, and nobody may use it. One that
was cut off in the middle says so whenever it is opened, until the same command is run again.

Examples:

    releasegraph restore estate-2026-03-01.db
    releasegraph restore --replace estate.rgdump
    releasegraph restore --store bolt://127.0.0.1:7687 estate.rgdump`
}

// Run restores the backup.
func (c *restoreCmd) Run(r *running) error {
	if err := c.check(); err != nil {
		return err
	}
	file, clean, err := c.spool(r)
	if err != nil {
		return err
	}
	defer clean()
	form, err := care.FormOf(file)
	if err != nil {
		return c.untouched(err)
	}
	path, toFile := strings.CutPrefix(c.Store, "sqlite:")
	switch {
	case c.Replace && !toFile:
		return usagef("--replace is for SQLite; empty the Neo4j database first: there is no other name to keep it under")
	case form == care.SQLite && !toFile:
		return usagef("%s is the file of an SQLite store; to move it into Neo4j, take a backup of it with --logical and restore that", c.File)
	case form == care.SQLite:
		return c.restoreCopy(r, path, file)
	}
	return c.restoreStream(r, path, file, toFile)
}

// untouched says that an error came before anything was written.
func (c *restoreCmd) untouched(err error) error {
	return fmt.Errorf("%s: %w; nothing was touched", c.File, err)
}

// spool makes standard input a file: a backup is read twice.
func (c *restoreCmd) spool(r *running) (file string, clean func(), err error) {
	if c.File != "-" {
		return c.File, func() {}, nil
	}
	f, err := os.CreateTemp("", "releasegraph-restore-*")
	if err != nil {
		return "", nil, fmt.Errorf("no room to keep the backup while it is checked: %w", err)
	}
	clean = func() { _ = os.Remove(f.Name()) } // a leftover in the temporary directory harms nobody
	_, err = io.Copy(f, r.Stdin)
	if err := errors.Join(err, f.Close()); err != nil {
		clean()
		return "", nil, fmt.Errorf("copying standard input to a temporary file: %w", err)
	}
	return f.Name(), clean, nil
}

func (c *restoreCmd) restoreCopy(r *running, path, file string) error {
	if err := sqlite.CheckCopy(r, file, entity.Schema()); err != nil {
		return c.untouched(err)
	}
	kept, err := sqlite.RestoreCopy(r, path, entity.Schema(), file, c.Replace)
	if err := c.told(r, kept, err); err != nil {
		return err
	}
	r.say("%s is the store that the backup holds.\n", path)
	return nil
}

func (c *restoreCmd) restoreStream(r *running, path, file string, toFile bool) error {
	d, err := store.Declare(entity.Schema())
	if err != nil {
		return err
	}
	_, end, err := care.CheckStream(file, d)
	if err != nil {
		return c.untouched(err)
	}
	show := r.progress("restoring")
	defer show.end()
	total := end.Nodes + end.Edges + end.Changes
	var kept string
	err = care.WithStream(file, end, func(done int64) { show.of(done, total) }, func(from store.Restoration) error {
		if toFile {
			kept, err = sqlite.Restore(r, path, entity.Schema(), from, c.Replace)
			return err
		}
		password, err := c.password()
		if err != nil {
			return err
		}
		return neo4j.Restore(r, c.Store, c.neo4jOptions(password), entity.Schema(), from)
	})
	if err := c.told(r, kept, err); err != nil {
		return err
	}
	r.say("%d records, %d relationships and %d changes, as of revision %d.\n", end.Nodes, end.Edges, end.Changes, end.Revision)
	return nil
}

func (c *restoreCmd) told(r *running, kept string, err error) error {
	var notEmpty *store.NotEmptyError
	if errors.As(err, &notEmpty) && strings.HasPrefix(c.Store, "sqlite:") {
		return fmt.Errorf("%w; name another store, or keep what is there beside the new one by --replace", err)
	}
	if err != nil {
		return err
	}
	if kept != "" {
		r.say("What was there is now %s.\n", kept)
	}
	return nil
}
