package response

import (
	"context"
	"sync"
)

type endingKey struct{}

// Ending is why a subscription ended, for the transport to tell its client, and what it is
// fed from until then.
type Ending struct {
	mu     sync.Mutex
	err    error
	source Source
}

// Source is what a subscription is fed from. A transport may wait by it, and take answers
// from it: what lies on the stack of who waits, and what is done for each answer, is there
// for each of thousands.
type Source interface {
	// Await returns when there is an answer to take, or there will be none.
	Await(ctx context.Context)
	// Ready reports whether there is an answer for Shared to take, without waiting: a
	// transport sends together what is there.
	Ready(ctx context.Context) bool
	// Shared takes the data of the next answer, where that was worked out for all who ask
	// the same; nil: it is to be asked for as any other.
	Shared() []byte
}

// Feeds notes what the subscription is fed from.
func Feeds(ctx context.Context, s Source) {
	if e, ok := ctx.Value(endingKey{}).(*Ending); ok {
		e.source = s
	}
}

// Source is what the subscription is fed from, when it has begun; nil: the operation is
// none.
func (e *Ending) Source() Source { return e.source }

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

type positionKey struct{}

// Position is where a client of a subscription goes on when it comes back: behind a
// revision of the log.
type Position struct {
	after *int64 // where the client left off; nil: it does not say
	told  *int64 // see Tell
	begun chan struct{}
	at    func() int64
}

// WithPosition returns a context whose subscription begins behind a revision, where one
// is given, whatever it asks for, and says how far its client has come.
func WithPosition(ctx context.Context, after *int64) (context.Context, *Position) {
	p := &Position{after: after, begun: make(chan struct{})}
	return context.WithValue(ctx, positionKey{}, p), p
}

// Begun is closed when the subscription has begun.
func (p *Position) Begun() <-chan struct{} { return p.begun }

// At is the revision behind which the client goes on that has taken all answers so far.
// There is none before the subscription has begun.
func (p *Position) At() int64 { return p.at() }

// Told is the revision behind which the client goes on that has the answer at hand; nil:
// the answer is of no change set.
func (p *Position) Told() *int64 {
	told := p.told
	p.told = nil
	return told
}

// LeftOff returns where a subscription begins: behind what its client was told last, or
// else where it asks for.
func LeftOff(ctx context.Context, asked *int64) *int64 {
	if p, ok := ctx.Value(positionKey{}).(*Position); ok && p.after != nil {
		return p.after
	}
	return asked
}

// Begun notes that a subscription has begun. At says behind which revision its client
// goes on that has taken all answers; any goroutine may call it.
func Begun(ctx context.Context, at func() int64) {
	if p, ok := ctx.Value(positionKey{}).(*Position); ok {
		p.at = at
		close(p.begun)
	}
}

// PositionOf returns the position of the client of a subscription, nil where its transport
// keeps none.
func PositionOf(ctx context.Context) *Position {
	p, _ := ctx.Value(positionKey{}).(*Position)
	return p
}

// Tell notes behind which revision the client goes on that has the next answer.
func (p *Position) Tell(revision int64) {
	if p != nil {
		p.told = &revision
	}
}
