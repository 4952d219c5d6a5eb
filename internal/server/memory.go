package server

import "runtime/metrics"

// nearly is the part of the memory limit from which on what is in use counts as
// near it: so much is left for what runs.
const nearly = 0.75

// What the runtime measures.
const (
	liveHeap  = "/gc/heap/live:bytes" // after the last collection
	mapped    = "/memory/classes/total:bytes"
	givenBack = "/memory/classes/heap/released:bytes"
)

// memory tells whether memory is scarce: what was in use at the last collection
// is near the limit, or all that the process has is beyond it. It is nil where
// there is no limit.
func memory(limit int64) func() bool {
	if limit <= 0 {
		return nil
	}
	return func() bool {
		s := []metrics.Sample{{Name: liveHeap}, {Name: mapped}, {Name: givenBack}}
		metrics.Read(s)
		live, used := float64(s[0].Value.Uint64()), float64(s[1].Value.Uint64()-s[2].Value.Uint64())
		return live > nearly*float64(limit) || used > float64(limit)
	}
}
