package mirror

import (
	"sync"

	"releasegraph/internal/store"
)

// mostRecent is how many effects the changes have that are remembered; one that
// has more alone is not.
const mostRecent = 4096

// recent are the changes that came last, without a gap: whoever follows the
// mirror need not read them from the log.
type recent struct {
	mu      sync.Mutex
	list    []store.Change
	effects int
}

func (r *recent) add(changes []store.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range changes {
		if n := len(r.list); n > 0 && r.list[n-1].Revision+1 != c.Revision {
			r.list, r.effects = nil, 0
		}
		r.list, r.effects = append(r.list, c), r.effects+len(c.Effects)
	}
	old := 0
	for r.effects > mostRecent {
		r.effects -= len(r.list[old].Effects)
		old++
	}
	if old > 0 {
		clear(r.list[:old])
		r.list = r.list[old:]
	}
}

// after returns up to limit changes that follow a revision.
func (r *recent) after(after store.Revision, limit int) []store.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) == 0 || after+1 < r.list[0].Revision || after >= r.list[len(r.list)-1].Revision {
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
