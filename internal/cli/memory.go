package cli

import (
	"context"
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"releasegraph/internal/store/mirror"
)

// ownMemory is the part of the machine's or the container's memory that the
// server uses unless told otherwise.
const ownMemory = 0.7

// limitMemory tells the runtime how much memory to use, and returns it; 0 means
// no limit. What GOMEMLIMIT says counts where no flag does.
func limitMemory(flag *int64) int64 {
	limit := debug.SetMemoryLimit(-1)
	switch {
	case flag != nil:
		if limit = *flag; limit <= 0 {
			limit = math.MaxInt64
		}
	case limit == math.MaxInt64:
		if all, err := memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)(); err == nil {
			limit = int64(ownMemory * float64(all))
		}
	}
	debug.SetMemoryLimit(limit)
	if limit == math.MaxInt64 {
		return 0
	}
	return limit
}

// How much garbage the runtime lets gather, in percent of what is in use, while an
// import runs. What one must remember of millions of lines is much, and half as
// much again is what the machine should need; a small one is sooner done with more.
const (
	largeImportGarbage = 50
	smallImportGarbage = 200
)

// gather lets garbage gather, unless GOGC says otherwise.
func gather(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// keptRecords says how much of the memory limit (0: there is none) records may
// take; nil: no records are kept in memory.
func keptRecords(limit int64, flag *int64) *mirror.Options {
	switch {
	case flag == nil:
		return &mirror.Options{MaxBytes: limit / 3}
	case *flag <= 0:
		return nil
	}
	return &mirror.Options{MaxBytes: *flag}
}

// settle gives back to the system what only the loading of the estate needed.
func (e *estate) settle(ctx context.Context) {
	if e.loaded(ctx) == nil {
		debug.FreeOSMemory()
	}
}
