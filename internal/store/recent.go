package store

import "math"

// recent is what has changed lately, as far as guards look back.
type recent struct {
	oldest  Revision // that the log reaches back to
	changes []Change
}

// AddRecent tells of the change sets after Needs.Since, and of the oldest
// revision that the log reaches back to.
func (s *State) AddRecent(changes []Change, oldest Revision) {
	s.recent = recent{oldest, changes}
}

// follow adds what a set of this State did, which is newer than all else.
func (r *recent) follow(effects []Effect) {
	r.changes = append(r.changes, Change{Revision: math.MaxInt64, Effects: effects})
}

// leaves tells whether a guard holds.
func (r *recent) leaves(g Unchanged) bool {
	if g.Since < r.oldest {
		return false
	}
	for i := range r.changes {
		if r.changes[i].Revision > g.Since && g.minds(r.changes[i].Effects) {
			return false
		}
	}
	return true
}

// minds tells whether effects are of the guard's sort.
func (g Unchanged) minds(effects []Effect) bool {
	for i := range effects {
		if e := &effects[i]; e.Node != "" && e.Kind == g.Kind || e.Node == "" && e.Edge.Rel == g.Rel {
			return true
		}
	}
	return false
}
