package bulk

import "slices"

// renumbered maps the revisions of a history to those of the store that it is replayed
// into. They differ if the log was compacted, or if the store was not empty.
type renumbered struct{ steps []renumbering }

// renumbering holds from one revision of the history on.
type renumbering struct{ told, here int64 }

// note says which revision here is one of the history. Revisions are noted in
// their order.
func (r *renumbered) note(told, here int64) {
	if told == 0 {
		return
	}
	last := len(r.steps) - 1
	switch {
	case last >= 0 && r.steps[last].told == told:
		r.steps[last].here = here
	case last < 0 || here-r.steps[last].here != told-r.steps[last].told:
		r.steps = append(r.steps, renumbering{told, here})
	}
}

// here returns the number of a revision of the history in this store. One from
// before the history begins is 0, the empty store, at the least.
func (r *renumbered) here(told int64) int64 {
	if len(r.steps) == 0 {
		return told
	}
	i, exact := slices.BinarySearchFunc(r.steps, told, func(s renumbering, told int64) int { return int(s.told - told) })
	if !exact {
		i = max(0, i-1)
	}
	return max(0, told-r.steps[i].told+r.steps[i].here)
}
