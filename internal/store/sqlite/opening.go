package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"time"

	lib "modernc.org/sqlite/lib"
)

// The pauses between attempts to open a file that is there, and that SQLite cannot open for a
// moment.
const (
	firstPause = 10 * time.Millisecond
	lastPause  = 640 * time.Millisecond
)

// openPatiently opens the file. Where SQLite says that it cannot, although the file is there,
// what stands against it may pass, such as handles or space that the system has not: it is
// tried again for a second or so.
func (s *Store) openPatiently(ctx context.Context, path string, o Options) error {
	for pause := firstPause; ; pause *= 2 {
		err := s.open(ctx, path, o)
		if codeOf(err) != lib.SQLITE_CANTOPEN || s.memory || !there(path) || pause > lastPause {
			return err
		}
		s.release()
		s.writer = nil
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// there reports whether there is a file that this process may read and write, in a directory
// in which it may make files. It opens nothing: closing a file gives up the locks that this
// process has on it, those of open connections too.
func there(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && may(path, toRead|toWrite) && may(filepath.Dir(path), toWrite)
}

// What a process may do with a file, as access(2) numbers it.
const (
	toRead  = 4
	toWrite = 2
)
