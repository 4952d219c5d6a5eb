package webhook

import (
	"slices"
	"time"
)

// The limits of a webhook's queue and patience.
const (
	// maxWaiting is how many events wait apart; of more, the log keeps them.
	maxWaiting = 256
	// atOnce is how many new events are looked at in a round.
	atOnce = 64
	// unwell is after how many failures in a row one event alone is tried.
	unwell = 5
	// firstPause and lastPause bound the pauses between tries.
	firstPause, lastPause = 5 * time.Second, time.Hour
	// eventPatience is how long an event is tried by a receiver that takes others.
	eventPatience = 24 * time.Hour
	// hookPatience is how long a receiver is tried that takes nothing.
	hookPatience = 5 * 24 * time.Hour
)

// waiting is an event that waits: to be tried again, or for one of the same subject that
// does.
type waiting struct {
	ID, Subject, Type string
	Attempts          int
	Since             time.Time // when it was tried first
	Due               time.Time
}

// pause is how long to wait after so many tries; chance, from 0 to 1, spreads those of
// many.
func pause(tries int, chance float64) time.Duration {
	p := firstPause
	for range tries - 1 {
		if p *= 3; p >= lastPause {
			p = lastPause
			break
		}
	}
	return time.Duration(float64(p) * (0.75 + chance/2)).Truncate(time.Millisecond)
}

// dead reports whether an event is not tried any more: its receiver has taken others
// since it was tried first, and would not take it for long.
func (w *waiting) dead(now time.Time, succeeded *time.Time) bool {
	return w.Attempts > 0 && now.Sub(w.Since) >= eventPatience && succeeded != nil && succeeded.After(w.Since)
}

// groups are the events that are to be tried: those of each subject in their order, where
// the first of them is due. Of a receiver that is not well it is one event.
func groups(s *state, now time.Time) [][]waiting {
	var list [][]waiting
	place := map[string]int{}
	for _, w := range s.Waiting {
		i, known := place[w.Subject]
		if !known {
			i = len(list)
			place[w.Subject] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], w)
	}
	kept := list[:0]
	for _, g := range list {
		if !g[0].Due.After(now) {
			kept = append(kept, g)
		}
	}
	if s.Failures < unwell || len(kept) == 0 {
		return kept
	}
	if s.RetryAt.After(now) {
		return nil
	}
	return [][]waiting{kept[0][:1]}
}

// nextDue is when something is to be tried next, zero where nothing waits.
func nextDue(s *state, now time.Time) (next time.Time) {
	known := map[string]bool{}
	for _, w := range s.Waiting {
		if known[w.Subject] {
			continue
		}
		known[w.Subject] = true
		if next.IsZero() || w.Due.Before(next) {
			next = w.Due
		}
	}
	if s.Failures >= unwell && s.RetryAt.After(next) {
		next = s.RetryAt
	}
	if !next.IsZero() && next.Before(now) {
		return now
	}
	return next
}

// failing reports whether something that was sent was not taken since.
func (s *state) failing() bool {
	return s.Failures > 0 || slices.ContainsFunc(s.Waiting, func(w waiting) bool { return w.Attempts > 0 })
}

// room is how many new events are looked at: one, where a receiver is not well and nothing
// else can show that it is again.
func (s *state) room(now time.Time) int {
	switch {
	case s.Failures < unwell:
		return min(atOnce, maxWaiting-len(s.Waiting))
	case len(s.Waiting) == 0 && !s.RetryAt.After(now):
		return 1
	}
	return 0
}
