package budget

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// lane bounds one sort of operations. A caller's come first into the caller's
// own line, and from there into that of all: so no caller stands in the line of
// all with more than they may run.
type lane struct {
	name       string
	size, each int64 // what may run of all, and of a caller
	line       int
	all        *semaphore.Weighted

	mu      sync.Mutex
	running int64
	waiting int
	callers map[string]*callerLine
}

// callerLine is one caller's, kept while they have anything in it.
type callerLine struct {
	own     *semaphore.Weighted
	inside  int // running and waiting
	waiting int
}

func newLane(name string, size, each, line int) *lane {
	return &lane{
		name: name, size: int64(size), each: int64(each), line: line,
		all: semaphore.NewWeighted(int64(size)), callers: map[string]*callerLine{},
	}
}

// enter waits for a turn: for some time, or without end when it is 0. It tells
// why there is none.
func (l *lane) enter(ctx context.Context, caller string, price int, wait time.Duration) (leave func(), why string, err error) {
	c, ok := l.join(caller)
	if !ok {
		return nil, Caller, nil
	}
	own, all := min(int64(price), l.each), min(int64(price), l.size)
	if ctx.Err() != nil || !l.free(c, own, all) {
		if why, err := l.await(ctx, c, own, all, wait); why != "" || err != nil {
			l.part(caller, c)
			return nil, why, err
		}
	}
	l.begun(c, all)
	return sync.OnceFunc(func() {
		l.all.Release(all)
		c.own.Release(own)
		l.over(caller, c, all)
	}), "", nil
}

// free takes a turn where nobody has to wait for it, as nearly always.
func (l *lane) free(c *callerLine, own, all int64) bool {
	if !c.own.TryAcquire(own) {
		return false
	}
	if !l.all.TryAcquire(all) {
		c.own.Release(own)
		return false
	}
	return true
}

// await waits for a turn.
func (l *lane) await(ctx context.Context, c *callerLine, own, all int64, wait time.Duration) (why string, err error) {
	patient, cancel := ctx, func() {}
	if wait > 0 {
		patient, cancel = context.WithTimeoutCause(ctx, wait, errPatience)
	}
	defer cancel()
	if err := c.own.Acquire(patient, own); err != nil {
		return Caller, ended(ctx, patient)
	}
	if err := l.all.Acquire(patient, all); err != nil {
		c.own.Release(own)
		return All, ended(ctx, patient)
	}
	return "", nil
}

var errPatience = errors.New("waited long enough")

// ended is the error of a context that ended of itself, and not since the wait
// was over.
func ended(ctx, patient context.Context) error {
	if errors.Is(context.Cause(patient), errPatience) {
		return nil
	}
	return ctx.Err()
}

func (l *lane) join(caller string) (*callerLine, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.callers[caller]
	if c == nil {
		c = &callerLine{own: semaphore.NewWeighted(l.each)}
		l.callers[caller] = c
	}
	if c.waiting >= l.line {
		return nil, false
	}
	c.inside++
	c.waiting++
	l.waiting++
	return c, true
}

func (l *lane) begun(c *callerLine, price int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.waiting--
	l.waiting--
	l.running += price
}

// over ends what was begun.
func (l *lane) over(caller string, c *callerLine, price int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running -= price
	l.leave(caller, c)
}

// part takes an operation that waited out of its caller's line.
func (l *lane) part(caller string, c *callerLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.waiting--
	l.waiting--
	l.leave(caller, c)
}

// leave forgets a caller with the last of their operations. The lock is held.
func (l *lane) leave(caller string, c *callerLine) {
	if c.inside--; c.inside == 0 {
		delete(l.callers, caller)
	}
}

func (l *lane) load() (running int64, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running, l.waiting
}
