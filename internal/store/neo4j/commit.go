package neo4j

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/store"
)

const (
	// maxGroup is how many change sets share a transaction at most, and
	// maxGroupOps how many operations: beyond, sharing gains nothing more.
	maxGroup    = 128
	maxGroupOps = 10_000
	// raceTries is how often a group is tried that lost a unique value to
	// another instance, before its sets go one by one.
	raceTries = 5
)

var errClosed = fmt.Errorf("%w: the store is closed", store.ErrUnavailable)

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if err := store.Check(s.catalog.Declared, cs); err != nil {
		return store.Change{}, err
	}
	return s.committer.submit(ctx, cs)
}

// Preview implements store.Store.
func (s *Store) Preview(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if err := store.Check(s.catalog.Declared, cs); err != nil {
		return store.Change{}, err
	}
	var answer outcome
	err := s.read(ctx, func(t tx) error {
		p := newPending(cs)
		g := newGroup(s, []*pending{p})
		g.preview = true
		if err := g.run(t); err != nil {
			return err
		}
		answer = g.outcomes[0]
		return nil
	})
	if err != nil {
		return store.Change{}, err
	}
	return answer.change, answer.err
}

// pending is a change set on its way.
type pending struct {
	cs      store.Changeset
	key     string // of the log entry: the set's own, or made up
	claimed atomic.Bool
	done    chan outcome
}

type outcome struct {
	change store.Change
	err    error
}

func newPending(cs store.Changeset) *pending {
	p := &pending{cs: cs, key: cs.Key, done: make(chan outcome, 1)}
	if p.key == "" {
		p.key = uuid.NewString()
	}
	return p
}

// committer takes what waits, as much as there is and without delay, into one
// transaction: each costs a flush to disk and the log's lock, so many writers
// fare far better together.
type committer struct {
	store   *Store
	queue   chan *pending
	mu      sync.RWMutex
	closed  bool
	loop    chan struct{}
	settles sync.WaitGroup
}

func newCommitter(s *Store) *committer {
	c := &committer{store: s, queue: make(chan *pending, maxGroup), loop: make(chan struct{})}
	go c.run()
	return c
}

func (c *committer) submit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	p := newPending(cs)
	if err := c.enqueue(ctx, p); err != nil {
		return store.Change{}, err
	}
	select {
	case o := <-p.done:
		return o.change, o.err
	case <-ctx.Done():
	}
	if p.claimed.CompareAndSwap(false, true) {
		return store.Change{}, ctx.Err() // it had not begun, and will not
	}
	o := <-p.done // it has begun: the answer is never "perhaps"
	return o.change, o.err
}

func (c *committer) enqueue(ctx context.Context, p *pending) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return errClosed
	}
	select {
	case c.queue <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *committer) close(ctx context.Context) {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.queue)
	}
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		<-c.loop
		c.settles.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (c *committer) run() {
	defer close(c.loop)
	var held *pending // did not fit into the last group
	for {
		first := held
		if first == nil {
			var open bool
			if first, open = <-c.queue; !open {
				return
			}
		}
		var group []*pending
		group, held = c.gather(first)
		if len(group) > 0 {
			c.commit(group)
		}
	}
}

// gather claims what waits. A set that does not fit is held for the next group.
func (c *committer) gather(first *pending) (group []*pending, held *pending) {
	ops := 0
	for p := first; ; {
		size := len(p.cs.Ops) + len(p.cs.Guards)
		if len(group) > 0 && ops+size > maxGroupOps {
			return group, p
		}
		if p.claimed.CompareAndSwap(false, true) {
			group = append(group, p)
			ops += size
		}
		if len(group) == maxGroup {
			return group, nil
		}
		select {
		case next, open := <-c.queue:
			if !open {
				return group, nil
			}
			p = next
		default:
			return group, nil
		}
	}
}

// commit brings a group to its end: every set of it is answered. While it is
// unknown whether a transaction was committed, that is settled aside, so that
// others do not wait for a server that is away.
func (c *committer) commit(group []*pending) {
	fell := false
	for tries := 1; ; tries++ {
		g := newGroup(c.store, group)
		g.headLock = fell
		unknown, err := c.attempt(g)
		if err == nil {
			c.answer(g)
			return
		}
		f := classify(err)
		switch {
		case unknown:
			c.settles.Add(1)
			go c.settle(group)
			return
		case errors.Is(err, errFell):
			fell = true
		case again(f, tries) || f == constraint && tries < raceTries:
			_ = pause(context.Background())
		case f != connection && len(group) > 1:
			c.oneByOne(group)
			return
		default:
			fail(group, c.store.failure(context.Background(), err))
			return
		}
	}
}

// attempt runs the group's transaction. Unknown is an error that is no answer
// of the server, when all that was missing was the commit.
func (c *committer) attempt(g *group) (unknown bool, err error) {
	// No caller's context ends a transaction that others share. The server ends
	// it after its own timeout; this one is for a server that does not answer.
	ctx, cancel := context.WithTimeout(context.Background(), c.store.options.Timeout+10*time.Second)
	defer cancel()
	committing, err := c.store.once(ctx, neo4j.AccessModeWrite, c.store.options.Timeout, g.run)
	var answer *neo4j.Neo4jError
	unknown = err != nil && committing && g.wrote && !errors.As(last(err), &answer)
	return unknown, err
}

// settle submits a group again until the server answers. The keys of its log
// entries are unique, so what was committed is found and not done twice.
func (c *committer) settle(group []*pending) {
	defer c.settles.Done()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		_ = sleep(context.Background(), wait)
		g := newGroup(c.store, group)
		g.headLock = true // nobody waits for this one
		unknown, err := c.attempt(g)
		if err == nil {
			c.answer(g)
			return
		}
		f := classify(err)
		if unknown || f == connection || f == contention || f == constraint || errors.Is(err, errFell) {
			continue
		}
		if len(group) > 1 {
			c.oneByOne(group)
			return
		}
		fail(group, c.store.failure(context.Background(), err))
		return
	}
}

// oneByOne keeps a set that the server refuses from failing the others.
func (c *committer) oneByOne(group []*pending) {
	for _, p := range group {
		c.commit([]*pending{p})
	}
}

// answer tells those who wait for their sets first: what decorates the store then has them
// before it would read them from the log.
func (c *committer) answer(g *group) {
	for i, p := range g.sets {
		p.done <- g.outcomes[i]
	}
	if g.head > 0 {
		c.store.watch.advance(g.head)
	}
}

func fail(group []*pending, err error) {
	for _, p := range group {
		p.done <- outcome{err: err}
	}
}
