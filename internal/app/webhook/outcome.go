package webhook

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"
)

// note writes down what came of the round.
func (r *round) note(ctx context.Context, fresh []task, end string, behind bool) (*state, error) {
	if r.gone {
		if err := r.app.pausedBy(ctx, r.hook.ID, "the receiver answered 410 Gone"); err != nil {
			return nil, err
		}
	}
	kept, dropped, err := r.app.logged(ctx, r.hook.ID, r.state.Log, r.tries)
	if err != nil {
		return nil, err
	}
	s, err := r.app.settle(ctx, r.hook.ID, r.holder, func(s *state) {
		now := r.app.estate.Clock()
		s.Log = kept
		if len(r.tries) > 0 {
			s.Slow = r.slow
		}
		s.Waiting = r.remaining(fresh, now)
		s.went(r.tries, now, rand.Float64()) //nolint:gosec // it spreads tries
		s.moved(end, behind)
		s.Missed = cmp.Or(r.missed, s.Missed)
	})
	if err != nil {
		return nil, err
	}
	return s, r.app.forget(ctx, r.hook.ID, dropped)
}

// moved goes on behind what was looked at.
func (s *state) moved(end string, behind bool) {
	if behind {
		if s.Again != nil {
			if s.Again.At = end; end == "" {
				s.Again = nil
			}
		}
		return
	}
	s.At = end
}

// remaining are the events that wait from now on, in the order of the log.
func (r *round) remaining(fresh []task, now time.Time) []waiting {
	var list []waiting
	keep := func(w waiting) {
		if left, tried := r.left[w.ID]; tried {
			w = left
		}
		if !r.done[w.ID] {
			w.Due = cmp.Or(w.Due, now)
			list = append(list, w)
		}
	}
	for _, w := range r.state.Waiting {
		keep(w)
	}
	for _, t := range fresh {
		keep(t.waiting)
	}
	return list
}

// went notes how the receiver did: what it took, or that it takes nothing.
func (s *state) went(tries []Delivery, now time.Time, chance float64) {
	failed := 0
	for _, d := range tries {
		if d.Outcome == Taken {
			s.SucceededAt, s.Failures, s.FailedAt, failed = &now, 0, nil, 0
			continue
		}
		failed++
		s.Error = *d.Error
	}
	if !s.failing() && failed == 0 {
		s.Error = ""
	}
	if failed == 0 {
		return
	}
	if s.Failures += failed; s.FailedAt == nil {
		s.FailedAt = &now
	}
	s.RetryAt = now.Add(pause(max(1, s.Failures-unwell+1), chance))
	if now.Sub(*s.FailedAt) >= hookPatience {
		s.GaveUpAt = &now
	}
}
