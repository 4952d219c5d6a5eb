package blob

import (
	"errors"
	"os"
	"path/filepath"

	"releasegraph/internal/digest"
)

// syncFolders makes the names on the way to a content last: without it a power
// cut could take away what was promised.
func (s *Store) syncFolders(d digest.SHA256) error {
	if s.folder == "" {
		return nil
	}
	for at := filepath.Dir(s.path(d)); ; at = filepath.Dir(at) {
		// A folder that was never made has nothing to lose.
		if err := syncFile(at); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if at == s.folder {
			return nil
		}
	}
}

// syncFile has a file or a folder written to the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
