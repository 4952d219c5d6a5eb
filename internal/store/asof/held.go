package asof

import (
	"context"
	"slices"
)

// held is something that a History keeps or is learning: an overlay or a
// difference.
type held interface {
	// size is about how many bytes it takes.
	size() int64
}

// mostHeld is how many are kept: small ones, too, are not kept for ever.
const mostHeld = 64

// use finds what is kept, or keeps what begin begins; with none to begin it
// returns nothing. What is used last is let go last.
func use[T held](h *History, is func(T) bool, begin func() T) (found T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, one := range h.kept {
		if t, ok := one.(T); ok && is(t) {
			h.kept = append(append(h.kept[:i:i], h.kept[i+1:]...), one)
			return t
		}
	}
	if begin == nil {
		return found
	}
	found = begin()
	h.kept = append(h.kept, found)
	return found
}

// fit lets go what was used least lately until all that is left, with what is
// growing, is within the bound.
func (h *History) fit(growing held) {
	h.mu.Lock()
	defer h.mu.Unlock()
	total := int64(0)
	for _, one := range h.kept {
		total += one.size()
	}
	h.kept = slices.DeleteFunc(h.kept, func(one held) bool {
		if one == growing || total <= h.max {
			return false
		}
		total -= one.size()
		return true
	})
	if over := len(h.kept) - mostHeld; over > 0 {
		h.kept = slices.Clone(h.kept[over:])
	}
}

// drop lets go one.
func (h *History) drop(failed held) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = slices.DeleteFunc(h.kept, func(one held) bool { return one == failed })
}

// Held is about how many bytes all that is kept or being learnt takes.
func (h *History) Held() (total int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.kept {
		total += one.size()
	}
	return total
}

// follow waits until nobody else follows a long run of the log.
func (h *History) follow(ctx context.Context) (done func(), err error) {
	select {
	case h.following <- struct{}{}:
		return func() { <-h.following }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// longestRun is how many change sets are read at once, where they are short.
const longestRun = 512
