package response

import (
	"context"
	"sync"
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

// Ended notes why the subscription ended.
func Ended(ctx context.Context, err error) {
	if e, ok := ctx.Value(endingKey{}).(*Ending); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.err = err
	}
}

type turnsKey struct{}

// WithTurns has each answer of a subscription worked out in a turn that take
// waits for, as long as the context lasts. The turn is left when the answer is
// there.
func WithTurns(ctx context.Context, take func(context.Context) (leave func(), err error)) context.Context {
	return context.WithValue(ctx, turnsKey{}, take)
}

// TakeTurn waits for the turn of an answer.
func TakeTurn(ctx context.Context) (leave func(), err error) {
	if take, ok := ctx.Value(turnsKey{}).(func(context.Context) (func(), error)); ok {
		return take(ctx)
	}
	return func() {}, nil
}
