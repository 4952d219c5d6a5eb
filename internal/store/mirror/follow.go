package mirror

import (
	"context"
	"errors"
	"time"

	"releasegraph/internal/store"
)

// run loads the graph and follows the log until the context ends. Whatever fails
// is tried again after a pause.
func (s *Store) run(ctx context.Context) {
	var first bool
	defer func() {
		if !first {
			close(s.loaded)
		}
	}()
	pause := s.opts.FirstPause
	for ctx.Err() == nil {
		err := s.step(ctx)
		if ctx.Err() != nil {
			return
		}
		if !first {
			first = true
			close(s.loaded)
		}
		if err == nil {
			pause = s.opts.FirstPause
			continue
		}
		// What is loaded is served on: it is right for its revision.
		s.fail(err)
		sleep(ctx, pause)
		pause = min(2*pause, s.opts.LongestPause)
	}
}

// step loads, or follows the next changes of the log, for which it waits.
func (s *Store) step(ctx context.Context) error {
	now := s.now.Load()
	if now == nil || s.wasteful(now) {
		return s.reload(ctx, now)
	}
	reached := now.revision
	head, err := s.Store.Await(ctx, reached)
	if err != nil {
		return err
	}
	s.fail(nil)
	s.pass(ctx, head)
	if now = s.now.Load(); now == nil || now.revision >= head {
		return nil
	}
	changes, err := s.Store.Changes(ctx, now.revision, batch)
	if errors.Is(err, store.ErrCompacted) {
		s.making.Lock()
		defer s.making.Unlock()
		s.spoil(err)
		return nil
	}
	if err != nil {
		return err
	}
	if len(changes) == 0 { // committed, but something before it is not readable yet
		sleep(ctx, time.Millisecond)
		return nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	if now = s.now.Load(); now == nil {
		return nil
	}
	for len(changes) > 0 && changes[0].Revision <= now.revision {
		changes = changes[1:]
	}
	s.advance(now, changes)
	return nil
}

// batch is how many changes are read at once.
const batch = 256

// grace is how long a change that is being committed here may take until it is
// read from the log.
const grace = 5 * time.Millisecond

// pass waits for those who are committing to bring a revision, as long as they get on
// within the grace.
func (s *Store) pass(ctx context.Context, head store.Revision) {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	for s.writes.Load() > 0 {
		changed := s.change()
		if now := s.now.Load(); now == nil || now.revision >= head {
			return
		}
		select {
		case <-changed:
			timer.Reset(grace)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// wasteful tells whether what is not used any more takes more room than the rest,
// or the whole more than it may.
func (s *Store) wasteful(now *snapshot) bool {
	const few = 100_000
	s.making.Lock()
	defer s.making.Unlock()
	unused := len(s.maker.gone)
	for _, r := range now.relations {
		unused += max(0, len(r.labels)-r.count)
	}
	used := 0
	for _, n := range now.nodes {
		used += int(n.rows.GetCardinality())
	}
	return unused > max(few, used) || s.opts.MaxBytes > 0 && now.bytes > s.opts.MaxBytes
}

// reload makes a snapshot of all that the store beneath has.
func (s *Store) reload(ctx context.Context, now *snapshot) error {
	var without map[string]bool
	if now != nil {
		without = now.without
	}
	loaded, maker, err := s.load(ctx, without)
	if err != nil {
		return err
	}
	s.fail(nil)
	s.making.Lock()
	defer s.making.Unlock()
	s.maker, s.broken = maker, false
	s.publish(loaded)
	return nil
}

// sleep waits, or returns earlier when the context ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
