package upload

import (
	"os"

	"golang.org/x/sys/unix"
)

// beginFlush asks the system to write, and does not wait. Where it cannot, the
// sync at the end does it all.
func beginFlush(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}
