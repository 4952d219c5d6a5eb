package store

import "fmt"

// HistoryQuery asks, for each of some nodes, for the change sets that touched
// it.
type HistoryQuery struct {
	Nodes  []ID
	Before Revision // only older ones; 0: from the head
	First  int      // at most so many of each node; 0: all
}

// Check says what is wrong with the query, or nil. Errors match ErrInvalid.
func (q HistoryQuery) Check() error {
	if q.Before < 0 || q.First < 0 {
		return fmt.Errorf("%w: a history has neither a revision below 0 nor fewer than 0 entries", ErrInvalid)
	}
	for _, id := range q.Nodes {
		if err := checkID(id); err != nil {
			return err
		}
	}
	return nil
}

// HistoryPage is a run of change sets, newest first, each with only those of
// its effects that are the node's own or those of an edge at it.
type HistoryPage struct {
	Changes []Change
	HasNext bool // older ones follow
	// Cut tells that the log was compacted and does not reach back to the
	// node's creation: what is missing was there, or may have been.
	Cut bool
}

// Page makes the page of the change sets of a node that were found, of which
// one more than asked for tells that others follow. Oldest is the store's.
func (q HistoryQuery) Page(id ID, found []Change, oldest Revision) HistoryPage {
	p := HistoryPage{Changes: found}
	if q.First > 0 && len(found) > q.First {
		p.Changes, p.HasNext = found[:q.First], true
	}
	p.Cut = oldest > 0 && !p.HasNext && !creates(p.Changes, id)
	return p
}

// creates tells whether the oldest of the change sets created the node.
func creates(changes []Change, id ID) bool {
	if len(changes) == 0 {
		return false
	}
	for _, e := range changes[len(changes)-1].Effects {
		if e.Node == id && e.Verb() == Created {
			return true
		}
	}
	return false
}

// Concerns tells whether an effect is the node's own or that of an edge at it.
func (e *Effect) Concerns(id ID) bool {
	return e.Node == id || e.Node == "" && (e.Edge.From == id || e.Edge.To == id)
}
