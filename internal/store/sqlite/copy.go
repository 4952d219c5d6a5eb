package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"

	moderncsqlite "modernc.org/sqlite"

	"releasegraph/internal/store"
)

// copyPages is how many pages are copied between two looks at the context.
const copyPages = 4096

// CopyTo writes a copy of the store, as of one revision, to a new file, by
// SQLite's own way of backing up. The reader's snapshot is held all along, so
// that others write on and the copy need not begin anew when they do. (VACUUM
// INTO would give the same at the cost of building every index again.)
func (s *Store) CopyTo(ctx context.Context, path string, progress func(done, total int64)) (store.Revision, error) {
	var head int64
	err := s.read(ctx, func(c *conn) error {
		var err error
		if head, _, err = c.one(ctx, headQuery); err != nil {
			return err
		}
		return c.copyTo(ctx, path, progress)
	})
	return store.Revision(head), err
}

type backuper interface {
	NewBackup(dstURI string) (*moderncsqlite.Backup, error)
}

func (c *conn) copyTo(ctx context.Context, path string, progress func(done, total int64)) (err error) {
	to, err := address(path)
	if err != nil {
		return err
	}
	// What is copied holds hashes of tokens: it is for its owner alone.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	b, err := c.raw.(backuper).NewBackup(to)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if finishing := b.Finish(); err == nil {
			err = finishing
		}
	}()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err = b.Step(copyPages); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
		if progress != nil {
			progress(int64(b.PageCount()-b.Remaining()), int64(b.PageCount()))
		}
	}
	return nil
}

var _ store.Dumper = (*Store)(nil)
