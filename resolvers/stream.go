package resolvers

import (
	"context"
	"sync"

	"releasegraph/graph/relay"
)

type endingKey struct{}

// Ending is why a subscription ended, for the transport to tell its client.
type Ending struct {
	mu  sync.Mutex
	err error
}

// WithEnding returns a context whose subscription says why it ended.
func WithEnding(ctx context.Context) (context.Context, *Ending) {
	e := &Ending{}
	return context.WithValue(ctx, endingKey{}, e), e
}

// Err is why the subscription ended; nil when it is simply over.
func (e *Ending) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

func ended(ctx context.Context, err error) {
	if e, ok := ctx.Value(endingKey{}).(*Ending); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.err = err
	}
}

// source is what a subscription is fed from.
type source[T any] interface {
	Next(ctx context.Context) (T, error)
	Close()
}

// stream hands over what a source tells, one at a time, as the client takes
// it, until the source or the context ends.
func stream[T any](ctx context.Context, from source[T], err error) (<-chan T, error) {
	if err != nil {
		return nil, err
	}
	c := make(chan T)
	go func() {
		defer close(c)
		defer from.Close()
		for {
			next, err := from.Next(ctx)
			if err != nil {
				if ctx.Err() == nil {
					ended(ctx, err)
				}
				return
			}
			select {
			case c <- next:
			case <-ctx.Done():
				return
			}
		}
	}()
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
