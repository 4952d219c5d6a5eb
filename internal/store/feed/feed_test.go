package feed_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"releasegraph/internal/store"
	"releasegraph/internal/store/feed"
	"releasegraph/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var schema = store.Schema{Kinds: []store.KindSchema{{Name: "Item", Properties: []store.Property{{Name: "text", Type: store.String}}}}}

// counting counts who follows the log, and fails when told to.
type counting struct {
	store.Store
	awaits, reads atomic.Int64
	down          atomic.Bool
}

func (c *counting) Await(ctx context.Context, after store.Revision) (store.Revision, error) {
	c.awaits.Add(1)
	defer c.awaits.Add(-1)
	if c.down.Load() {
		return 0, store.ErrUnavailable
	}
	return c.Store.Await(ctx, after)
}

func (c *counting) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	c.reads.Add(1)
	return c.Store.Changes(ctx, after, limit)
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func open(t fataler) *counting {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Memory, schema, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &counting{Store: s}
}

func commit(t fataler, s store.Store, n int) store.Revision {
	t.Helper()
	var last store.Revision
	for range n {
		head, err := s.Head(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Commit(context.Background(), store.Changeset{
			Actor: "a", At: time.Unix(int64(head), 0).UTC(),
			Ops: []store.Op{store.CreateNode{ID: store.ID(fmt.Sprintf("n%06d", head)), Kind: "Item", Props: store.Props{"text": "t"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		last = c.Revision
	}
	return last
}

// read reads until a revision, and wants it gapless from after on.
func read(t fataler, r *feed.Reader, after, until store.Revision) {
	t.Helper()
	for after < until {
		changes, err := r.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if c.Revision != after+1 || len(c.Effects) == 0 {
				t.Fatalf("revision %d with %d effects follows %d", c.Revision, len(c.Effects), after)
			}
			after = c.Revision
		}
	}
}

func from(t fataler, f *feed.Feed, after store.Revision) *feed.Reader {
	t.Helper()
	r, err := f.From(context.Background(), after)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReaderSeesEveryChangeOnceFromWhereverItBegins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := open(t)
		defer s.Close(context.Background())
		f := feed.New(s, feed.Options{MaxChanges: rapid.IntRange(1, 8).Draw(t, "kept")})
		head := commit(t, s, rapid.IntRange(0, 20).Draw(t, "before"))
		var all sync.WaitGroup
		more := rapid.IntRange(0, 20).Draw(t, "more")
		until := head + store.Revision(more)
		for range rapid.IntRange(1, 3).Draw(t, "readers") {
			after := store.Revision(rapid.Int64Range(0, int64(head)).Draw(t, "after"))
			all.Add(1)
			go func() {
				defer all.Done()
				for after < until { // who is too slow begins again
					r, err := f.From(context.Background(), after)
					if err != nil {
						t.Errorf("from %d: %v", after, err)
						return
					}
					after = readSome(t, r, after, until)
					r.Close()
				}
			}()
		}
		commit(t, s, more)
		all.Wait()
	})
}

func readSome(t *rapid.T, r *feed.Reader, after, until store.Revision) store.Revision {
	for after < until {
		changes, err := r.Next(context.Background())
		var slow *feed.SlowError
		if errors.As(err, &slow) && slow.After == after {
			return after
		}
		if err != nil {
			t.Errorf("after %d: %v", after, err)
			return until
		}
		for _, c := range changes {
			if c.Revision != after+1 {
				t.Errorf("revision %d follows %d", c.Revision, after)
			}
			after = c.Revision
		}
	}
	return after
}

func TestOneFollowerReadsTheLogForAllReaders(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	f := feed.New(s, feed.Options{})
	readers := make([]*feed.Reader, 50)
	for i := range readers {
		readers[i] = from(t, f, 0)
	}
	if f.Readers() != 50 {
		t.Errorf("%d readers", f.Readers())
	}
	head := commit(t, s, 10)
	for _, r := range readers {
		read(t, r, 0, head)
	}
	if n := s.reads.Load(); n > 10 {
		t.Errorf("the log was read %d times for 10 changes", n)
	}
	if n := s.awaits.Load(); n > 1 {
		t.Errorf("%d wait for the log", n)
	}
	for _, r := range readers {
		r.Close()
		r.Close()
	}
	if f.Readers() != 0 {
		t.Errorf("%d readers are left", f.Readers())
	}
	last := from(t, f, head) // the feed can be joined again
	defer last.Close()
	read(t, last, head, commit(t, s, 1))
}

// Those who catch up wherever they begin read each part of the log once together, and what
// they are ready to be given never goes beyond it.
func TestThoseWhoCatchUpReadTheLogOnce(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	f := feed.New(s, feed.Options{MaxChanges: 2})
	last := from(t, f, commit(t, s, 300)) // by which the feed is kept
	defer last.Close()
	for at := store.Revision(300); at < 310; at++ {
		read(t, last, at, commit(t, s, 1))
	}
	before := s.reads.Load()
	for after := range store.Revision(50) {
		r := from(t, f, 3*after)
		at := 3 * after
		for at < 250 {
			changes := r.Ready()
			if len(changes) == 0 {
				var err error
				if changes, err = r.Next(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range changes {
				if at++; c.Revision != at {
					t.Fatalf("revision %d where %d was due", c.Revision, at)
				}
			}
		}
		r.Close()
	}
	if n := s.reads.Load() - before; n > 5 {
		t.Errorf("the log was read %d times for 250 change sets", n)
	}
}

// A page that begins before what the log still has is no obstacle to those who begin within.
func TestACompactedLogIsReadFromWhereItBegins(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	f := feed.New(s, feed.Options{MaxChanges: 2})
	head := commit(t, s, 200)
	if err := s.Compact(context.Background(), 70); err != nil {
		t.Fatal(err)
	}
	r := from(t, f, 70)
	defer r.Close()
	read(t, r, 70, head)
}

func TestAReaderThatFallsBehindIsToldWhereToGoOn(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	f := feed.New(s, feed.Options{MaxChanges: 2})
	slow, fast := from(t, f, 0), from(t, f, 0)
	defer slow.Close()
	defer fast.Close()
	head := commit(t, s, 1)
	read(t, slow, 0, head)
	read(t, fast, 0, head)
	for range 5 {
		next := commit(t, s, 1)
		read(t, fast, head, next)
		head = next
	}
	_, err := slow.Next(context.Background())
	var told *feed.SlowError
	if !errors.As(err, &told) || told.After != 1 {
		t.Fatalf("told %v", err)
	}
	again := from(t, f, told.After)
	defer again.Close()
	read(t, again, told.After, head)
}

func TestAForgottenPastAndTheFutureAreRefused(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	f := feed.New(s, feed.Options{})
	head := commit(t, s, 5)
	if err := s.Compact(context.Background(), 3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.From(context.Background(), 2); !errors.Is(err, store.ErrCompacted) {
		t.Errorf("the forgotten past: %v", err)
	}
	if _, err := f.From(context.Background(), head+1); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("the future: %v", err)
	}
	r := from(t, f, 3)
	defer r.Close()
	read(t, r, 3, head)
}

func TestAStoreThatWasGoneIsFollowedOnItsReturn(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	f := feed.New(s, feed.Options{})
	r := from(t, f, 0)
	defer r.Close()
	s.down.Store(true)
	head := commit(t, s, 3)
	s.down.Store(false)
	read(t, r, 0, head)
}

func TestAWaitingReaderHearsOfTheEnd(t *testing.T) {
	s := open(t)
	defer s.Close(context.Background())
	r := from(t, feed.New(s, feed.Options{}), 0)
	defer r.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
