//go:build unix

package neo4jtest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// reserve keeps the test processes of several packages from using one server
// at the same time: they would wipe each other's data.
func reserve(uri string) (release func(), err error) {
	name := fmt.Sprintf("releasegraph-neo4j-%x.lock", sha256.Sum256([]byte(uri)))
	f, err := os.OpenFile(filepath.Join(os.TempDir(), name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
