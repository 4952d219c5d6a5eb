package care_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/care"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

// aged has ten revisions, one an hour.
func aged(t *testing.T) *sqlite.Store {
	t.Helper()
	s := openFile(t, filepath.Join(t.TempDir(), "graph.db"))
	for i := range 10 {
		cs := store.Changeset{Ops: []store.Op{site(fmt.Sprint("s", i))}, Actor: "ann", At: noon.Add(time.Duration(i) * time.Hour)}
		if _, err := s.Commit(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func baseline(key string, at int64) store.CreateNode {
	return store.CreateNode{ID: store.ID(key), Kind: "Baseline", Props: store.Props{"key": key, "name": key, "revision": at}}
}

func TestTheLogIsForgottenUpToATime(t *testing.T) {
	s := aged(t)
	f, err := care.Compact(t.Context(), s, noon.Add(4*time.Hour+time.Minute))
	if err != nil || f.Oldest != 5 || f.Changes != 5 || f.HeldBy != "" {
		t.Fatalf("%+v %v", f, err)
	}
	if oldest, err := s.Oldest(t.Context()); err != nil || oldest != 5 {
		t.Error(oldest, err)
	}
	if _, err := s.Changes(t.Context(), 4, 1); !errors.Is(err, store.ErrCompacted) {
		t.Error(err)
	}
	if f, err = care.Compact(t.Context(), s, noon); err != nil || f.Changes != 0 || f.Oldest != 5 {
		t.Errorf("%+v %v", f, err)
	}
	if f, err = care.Compact(t.Context(), s, noon.Add(99*time.Hour)); err != nil || f.Oldest != 9 {
		t.Errorf("the head stays: %+v %v", f, err)
	}
}

func TestWhatABaselineNeedsIsKept(t *testing.T) {
	s := aged(t)
	commit(t, s, baseline("late", 7), baseline("early", 3))
	f, err := care.Compact(t.Context(), s, noon.Add(8*time.Hour))
	if err != nil || f.Wanted != 9 || f.Oldest != 3 || f.HeldBy != "early" {
		t.Fatalf("%+v %v", f, err)
	}
	commit(t, s, store.RemoveNode{ID: "early"})
	if f, err = care.Compact(t.Context(), s, noon.Add(8*time.Hour)); err != nil || f.Oldest != 7 || f.HeldBy != "late" {
		t.Fatalf("%+v %v", f, err)
	}
}

func TestARetentionSaysWhatItForgot(t *testing.T) {
	s := aged(t)
	var log bytes.Buffer
	r := care.Retention{Store: s, Keep: 2 * time.Hour, Now: func() time.Time { return noon.Add(9 * time.Hour) }, Log: zerolog.New(&log)}
	r.Once(t.Context())
	if oldest, err := s.Oldest(t.Context()); err != nil || oldest != 8 {
		t.Error(oldest, err)
	}
	if !strings.Contains(log.String(), `"changes":8,"oldest":8`) {
		t.Error(log.String())
	}
	log.Reset()
	if r.Once(t.Context()); log.Len() > 0 {
		t.Errorf("nothing was forgotten, yet: %s", log.String())
	}
}
