package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	lib "modernc.org/sqlite/lib"

	"releasegraph/internal/durable"
	"releasegraph/internal/store"
)

// restoringSuffix names the file beside a store's own in which a restore is
// built. It takes the store's place when it is complete; while it is there no
// store opens the file.
const restoringSuffix = ".restoring"

// beforeRestore names what stood in a store's place before.
const beforeRestore = ".before-restore"

// Unfinished tells that a restore of the file is under way or was cut off.
func Unfinished(path string) error {
	if path == Memory {
		return nil
	}
	if _, err := os.Stat(path + restoringSuffix); err == nil {
		return fmt.Errorf("%w (or, to go on with what was there before, remove %s)", store.ErrUnfinished, path+restoringSuffix)
	}
	return nil
}

// Restore puts a graph with its log into the file, which must hold none; with
// replace, what it holds is kept beside it, and its new name returned. The file
// is complete or as it was: the store is built beside it and takes its place at
// the end. Errors match store.ErrConflict for a file that holds something, and
// store.ErrInvalid for what does not fit the schema.
func Restore(ctx context.Context, path string, schema store.Schema, from store.Restoration, replace bool) (kept string, err error) {
	return inPlaceOf(ctx, path, replace, func(building string) error {
		return build(ctx, building, schema, from)
	})
}

// RestoreCopy puts a copy that CopyTo made in the place of the file, as Restore
// does.
func RestoreCopy(ctx context.Context, path string, schema store.Schema, copied string, replace bool) (kept string, err error) {
	return inPlaceOf(ctx, path, replace, func(building string) error {
		if err := copyFile(ctx, copied, building); err != nil {
			return err
		}
		return CheckCopy(ctx, building, schema)
	})
}

// inPlaceOf has a file built beside the store's and puts it in its place.
func inPlaceOf(ctx context.Context, path string, replace bool, build func(string) error) (kept string, err error) {
	if path == Memory {
		return "", fmt.Errorf("%w: a store in memory is gone when the command ends; name a file", store.ErrInvalid)
	}
	if err := checkReplaceable(ctx, path, replace); err != nil {
		return "", err
	}
	building := path + restoringSuffix
	if err := clearAway(building); err != nil {
		return "", err
	}
	if err := build(building); err != nil {
		if cleaning := clearAway(building); cleaning != nil {
			return "", errors.Join(err, cleaning)
		}
		return "", err
	}
	if err := syncFile(building); err != nil {
		return "", err
	}
	if replace {
		if kept, err = keepBeside(path); err != nil {
			return "", err
		}
	} else if err := removeStore(path); err != nil {
		return "", err
	}
	if err := os.Rename(building, path); err != nil {
		return kept, err
	}
	return kept, durable.Names(path)
}

// clearAway removes what a restore left that was cut off, unless one is at it.
func clearAway(building string) error {
	if _, err := os.Stat(building); err != nil {
		return ignoreMissing(err)
	}
	if busy(building) {
		return fmt.Errorf("%w: another restore of this file is under way", store.ErrConflict)
	}
	return removeStore(building)
}

// busy tells whether another process works on the file.
func busy(path string) bool {
	dsn, err := address(path)
	if err != nil {
		return false
	}
	c, err := openConn(dsn)
	if err != nil {
		return false
	}
	defer func() { _ = c.close() }()
	err = c.begin("BEGIN EXCLUSIVE")
	code := codeOf(err)
	_ = c.end(errors.New("nothing to keep"))
	return code == lib.SQLITE_BUSY || code == lib.SQLITE_LOCKED
}

func removeStore(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := ignoreMissing(os.Remove(path + suffix)); err != nil {
			return err
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// keepBeside gives the store's file another name.
func keepBeside(path string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", ignoreMissing(err)
	}
	for n := 1; ; n++ {
		kept := fmt.Sprintf("%s%s-%d", path, beforeRestore, n)
		if _, err := os.Lstat(kept); err == nil {
			continue
		}
		return kept, os.Rename(path, kept)
	}
}

// checkReplaceable says why the file cannot be replaced. It leaves the file
// without a log beside it, and nobody at it.
func checkReplaceable(ctx context.Context, path string, replace bool) error {
	if _, err := os.Stat(path); err != nil {
		return ignoreMissing(err)
	}
	dsn, err := address(path)
	if err != nil {
		return err
	}
	c, err := openConn(dsn)
	if err != nil {
		return unavailable(path, err)
	}
	defer func() { _ = c.close() }()
	if err := c.exec("PRAGMA journal_mode=DELETE"); err != nil {
		if code := codeOf(err); replace && (code == lib.SQLITE_NOTADB || code == lib.SQLITE_CORRUPT) {
			return nil
		}
		return fmt.Errorf("%w; is a server using it? End it first", unavailable(path, err))
	}
	if replace {
		return nil
	}
	return checkEmpty(ctx, c, path)
}

func checkEmpty(ctx context.Context, c *conn, path string) error {
	all, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_schema")
	if err != nil || all == 0 {
		return err
	}
	own, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('log', 'node')")
	if err != nil {
		return err
	}
	if own < 2 {
		return fmt.Errorf("%w: %s is an SQLite database of another program", store.ErrConflict, path)
	}
	found := &store.NotEmptyError{Store: path}
	head, _, err := c.one(ctx, headQuery)
	if err != nil {
		return unavailable(path, err)
	}
	if found.Nodes, _, err = c.one(ctx, "SELECT count(*) FROM node"); err != nil {
		return unavailable(path, err)
	}
	found.Revision = store.Revision(head)
	if head > 0 || found.Nodes > 0 {
		return found
	}
	return nil
}

func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, readerFunc(func(b []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return in.Read(b)
	}))
	return errors.Join(err, out.Close())
}

type readerFunc func([]byte) (int, error)

// Read calls the function.
func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
