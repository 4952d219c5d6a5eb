package graphgen_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
)

func TestAFilledStoreHoldsTheEstate(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	beneath, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	st, err := topology.Open(ctx, beneath, entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(context.WithoutCancel(ctx)); err != nil {
			t.Fatal(err)
		}
	})
	e := generate(t, graphgen.Spec{Seed: 4, Items: 500, Reach: 100})
	if err := e.Fill(ctx, st, graphgen.FillOptions{Batch: 700, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	g, err := st.Graph(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, e.Graph(), g)
}

// compare compares two graphs by ids, since their numbers may differ.
func compare(t *testing.T, want, got *adjacency.Graph[domain.Facts, domain.Link]) {
	t.Helper()
	if got.Len() != want.Len() || got.Arcs() != want.Arcs() {
		t.Fatalf("the store has %d nodes and %d relationships, want %d and %d", got.Len(), got.Arcs(), want.Len(), want.Arcs())
	}
	type end struct {
		id   string
		link domain.Link
	}
	for n := range adjacency.Node(want.Size()) {
		m, ok := got.Lookup(want.ID(n))
		if !ok || got.Key(m) != want.Key(n) || *got.Facts(m) != *want.Facts(n) {
			t.Fatalf("the store has %s otherwise than it was made", want.Key(n))
		}
		var ends []end
		for _, a := range got.Out(m) {
			ends = append(ends, end{got.ID(a.Node), got.Label(a.Label)})
		}
		for _, a := range want.Out(n) {
			if !slices.Contains(ends, end{want.ID(a.Node), want.Label(a.Label)}) {
				t.Fatalf("the store lacks %v from %s to %s", want.Label(a.Label), want.Key(n), want.Key(a.Node))
			}
		}
	}
}
