package linesort

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever has room in memory, the lines come in the order of their keys.
func TestLinesComeInTheOrderOfTheirKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfDistinct(rapid.StringMatching(`[a-c\n]{0,6}`), rapid.ID).Draw(t, "keys")
		s := New()
		s.most = rapid.IntRange(1, 500).Draw(t, "most")
		defer s.Close()
		for _, k := range keys {
			if err := s.Add(k, []byte("<"+k+">")); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := s.Write(&out); err != nil {
			t.Fatal(err)
		}
		slices.Sort(keys)
		var want strings.Builder
		for _, k := range keys {
			want.WriteString("<" + k + ">")
		}
		if out.String() != want.String() {
			t.Fatalf("%q, want %q", out.String(), want.String())
		}
	})
}

func TestWhatWasPutAsideIsRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := New()
	s.most = 1
	for _, k := range []string{"b", "a", "c"} {
		if err := s.Add(k, []byte(k)); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(os.TempDir()); err != nil || len(files) != 3 {
		t.Fatalf("%d files put aside: %v", len(files), err)
	}
	s.Close()
	if files, err := os.ReadDir(os.TempDir()); err != nil || len(files) != 0 {
		t.Fatalf("%d files left: %v", len(files), err)
	}
}
