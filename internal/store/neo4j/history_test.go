package neo4j

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// tripCounter counts the statements that run through it: each is a round trip.
type tripCounter struct {
	runner
	trips int
}

func (c *tripCounter) Run(ctx context.Context, cypher string, values map[string]any) (neo4j.ResultWithContext, error) {
	c.trips++
	return c.runner.Run(ctx, cypher, values)
}

// pasts opens a store where many items came by one change set, and changed since.
func pasts(t *testing.T, items int) (*Store, []store.ID) {
	t.Helper()
	uri, user, password := neo4jtest.Emptied(t)
	s, err := Open(t.Context(), uri, Options{User: user, Password: password}, store.Schema{
		Kinds: []store.KindSchema{{Name: "Item", Properties: []store.Property{{Name: "key", Type: store.String, Unique: true}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	ids := make([]store.ID, items)
	var all []store.Op
	for i := range ids {
		ids[i] = store.ID(fmt.Sprintf("i%04d", i))
		all = append(all, store.CreateNode{ID: ids[i], Kind: "Item", Props: store.Props{"key": string(ids[i])}})
	}
	commitOps(t, s, all...)
	for round := range 3 {
		for i := range min(items, 10) {
			commitOps(t, s, store.UpdateNode{ID: ids[i], Set: store.Props{"key": fmt.Sprint(ids[i], round)}})
		}
	}
	return s, ids
}

func commitOps(t *testing.T, s *Store, ops ...store.Op) {
	t.Helper()
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}); err != nil {
		t.Fatal(err)
	}
}

func TestTheHistoriesOfManyNodesTakeAsManyRoundTripsAsThatOfOne(t *testing.T) {
	s, ids := pasts(t, 150)
	trips := func(ids ...store.ID) int {
		counter := &tripCounter{}
		err := s.read(t.Context(), func(x tx) error {
			counter.runner = x.runner
			pages, err := tx{x.ctx, counter}.history(store.HistoryQuery{Nodes: ids, First: 2})
			for i, p := range pages {
				if len(p.Changes) != 2 && i < 10 || len(p.Changes) == 0 || p.Changes[0].Effects[0].Node != ids[i] {
					t.Errorf("%s: %+v", ids[i], p)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return counter.trips
	}
	// Those of ten nodes are in 31 entries, read in two parts.
	if one, ten, all := trips(ids[0]), trips(ids[:10]...), trips(ids...); ten > one+1 || all > one+1 {
		t.Errorf("%d round trips for one node, %d for 10, %d for %d", one, ten, all, len(ids))
	}
}

func TestAnEntryOfAnotherNodeWithTheSameHashIsPassedOver(t *testing.T) {
	s, ids := pasts(t, 2)
	// Revisions 2, 4 and 6 changed the first, 3, 5 and 7 the other.
	err := s.write(t.Context(), func(x tx) error {
		return x.run("UNWIND [5, 7] AS r CREATE (:"+touchLabel+" {hash: $hash, revision: r})", params{"hash": hash(ids[0])})
	})
	if err != nil {
		t.Fatal(err)
	}
	for first, want := range map[int][]store.Revision{0: {6, 4, 2, 1}, 1: {6}, 2: {6, 4}, 3: {6, 4, 2}, 4: {6, 4, 2, 1}} {
		pages, err := s.History(t.Context(), store.HistoryQuery{Nodes: ids, First: first})
		if err != nil {
			t.Fatal(err)
		}
		var got []store.Revision
		for _, c := range pages[0].Changes {
			got = append(got, c.Revision)
		}
		if !slices.Equal(got, want) || pages[0].HasNext != (first > 0 && first < 4) {
			t.Errorf("%d of a history: %v, others follow: %t", first, got, pages[0].HasNext)
		}
	}
}
