package event

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/feed"
)

// topic says what subscribers are told of change sets.
type topic[T any] interface {
	// pass goes on to a change set, and tells whether anything of it may have to
	// be told. Change sets are passed in the order of the log, each once.
	pass(ctx context.Context, c *store.Change) (bool, error)
	// of tells what the change set that was passed last has for whoever asks.
	of(ctx context.Context, c *store.Change) ([]T, error)
	// state tells on what, besides the change set, it depends what is told.
	state() string
}

// Committed is a change set of the log with all that a caller may not see of it. What of
// it is told, Stream.Of decides.
type Committed struct{ all *store.Change }

// Revision returns the change set's revision.
func (c Committed) Revision() int64 { return int64(c.all.Revision) }

// Stream follows the log for one subscriber, change set by change set:
// what is told of one is the same for all of an Audience who subscribed to the
// same, wherever they began. It is for one goroutine; Close may be called by
// any. Who is given one closes it.
type Stream[T any] struct {
	app     *Area
	reader  *feed.Reader
	topic   topic[T]
	pending []store.Change
	given   store.Revision // what was passed last
	at      atomic.Int64   // see At
}

func newStream[T any](a *Area, r *feed.Reader, t topic[T]) *Stream[T] {
	s := &Stream[T]{app: a, reader: r, topic: t, given: r.At()}
	s.at.Store(int64(s.given))
	return s
}

// Next waits for the next change set that may have something to tell.
func (s *Stream[T]) Next(ctx context.Context) (c Committed, err error) {
	for {
		s.at.Store(int64(s.given))
		if len(s.pending) == 0 {
			changes, err := s.reader.Next(ctx)
			if err != nil {
				return c, s.app.followError(ctx, err, s.reader.At())
			}
			s.pending = changes
		}
		c, wanted, err := s.pass(ctx)
		if wanted || err != nil {
			return c, err
		}
	}
}

// Ready returns what Next would return without waiting, and reports whether there is any.
// What was given before it may not have come to the subscriber yet: At stays.
func (s *Stream[T]) Ready(ctx context.Context) (c Committed, is bool, err error) {
	for {
		if len(s.pending) == 0 {
			if s.pending = s.reader.Ready(); len(s.pending) == 0 {
				return c, false, nil
			}
		}
		c, wanted, err := s.pass(ctx)
		if wanted || err != nil {
			return c, wanted, err
		}
	}
}

// pass goes on to the next change set of those that were read.
func (s *Stream[T]) pass(ctx context.Context) (c Committed, wanted bool, err error) {
	c.all = &s.pending[0]
	s.pending, s.given = s.pending[1:], c.all.Revision
	wanted, err = s.topic.pass(ctx, c.all)
	return c, wanted, err
}

// Of tells what the change set that Next gave last has for whoever asks: it
// may be nothing.
func (s *Stream[T]) Of(ctx context.Context, c Committed) ([]T, error) {
	return s.topic.of(ctx, c.all)
}

// State tells on what, besides the change set that Next gave last, it depends
// what is told of it: equal texts, equal answers.
func (s *Stream[T]) State() string { return s.topic.state() }

// Head returns the last revision that was heard of.
func (s *Stream[T]) Head() int64 { return int64(s.reader.Head()) }

// At returns behind which revision the subscriber goes on that has been told all that
// there is of what Next gave; it has been when Next is called again. Any goroutine may
// call it.
func (s *Stream[T]) At() int64 { return s.at.Load() }

// Close ends the following.
func (s *Stream[T]) Close() { s.reader.Close() }

// seenOf returns what whoever asks may see of a change set; nil: nothing.
func (a *Area) seenOf(ctx context.Context, c *store.Change) (*store.Change, error) {
	seen, err := a.estate.Today(ctx).SeenOf(ctx, []store.Change{*c})
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	return &seen[0], nil
}

// follow begins to read the log after a revision; from now on when it is nil. It reads
// what is in reach then.
func (a *Area) follow(ctx context.Context, after *int64, all ...*reach) (*feed.Reader, error) {
	if after == nil {
		head, err := a.estate.Head(ctx)
		if err != nil {
			return nil, err
		}
		after = &head
	}
	if _, err := a.beginAt(ctx, after, all); err != nil {
		return nil, err
	}
	reader, err := a.estate.Feed.From(ctx, store.Revision(*after))
	if err != nil {
		return nil, a.followError(ctx, err, store.Revision(*after))
	}
	return reader, nil
}

// beginAt refuses a revision after which the log cannot be followed, and reads what is in
// reach then. It returns the head.
func (a *Area) beginAt(ctx context.Context, after *int64, all []*reach) (head store.Revision, err error) {
	if head, err = a.estate.Store.Head(ctx); err != nil {
		return 0, refusal.OfStore(err)
	}
	oldest, err := a.estate.Entire.Oldest(ctx)
	switch at := store.Revision(*after); {
	case err != nil:
		return 0, refusal.OfStore(err)
	case at < 0 || at > head:
		return 0, refusal.Wrong("after", "is %d; the last change has the revision %d", at, head)
	case at < oldest:
		return 0, a.followError(ctx, store.ErrCompacted, at)
	}
	for _, r := range all {
		if err := r.begin(ctx, store.Revision(*after)); err != nil {
			return 0, err
		}
	}
	return head, nil
}

// followError says why the log is not followed any further, and where to go on.
func (a *Area) followError(ctx context.Context, err error, at store.Revision) error {
	resume := map[string]any{"resumeAfter": fmt.Sprint(at)}
	var slow *feed.SlowError
	switch {
	case errors.As(err, &slow):
		return &domain.Error{
			Code: domain.TooSlow, Details: resume,
			Message: fmt.Sprintf("the subscriber did not keep up and was dropped; subscribe again after revision %d", at),
		}
	case errors.Is(err, store.ErrCompacted):
		oldest, oldestErr := a.estate.Entire.Oldest(ctx)
		if oldestErr != nil {
			return refusal.OfStore(oldestErr)
		}
		return &domain.Error{
			Code: domain.Invalid, Rule: "C4", Field: "after", Cause: err, Details: map[string]any{"oldest": fmt.Sprint(oldest)},
			Message: fmt.Sprintf("the log no longer reaches back to revision %d: read anew what you follow, and subscribe without after, "+
				"or after revision %d at the earliest", at, oldest),
		}
	case errors.Is(err, store.ErrUnavailable):
		return &domain.Error{Code: domain.Unavailable, Details: resume, Cause: err, Message: "the store cannot be reached; subscribe again later"}
	}
	return refusal.OfStore(err)
}

// Subscribers returns how many follow the log at the moment.
func (a *Area) Subscribers() int { return a.estate.Feed.Readers() }
