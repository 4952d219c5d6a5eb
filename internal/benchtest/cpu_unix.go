//go:build unix

package benchtest

import (
	"syscall"
	"time"
)

// CPU is how long processors have worked for this process so far: unlike time
// it does not grow while others keep them busy.
func CPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
