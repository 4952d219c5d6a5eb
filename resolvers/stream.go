package resolvers

import (
	"context"

	"releasegraph/graph/relay"
	"releasegraph/graph/response"
	"releasegraph/internal/app/event"
)

// source is what a subscription is fed from, change set by change set: an
// event.Stream, of whatever it tells.
type source interface {
	Next(ctx context.Context) (event.Committed, error)
	Ready(ctx context.Context) (event.Committed, bool, error)
	State() string
	Head() int64
	At() int64
	Close()
	// items lists what the change set that Next gave last has to tell, and how much that is.
	items(ctx context.Context, c event.Committed) (list any, n int, err error)
}

type fed[T any] struct{ *event.Stream[T] }

func (f fed[T]) items(ctx context.Context, c event.Committed) (any, int, error) {
	list, err := f.Of(ctx, c)
	return list, len(list), err
}

// turn is what the resolver of a subscription is called for: at first to begin
// it, and then, for each change set, to hand over what there is to tell.
type turn struct {
	begun source
	items any // a list; nil at first
}

type turnKey struct{}

// stream takes a subscription's turn. It begins after a revision; with the next change set
// where that is nil.
func stream[T any](ctx context.Context, after *int64, begin func(after *int64) (*event.Stream[T], error)) (<-chan T, error) {
	t, ok := ctx.Value(turnKey{}).(*turn)
	if !ok {
		return nil, internalf("a subscription out of turn")
	}
	items, _ := t.items.([]T)
	if t.items == nil {
		s, err := begin(response.LeftOff(ctx, after))
		if err != nil {
			return nil, err
		}
		t.begun = fed[T]{s}
	}
	c := make(chan T, len(items))
	for _, item := range items {
		c <- item
	}
	close(c)
	return c, nil
}

// subject answers with the record that an event is about, or null.
func subject(record any, err error) (relay.Record, error) {
	if err != nil || record == nil {
		return nil, err
	}
	r, ok := record.(relay.Record)
	if !ok {
		return nil, internalf("%T is no record", record)
	}
	return r, nil
}
