package webhook

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/store"
)

// Health is how webhooks do, for who operates the server.
type Health struct {
	// Statuses counts webhooks by their status.
	Statuses map[Status]int
	// Behind are those that are furthest behind the log, the worst first.
	Behind []Behind
}

// Behind is how far a webhook is behind the log: one to which something is sent at once, and
// has not been yet.
type Behind struct {
	ID, Name string
	// Revisions is how many there are behind all that it took.
	Revisions int64
	// Since is when the first of them was committed; zero where the log has it no more.
	Since time.Time
}

// Health tells how all webhooks do, and most of those that are behind.
func (a *Area) Health(ctx context.Context, most int) (*Health, error) {
	h := &Health{Statuses: map[Status]int{Active: 0, Failing: 0, Paused: 0, GaveUp: 0}}
	if a.estate.Shelf == nil {
		return h, nil
	}
	head, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	list, err := a.all(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		h.Statuses[w.Status()]++
		if n := head - w.state.taken(); !w.idle() && w.Target != Email && n > 0 {
			h.Behind = append(h.Behind, Behind{ID: w.ID, Name: w.Name, Revisions: n})
		}
	}
	slices.SortFunc(h.Behind, func(x, y Behind) int {
		return cmp.Or(cmp.Compare(y.Revisions, x.Revisions), strings.Compare(x.ID, y.ID))
	})
	h.Behind = h.Behind[:min(len(h.Behind), most)]
	for i := range h.Behind {
		first, err := a.estate.Store.Heads(ctx, store.Revision(head-h.Behind[i].Revisions), 1)
		switch {
		case err != nil && !errors.Is(err, store.ErrCompacted):
			return nil, refusal.OfStore(err)
		case len(first) > 0:
			h.Behind[i].Since = first[0].At
		}
	}
	return h, nil
}

// taken is the last revision of which everything was taken, and of all before it.
func (s *state) taken() int64 {
	last := revisionOf(s.At)
	for _, w := range s.Waiting {
		last = min(last, revisionOf(w.ID)-1)
	}
	return last
}

// revisionOf is the revision of a cursor or of an event's id.
func revisionOf(text string) int64 {
	revision, _, _ := strings.Cut(text, ".")
	n, _ := strconv.ParseInt(revision, 10, 64) // it was written by this program
	return n
}
