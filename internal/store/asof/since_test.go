package asof_test

import (
	"fmt"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

func TestWhatDiffersSinceSeveralRevisionsIsWhatDiffersSinceEach(t *testing.T) {
	s := openMemory(t)
	for i := range 8 {
		if _, err := s.Commit(t.Context(), store.Changeset{Ops: []store.Op{item(i)}, Actor: "ann", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	disturb(t.Context(), s, 7, 8)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	from := []store.Revision{head / 2, 3, head, head / 3, head - 1}
	wanted := func(i int, e *store.Effect) bool {
		return e.Node == id(i) || e.Edge.From == id(i) || e.Edge.To == id(i+1)
	}
	got, err := asof.New(s, asof.Options{}).Since(t.Context(), from, head, wanted)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i, r := range from {
		d, err := asof.Diff(t.Context(), s, r, head)
		if err != nil {
			t.Fatal(err)
		}
		want, err := d.Where(t.Context(), func(e *store.Effect) bool { return wanted(i, e) })
		if err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want); a != b {
			t.Errorf("since %d:\n%s\nwant\n%s", r, a, b)
		}
		found += len(want)
	}
	if found < 10 {
		t.Errorf("only %d effects differ", found)
	}
}
