package mirror

import (
	"context"
	"errors"
	"time"

	"releasegraph/internal/store"
)

// mostWaiting is how many committed change sets wait for those before them; of
// more, the log is asked.
const mostWaiting = 1024

// Commit commits to the store beneath, and brings what it did into memory at
// once where it is the next change.
func (s *Store) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	s.writes.Add(1)
	defer s.writes.Add(-1)
	change, err := s.Store.Commit(ctx, cs)
	if err == nil {
		s.note(change.Revision)
		s.offer(change)
	}
	return change, s.refused(ctx, err)
}

// Preview is the store's.
func (s *Store) Preview(ctx context.Context, cs store.Changeset) (store.Change, error) {
	change, err := s.Store.Preview(ctx, cs)
	return change, s.refused(ctx, err)
}

// refused passes on why a change set was refused. Where others changed what it relies on,
// whoever reads anew reads what they did.
func (s *Store) refused(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists) {
		_, _ = s.Head(ctx) // which notes it; a store that does not answer says so to the next read
	}
	return err
}

// offer gives a change that was committed here to be applied.
func (s *Store) offer(c store.Change) {
	now := s.now.Load()
	if now == nil || len(c.Effects) == 0 || c.Revision <= now.revision {
		return
	}
	s.mu.Lock()
	if len(s.waiting) < mostWaiting {
		s.waiting[c.Revision] = c
	}
	s.mu.Unlock()
	s.making.Lock()
	defer s.making.Unlock()
	if now := s.now.Load(); now != nil {
		s.advance(now, s.next(now.revision))
	}
}

// next takes the changes that wait and follow a revision without a gap.
func (s *Store) next(after store.Revision) []store.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []store.Change
	for {
		c, ok := s.waiting[after+1]
		if !ok {
			return list
		}
		list = append(list, c)
		after++
	}
}

// advance applies changes to a snapshot, all in one editor, so that what many of
// them touch is copied once, and publishes what comes of it. It is called with
// making held.
func (s *Store) advance(now *snapshot, changes []store.Change) {
	if len(changes) == 0 || s.broken {
		return
	}
	reached := now.revision
	e := s.maker.edit(now, reached)
	for i := range changes {
		if changes[i].Revision != reached+1 {
			s.spoil(errDiverged)
			return
		}
		reached++
		e.revision = reached
		if err := e.change(&changes[i]); err != nil {
			s.spoil(err)
			return
		}
	}
	e.end()
	s.recent.add(changes)
	s.publish(e.snapshot)
}

// spoil has everything loaded anew. Until then the store beneath answers.
func (s *Store) spoil(err error) {
	s.broken = true
	s.fail(err)
	s.publish(nil)
}

// Head is the store's. Reads after it have reached it.
func (s *Store) Head(ctx context.Context) (store.Revision, error) {
	r, err := s.Store.Head(ctx)
	s.note(r)
	return r, err
}

// Settled is the store's. Reads after it have reached it.
func (s *Store) Settled(ctx context.Context) (store.Revision, error) {
	r, err := s.Store.Settled(ctx)
	s.note(r)
	return r, err
}

// Await is the store's. Reads after it have reached the head that it tells.
func (s *Store) Await(ctx context.Context, after store.Revision) (store.Revision, error) {
	if now := s.now.Load(); now != nil && now.revision > after {
		return now.revision, ctx.Err()
	}
	r, err := s.Store.Await(ctx, after)
	s.note(r)
	return r, err
}

// RevisionAt is the store's. Reads after it have reached the revision.
func (s *Store) RevisionAt(ctx context.Context, t time.Time) (store.Revision, error) {
	r, err := s.Store.RevisionAt(ctx, t)
	s.note(r)
	return r, err
}

// Changes is the store's, and from memory where that has all that is known to follow.
// Reads after it have reached what it tells of.
func (s *Store) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	if changes := s.Recent(after, limit); ctx.Err() == nil && s.suffices(changes, limit) {
		return changes, nil
	}
	return s.noted(s.Store.Changes(ctx, after, limit))
}

// suffices reports whether remembered changes are as many as are wanted, or all that
// anybody was told of.
func (s *Store) suffices(changes []store.Change, limit int) bool {
	n := len(changes)
	return n > 0 && (n == limit || int64(changes[n-1].Revision) >= s.known.Load())
}

// Compact is the store's. What it forgets is not remembered here either.
func (s *Store) Compact(ctx context.Context, through store.Revision) error {
	s.recent.forget()
	err := s.Store.Compact(ctx, through)
	s.recent.forget()
	return err
}

// Undo is the store's. Reads after it have reached what it tells of.
func (s *Store) Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.noted(s.Store.Undo(ctx, after, limit))
}

// Heads is the store's. Reads after it have reached what it tells of.
func (s *Store) Heads(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.noted(s.Store.Heads(ctx, after, limit))
}

func (s *Store) noted(changes []store.Change, err error) ([]store.Change, error) {
	if n := len(changes); n > 0 {
		s.note(changes[n-1].Revision)
	}
	return changes, err
}

// History is the store's. Reads after it have reached what it tells of.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	pages, err := s.Store.History(ctx, q)
	for i := range pages {
		if list := pages[i].Changes; len(list) > 0 {
			s.note(list[0].Revision)
		}
	}
	return pages, err
}
