package blob

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Swept counts what was cleared away.
type Swept struct {
	Files   int // temporary ones
	Uploads int // to an object store that were cut off
}

// Sweep clears away what processes left that were killed while they wrote, as
// far as it is older than a moment, which must be further back than the longest
// transfer takes.
func (s *Store) Sweep(ctx context.Context, before time.Time) (Swept, error) {
	var done Swept
	var err error
	if s.cutter != nil {
		done.Uploads, err = s.cutter.Cut(ctx, root, before)
	}
	if s.folder == "" || err != nil {
		return done, err
	}
	err = filepath.WalkDir(filepath.Join(s.folder, root), func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // nothing was ever kept, or it was finished meanwhile
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case d.IsDir() || !temporary(name):
			return nil
		}
		swept, err := removeOld(name, d, before)
		if swept {
			done.Files++
		}
		return err
	})
	return done, err
}

// removeOld removes a file that was last written before a moment, and reports
// whether it did.
func removeOld(name string, d fs.DirEntry, before time.Time) (bool, error) {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !info.ModTime().Before(before) {
		return false, err
	}
	err = os.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
