package asof_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// However revisions are asked for, and in whatever order, each answers as when
// it is asked for alone.
func TestARevisionAnswersAsIfNoOtherWereKnown(t *testing.T) {
	const items = 12
	dice := rand.New(rand.NewPCG(7, 7))
	for seed := range uint64(6) {
		s := openMemory(t)
		for i := range items {
			if _, err := s.Commit(t.Context(), store.Changeset{Ops: []store.Op{item(i)}, Actor: "ann", At: at}); err != nil {
				t.Fatal(err)
			}
		}
		disturb(t.Context(), s, seed, items)
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h := asof.New(s, asof.Options{})
		for range 40 {
			r := store.Revision(dice.Int64N(int64(head)))
			got, err := answers(t.Context(), h.At(r))
			if err != nil {
				t.Fatal(err)
			}
			want, err := answers(t.Context(), asof.At(s, r))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, revision %d of %d: got\n%q\nwant\n%q", seed, r, head, got, want)
			}
		}
	}
}
