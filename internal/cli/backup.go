package cli

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"releasegraph/internal/care"
	"releasegraph/internal/store"
	"releasegraph/internal/store/dump"
)

type backupCmd struct {
	File string `arg:"" name:"file" help:"Where to write; - is standard output."`

	Logical bool `help:"Write the stream that can be restored into either kind of store, also of an SQLite store."`
	JSON    bool `help:"Print what was taken as JSON."`
	storeFlags
}

// Help has the examples.
func (backupCmd) Help() string {
	return `The backup is the store as of one revision, its whole log included, while others go on writing. FILE is complete or not
there. A backup of an SQLite store is itself such a store; one of Neo4j, and any with --logical or to standard output, is
a compressed stream with counts and a checksum, from which either kind of store can be restored.

A backup is taken from the store itself, not through a server: no API hands out everything that it knows.

Examples:

    releasegraph backup estate-2026-03-01.db
    releasegraph backup --logical estate.rgdump
    releasegraph backup --store bolt://127.0.0.1:7687 - | ssh vault 'cat > estate.rgdump'`
}

// Run takes the backup.
func (c *backupCmd) Run(r *running) error {
	if err := c.checkTarget(); err != nil {
		return err
	}
	e, err := c.openExisting(r, false)
	if err != nil {
		return err
	}
	began := time.Now()
	taken, err := c.take(r, e.store)
	if err := errors.Join(err, e.close(r)); err != nil {
		return err
	}
	if c.JSON && c.File != "-" {
		return json.NewEncoder(r.Stdout).Encode(taken)
	}
	r.say("The store as of revision %d, %.1f MB in %s.\n",
		taken.Revision, float64(taken.Bytes)/1e6, time.Since(began).Round(10*time.Millisecond))
	return nil
}

// checkTarget keeps the backup from being written over its own store.
func (c *backupCmd) checkTarget() error {
	path, file := strings.CutPrefix(c.Store, "sqlite:")
	if !file || c.File == "-" {
		return nil
	}
	own, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // opening the store tells
	}
	if there, err := os.Stat(c.File); err == nil && os.SameFile(own, there) {
		return usagef("%s is the store itself; name another file for its backup", c.File)
	}
	return nil
}

func (c *backupCmd) take(r *running, s store.Store) (care.Taken, error) {
	header := dump.NewHeader(time.Now(), builtVersion().Version)
	show := r.progress("backing up")
	defer show.end()
	if c.File == "-" {
		return care.Dump(r, s, r.Stdout, header, show.count)
	}
	whole, ok := s.(store.Dumper)
	if !ok || c.Logical {
		return care.BackupFile(c.File, func(part string) (care.Taken, error) {
			return care.DumpFile(r, s, part, header, show.count)
		})
	}
	return care.BackupFile(c.File, func(part string) (care.Taken, error) {
		revision, err := whole.CopyTo(r, part, show.of)
		return care.Taken{Revision: revision}, err
	})
}
