package app

import (
	"context"
	"errors"
	"fmt"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/feed"
)

// EventStream tells what is changed, as it is committed. It is for one
// goroutine; who is given one closes it.
type EventStream struct {
	app     *App
	reader  *feed.Reader
	filter  *eventFilter
	pending []*Event
}

// Events begins to tell what is changed after a revision; from now on when it
// is nil. Events of one change set come together, and change sets in the order
// of the log, without gaps but for what the caller may not see.
func (a *App) Events(ctx context.Context, filter *domain.EventFilter, after *int64) (*EventStream, error) {
	if err := a.may(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	f, err := readEventFilter(filter)
	if err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	return &EventStream{app: a, reader: reader, filter: f}, nil
}

// Next waits for the next event.
func (s *EventStream) Next(ctx context.Context) (*Event, error) {
	for len(s.pending) == 0 {
		changes, err := s.reader.Next(ctx)
		if err != nil {
			return nil, s.app.followError(ctx, err, s.reader.At())
		}
		if changes, err = s.app.today(ctx).seenOf(ctx, changes); err != nil {
			return nil, err
		}
		for i := range changes {
			s.pending = append(s.pending, newEvents(s.app, &changes[i], s.filter)...)
		}
	}
	next := s.pending[0]
	s.pending = s.pending[1:]
	return next, nil
}

// Close ends the stream.
func (s *EventStream) Close() { s.reader.Close() }

// follow begins to read the log after a revision; from now on when it is nil.
func (a *App) follow(ctx context.Context, after *int64) (*feed.Reader, error) {
	var from store.Revision
	if after != nil {
		from = store.Revision(*after)
	} else {
		head, err := a.store.Head(ctx)
		if err != nil {
			return nil, storeError(err)
		}
		from = head
	}
	reader, err := a.feed.From(ctx, from)
	if errors.Is(err, store.ErrInvalid) {
		head, headErr := a.store.Head(ctx)
		if headErr != nil {
			return nil, storeError(headErr)
		}
		return nil, wrong("after", "is %d; the last change has the revision %d", from, head)
	}
	if err != nil {
		return nil, a.followError(ctx, err, from)
	}
	return reader, nil
}

// followError says why the log is not followed any further, and where to go on.
func (a *App) followError(ctx context.Context, err error, at store.Revision) error {
	resume := map[string]any{"resumeAfter": fmt.Sprint(at)}
	var slow *feed.SlowError
	switch {
	case errors.As(err, &slow):
		return &domain.Error{
			Code: domain.TooSlow, Details: resume,
			Message: fmt.Sprintf("the subscriber did not keep up and was dropped; subscribe again after revision %d", at),
		}
	case errors.Is(err, store.ErrCompacted):
		oldest, oldestErr := a.entire.Oldest(ctx)
		if oldestErr != nil {
			return storeError(oldestErr)
		}
		return &domain.Error{
			Code: domain.Invalid, Rule: "C4", Field: "after", Cause: err, Details: map[string]any{"oldest": fmt.Sprint(oldest)},
			Message: fmt.Sprintf("the log no longer reaches back to revision %d: read anew what you follow, and subscribe without after, "+
				"or after revision %d at the earliest", at, oldest),
		}
	case errors.Is(err, store.ErrUnavailable):
		return &domain.Error{Code: domain.Unavailable, Details: resume, Cause: err, Message: "the store cannot be reached; subscribe again later"}
	}
	return storeError(err)
}
