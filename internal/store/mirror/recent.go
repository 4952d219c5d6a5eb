package mirror

import (
	"sync"

	"releasegraph/internal/store"
)

// recent are the changes that came last, without a gap: whoever follows the
// mirror need not read them from the log. They take no more than is read of the
// log at once; one that takes more alone is not remembered.
type recent struct {
	mu    sync.Mutex
	list  []store.Change
	bytes int
}

func (r *recent) add(changes []store.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range changes {
		c := &changes[i]
		if n := len(r.list); n > 0 && r.list[n-1].Revision+1 != c.Revision {
			r.list, r.bytes = nil, 0
		}
		r.list, r.bytes = append(r.list, *c), r.bytes+c.Bytes()
	}
	old := 0
	for r.bytes > store.RunBytes {
		r.bytes -= r.list[old].Bytes()
		old++
	}
	if old > 0 {
		clear(r.list[:old])
		r.list = r.list[old:]
	}
}

// forget lets go of all of them.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.bytes = nil, 0
}

// after returns up to limit changes that follow a revision.
func (r *recent) after(after store.Revision, limit int) []store.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	if limit <= 0 || len(r.list) == 0 || after+1 < r.list[0].Revision || after >= r.list[len(r.list)-1].Revision {
		return nil
	}
	from := int(after + 1 - r.list[0].Revision)
	return append([]store.Change(nil), r.list[from:min(len(r.list), from+limit)]...)
}

// Recent returns up to limit of the changes after a revision, in order and
// without gaps: none where it does not remember them, which the log may. They
// are shared, and not to be changed.
func (s *Store) Recent(after store.Revision, limit int) []store.Change {
	return s.recent.after(after, limit)
}
