package dump_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"releasegraph/internal/store"
	"releasegraph/internal/store/dump"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

func dumped(t testing.TB) []byte {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, storetest.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	storetest.Busy(t, s, 0)
	return storetest.Dump(t, s)
}

func schema(t testing.TB) *store.Declared {
	t.Helper()
	d, err := store.Declare(storetest.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// told tells whether an error says that the text is no whole dump.
func told(err error) bool {
	return errors.Is(err, dump.ErrForeign) || errors.Is(err, dump.ErrDamaged) || errors.Is(err, store.ErrInvalid)
}

func TestADumpThatWasCutAnywhereIsRefused(t *testing.T) {
	text, d := dumped(t), schema(t)
	if _, end, err := dump.Check(bytes.NewReader(text), d); err != nil || end.Changes == 0 || end.Nodes == 0 {
		t.Fatal(end, err)
	}
	for size := range len(text) {
		if _, _, err := dump.Check(bytes.NewReader(text[:size]), d); !told(err) {
			t.Fatalf("cut at %d of %d: %v", size, len(text), err)
		}
	}
}

// plain is a dump without its compression, packed compresses it again.
func plain(t *testing.T, text []byte) []string {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(string(all), "\n"), "\n")
}

func packed(t *testing.T, lines []string) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(z, strings.Join(lines, ""))
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestADumpWithALineLostOrMovedIsRefused(t *testing.T) {
	lines, d := plain(t, dumped(t)), schema(t)
	for i := range lines {
		without := append(append([]string{}, lines[:i]...), lines[i+1:]...)
		if _, _, err := dump.Check(bytes.NewReader(packed(t, without)), d); !told(err) {
			t.Fatalf("without line %d: %v", i+1, err)
		}
		if i > 0 {
			swapped := append([]string{}, lines...)
			swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
			if _, _, err := dump.Check(bytes.NewReader(packed(t, swapped)), d); !told(err) {
				t.Fatalf("line %d before %d: %v", i+1, i, err)
			}
		}
	}
}

func TestADumpOfANewerProgramIsRefusedWithAdvice(t *testing.T) {
	lines, d := plain(t, dumped(t)), schema(t)
	newer := append([]string{strings.Replace(lines[0], `"version":1`, `"version":2`, 1)}, lines[1:]...)
	_, _, err := dump.Check(bytes.NewReader(packed(t, newer)), d)
	if !errors.Is(err, store.ErrInvalid) || !strings.Contains(err.Error(), "use the newer program that made it (test)") {
		t.Error(err)
	}
	other := append([]string{strings.Replace(lines[0], `"Place"`, `"Planet"`, 1)}, lines[1:]...)
	_, _, err = dump.Check(bytes.NewReader(packed(t, other)), d)
	if !errors.Is(err, store.ErrInvalid) || !strings.Contains(err.Error(), "the kind Planet, which this program does not know") {
		t.Error(err)
	}
}

// FuzzReader reads any text: it is refused, or it is whole.
func FuzzReader(f *testing.F) {
	text := dumped(f)
	for _, size := range []int{0, 4, 20, len(text) / 2, len(text) - 1, len(text)} {
		f.Add(text[:size])
	}
	d := schema(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, err := dump.Check(bytes.NewReader(text), d); err != nil && !told(err) {
			t.Fatal(err)
		}
	})
}

// FuzzLines reads any lines between a header and what is compressed.
func FuzzLines(f *testing.F) {
	f.Add(`{"node":"p1","kind":"Place","version":1,"created":1,"updated":1,"props":{}}`)
	f.Add(`{"change":1,"at":5,"effects":[{"node":"p1","kind":"Place","version":1,"after":{}}]}`)
	f.Add(`{"end":{"revision":1}}`)
	d := schema(f)
	f.Fuzz(func(t *testing.T, text string) {
		lines := `{"format":"releasegraph dump","version":1}` + "\n" + text
		if _, _, err := dump.Check(bytes.NewReader(packed(t, []string{lines})), d); err != nil && !told(err) {
			t.Fatal(err)
		}
	})
}
