package asof_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// watched counts the change sets that are read from the log of a store, and
// measures meanwhile how much a History holds.
type watched struct {
	store.Store
	history *asof.History
	read    atomic.Int64
	most    atomic.Int64
}

func (l *watched) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	l.watch()
	changes, err := l.Store.Changes(ctx, after, limit)
	l.read.Add(int64(len(changes)))
	return changes, err
}

func (l *watched) Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	l.watch()
	changes, err := l.Store.Undo(ctx, after, limit)
	l.read.Add(int64(len(changes)))
	return changes, err
}

// watch measures how much is held.
func (l *watched) watch() {
	for held := l.history.Held(); ; {
		most := l.most.Load()
		if held <= most || l.most.CompareAndSwap(most, held) {
			break
		}
	}
}

// grown is a store with many change sets of some size.
func grown(t *testing.T, sets, each int) store.Store {
	s := openMemory(t)
	for n := range sets {
		var ops []store.Op
		for i := range each {
			ops = append(ops, store.CreateNode{
				ID: store.ID(fmt.Sprintf("n%d-%d", n, i)), Kind: "Item", Props: store.Props{"key": fmt.Sprintf("k%d-%d", n, i), "note": fmt.Sprint("a note on ", i)},
			})
		}
		if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// However many ask at once for what differs between the same two revisions, the
// log between them is read once.
func TestWhatManyAskAtOnceIsReadOnce(t *testing.T) {
	const sets = 60
	l := &watched{Store: grown(t, sets, 20)}
	l.history = asof.New(l, asof.Options{})
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if d, err := l.history.Diff(t.Context(), 0, sets); err != nil || d.Len() != sets*20 {
				t.Errorf("%d effects, %v", d.Len(), err)
			}
		})
	}
	wg.Wait()
	if read := l.read.Load(); read != sets {
		t.Errorf("%d change sets were read, of %d", read, sets)
	}
	if _, err := l.history.Diff(t.Context(), sets, 0); err != nil {
		t.Fatal(err)
	}
	if read := l.read.Load(); read != 2*sets {
		t.Errorf("the way back was answered with the way there")
	}
}

// Who asks for an earlier revision reads the log up to one that was asked for
// before, and takes over what is known of that.
func TestWhatIsKnownOfALaterRevisionIsNotReadAgain(t *testing.T) {
	const sets = 60
	l := &watched{Store: grown(t, sets, 20)}
	l.history = asof.New(l, asof.Options{})
	for _, r := range []store.Revision{50, 30, 40, 10} {
		found, err := l.history.At(r).Count(t.Context(), "Item", nil)
		if err != nil || found != int64(20*r) {
			t.Errorf("%d items at revision %d, %v", found, r, err)
		}
	}
	if read := l.read.Load(); read != 10+20+10+20 {
		t.Errorf("%d change sets were read", read)
	}
}

// Revisions that are asked for at once share what lies behind the last of them.
func TestRevisionsAskedForAtOnceReadTheLogTogether(t *testing.T) {
	const sets = 60
	l := &watched{Store: grown(t, sets, 20)}
	l.history = asof.New(l, asof.Options{})
	var wg sync.WaitGroup
	for r := store.Revision(1); r <= 40; r++ {
		wg.Go(func() {
			found, err := l.history.At(r).Count(t.Context(), "Item", nil)
			if err != nil || found != int64(20*r) {
				t.Errorf("%d items at revision %d, %v", found, r, err)
			}
		})
	}
	wg.Wait()
	if read := l.read.Load(); read > 5*sets { // alone each would read all after it: 1,580
		t.Errorf("%d change sets were read", read)
	}
}

// What is kept of the past and what is being learnt of it stays within one
// bound, whatever is asked at once: revisions and differences.
func TestAllThatIsKnownOfThePastStaysWithinOneBound(t *testing.T) {
	const sets, most = 60, 700_000
	l := &watched{Store: grown(t, sets, 20)}
	l.history = asof.New(l, asof.Options{MaxBytes: most})
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			if _, err := l.history.Diff(t.Context(), store.Revision(n), sets); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			found, err := l.history.At(store.Revision(n+1)).Count(t.Context(), "Item", nil)
			if err != nil || found != int64(20*(n+1)) {
				t.Errorf("%d items at revision %d, %v", found, n+1, err)
			}
		})
	}
	wg.Wait()
	if held := l.history.Held(); held > most {
		t.Errorf("%d bytes are held, of %d", held, most)
	}
	// A run of the log is taken in before it is told what does not fit any more.
	if held := l.most.Load(); held > most*5/4 || held < most/2 {
		t.Errorf("%d bytes were held at a time, of %d", held, most)
	}
}

// Who leaves does not read on, and keeps nobody waiting.
func TestWhoLeavesReadsNoMoreOfTheLog(t *testing.T) {
	const sets = 60
	l := &watched{Store: grown(t, sets, 20)}
	l.history = asof.New(l, asof.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.history.Diff(ctx, 0, sets); err == nil {
		t.Error("who has left is answered")
	}
	if _, err := l.history.At(1).Count(ctx, "Item", nil); err == nil {
		t.Error("who has left is answered")
	}
	if read := l.read.Load(); read > 0 {
		t.Errorf("%d change sets were read for who had left", read)
	}
	if _, err := l.history.Diff(t.Context(), 0, sets); err != nil {
		t.Errorf("whoever comes after is refused: %v", err)
	}
}
