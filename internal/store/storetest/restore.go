package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/dump"
)

// Restore restores into an emptied store of the sort under test and opens it.
type Restore func(t *testing.T, from store.Restoration) (store.Store, error)

// RunRestore holds a store to the restoring of what was dumped. Open may be of
// another sort of store. Once Restore was called, what open opened is not read.
func RunRestore(t *testing.T, open Open, restore Restore) {
	t.Helper()
	t.Run("a restored store is the one that was dumped, and goes on as that one", func(t *testing.T) {
		s := open(t, Schema())
		Busy(t, s, 0)
		want, text := Picture(t, s), Dump(t, s)
		Busy(t, s, 100)
		later := Picture(t, s)
		restored := restored(t, restore, text)
		if got := Picture(t, restored); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		if again := Dump(t, restored); len(again) == 0 {
			t.Fatal("no dump of what was restored")
		}
		Busy(t, restored, 100)
		if got := Picture(t, restored); got != later {
			t.Fatalf("later, got\n%s\nwant\n%s", got, later)
		}
	})
	t.Run("a compacted log is restored from where it begins", func(t *testing.T) {
		s := open(t, Schema())
		Busy(t, s, 0)
		if err := s.Compact(t.Context(), 9); err != nil {
			t.Fatal(err)
		}
		want, text := Picture(t, s), Dump(t, s)
		if got := Picture(t, restored(t, restore, text)); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("what is dumped while others write is the store at one revision", func(t *testing.T) {
		s := open(t, Schema())
		Busy(t, s, 0)
		text, written := dumpUnderWrites(t, s)
		_, end, err := dump.Check(bytes.NewReader(text), declaredSchema(t))
		if err != nil || written == 0 {
			t.Fatalf("%d change sets were written meanwhile: %v", written, err)
		}
		wantGraph := graphOf(t, asof.At(s, end.Revision))
		wantLog, err := s.Changes(t.Context(), 0, int(end.Revision))
		if err != nil {
			t.Fatal(err)
		}
		got := restored(t, restore, text)
		gotLog, err := got.Changes(t.Context(), 0, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		if g := graphOf(t, got); g != wantGraph || describe(gotLog) != describe(wantLog) {
			t.Fatalf("as of %d, got\n%s\nwant\n%s", end.Revision, g, wantGraph)
		}
	})
	t.Run("an empty store can be dumped and restored", func(t *testing.T) {
		s := open(t, Schema())
		want, text := Picture(t, s), Dump(t, s)
		if got := Picture(t, restored(t, restore, text)); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("a restore that fails is told, and what does not fit is refused", func(t *testing.T) {
		broken := errors.New("the tape is torn")
		if _, err := restore(t, store.Restoration{Source: torn{broken}}); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		for _, p := range []store.Part{
			{Nodes: []store.Node{{ID: "x", Kind: "Dragon", Version: 1}}},
			{Edges: []store.Edge{{EdgeKey: store.EdgeKey{Rel: "NEEDS", From: "x", To: "y"}, Version: 1}}},
		} {
			if _, err := restore(t, store.Restoration{Source: &list{parts: []store.Part{p}}}); !errors.Is(err, store.ErrInvalid) {
				t.Fatalf("%+v: %v", p, err)
			}
		}
	})
}

func restored(t *testing.T, restore Restore, text []byte) store.Store {
	t.Helper()
	_, end, err := dump.Check(bytes.NewReader(text), declaredSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	in, err := dump.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s, err := restore(t, in.Restoration(end, nil))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func declaredSchema(t *testing.T) *store.Declared {
	t.Helper()
	d, err := store.Declare(Schema())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Dump dumps a store.
func Dump(t testing.TB, s store.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := dump.Write(t.Context(), s, &b, dump.NewHeader(noon, "test"), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Busy commits random change sets, the same ones for the same seed. Some fail.
func Busy(t testing.TB, s store.Store, seed int) {
	t.Helper()
	done := 0
	sets := rapid.Custom(func(t *rapid.T) []store.Op { return slice(t, 1, 8, drawOp) })
	for n := range 150 {
		cs := set(sets.Example(seed + n)...)
		if n%7 == 0 {
			cs.Key = string(rune('a'+n%26)) + string(rune('a'+seed%26))
		}
		if _, err := s.Commit(t.Context(), cs); err == nil {
			done++
		}
	}
	if done < 15 {
		t.Fatalf("only %d change sets were committed", done)
	}
}

// dumpUnderWrites dumps a store while others write, and tells how many change
// sets they wrote from the dump's beginning to its end.
func dumpUnderWrites(t *testing.T, s store.Store) (text []byte, written store.Revision) {
	t.Helper()
	head := func() store.Revision {
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return head
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	sets := rapid.Custom(func(t *rapid.T) []store.Op { return slice(t, 1, 8, drawOp) })
	writers.Go(func() {
		for n := 1000; ctx.Err() == nil; n++ {
			_, _ = s.Commit(context.WithoutCancel(ctx), set(sets.Example(n)...)) // some fail
		}
	})
	for before := head(); head() < before+5; time.Sleep(time.Millisecond) { // they are at it
	}
	before := head()
	for written == 0 { // as often as it takes for one to be written meanwhile
		text = Dump(t, s)
		written = head() - before
	}
	stop()
	writers.Wait()
	return text, written
}

func graphOf(t *testing.T, s store.Reader) string {
	t.Helper()
	var list []string
	_, err := s.Scan(t.Context(), store.Scan{}, func(b store.Batch) error {
		for _, n := range b.Nodes {
			list = append(list, describe(n))
		}
		for _, e := range b.Edges {
			list = append(list, describe(e))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

type torn struct{ err error }

// Next fails.
func (t torn) Next() (store.Part, error) { return store.Part{}, t.err }

type list struct{ parts []store.Part }

// Next hands over the parts.
func (l *list) Next() (store.Part, error) {
	if len(l.parts) == 0 {
		return store.Part{}, io.EOF
	}
	p := l.parts[0]
	l.parts = l.parts[1:]
	return p, nil
}
