// Package durable has names of files survive power cuts.
package durable

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Names makes the names in a file's directory survive a power cut, where the system can do
// so.
func Names(file string) error {
	d, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	err = d.Sync()
	if runtime.GOOS == "windows" || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil // directories cannot be synced there
	}
	return errors.Join(err, d.Close())
}
