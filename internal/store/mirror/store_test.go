package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// shut refuses to be read, once it is shut.
type shut struct {
	store.Store
	closed bool
}

var errShut = errors.New("is shut")

func (s *shut) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if s.closed {
		return store.Page{}, errShut
	}
	return s.Store.Find(ctx, q)
}

func (s *shut) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	if s.closed {
		return nil, errShut
	}
	return s.Store.Edges(ctx, q)
}

// filled is a store with some items, each of which needs the one before.
func filled(t *testing.T) *shut {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Memory, storetest.Schema(), sqlite.Options{})
	require.NoError(t, err)
	var ops []store.Op
	for i := range 50 {
		id := store.ID(fmt.Sprintf("i%02d", i))
		ops = append(ops, store.CreateNode{ID: id, Kind: "Item", Props: store.Props{"key": string(id), "note": strings.Repeat("long ", 200)}})
		if i > 0 {
			ops = append(ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: "NEEDS", From: id, To: store.ID(fmt.Sprintf("i%02d", i-1))}})
		}
	}
	ops = append(ops, store.CreateNode{ID: "p1", Kind: "Place", Props: store.Props{"key": "p1"}})
	commit(t, s, ops...)
	return &shut{Store: s}
}

func TestWhatIsInMemoryIsNotAskedOfTheStoreBeneath(t *testing.T) {
	beneath := filled(t)
	s := over(t, beneath, mirror.Options{})
	beneath.closed = true
	page, err := s.Find(t.Context(), store.Query{Kind: "Item", First: 3, Order: []store.Order{{Property: "key", Descending: true}}})
	require.NoError(t, err)
	require.Equal(t, []store.ID{"i49", "i48", "i47"}, store.IDsOf(page.Nodes))
	pages, err := s.Edges(t.Context(), store.EdgeQuery{Nodes: []store.ID{"i01"}, Rel: "NEEDS"})
	require.NoError(t, err)
	require.Equal(t, []store.ID{"i00"}, store.IDsOf(pages[0].Nodes))
}

func TestWhatDoesNotFitIsAskedOfTheStoreBeneath(t *testing.T) {
	beneath := filled(t)
	s := over(t, beneath, mirror.Options{MaxBytes: 40_000})
	status := s.Status()
	slices.Sort(status.Without)
	require.Equal(t, []string{"AT", "Item", "NEEDS"}, status.Without, "the largest kind, and what is joined to it")
	require.LessOrEqual(t, status.Bytes, int64(40_000))
	page, err := s.Find(t.Context(), store.Query{Kind: "Item"})
	require.NoError(t, err)
	require.Len(t, page.Nodes, 50)
	beneath.closed = true
	_, err = s.Find(t.Context(), store.Query{Kind: "Item"})
	require.ErrorIs(t, err, errShut)
	_, err = s.Find(t.Context(), store.Query{Kind: "Place", Filter: store.Related{Rel: "AT", Direction: store.In}})
	require.ErrorIs(t, err, errShut)
	page, err = s.Find(t.Context(), store.Query{Kind: "Place"})
	require.NoError(t, err)
	require.Len(t, page.Nodes, 1)
	found, err := s.Nodes(t.Context(), "p1", "i01")
	require.NoError(t, err)
	require.Len(t, found, 2)
}

func TestWhatGrowsBeyondTheBudgetIsLetGo(t *testing.T) {
	s := over(t, filled(t), mirror.Options{MaxBytes: 150_000})
	require.Empty(t, s.Status().Without)
	for i := range 100 {
		var ops []store.Op
		for j := range 40 {
			id := store.ID(fmt.Sprintf("l%d-%d", i, j))
			ops = append(ops, store.CreateNode{ID: id, Kind: "Label", Props: store.Props{"name": string(id)}})
		}
		commit(t, s, ops...)
	}
	require.Eventually(t, func() bool { return slices.Contains(s.Status().Without, "Label") }, 10*time.Second, time.Millisecond)
	require.LessOrEqual(t, s.Status().Bytes, int64(150_000))
	count, err := s.Count(t.Context(), "Label", nil)
	require.NoError(t, err)
	require.Equal(t, int64(4000), count)
}

func TestAClosedMirrorAnswersAsTheClosedStoreBeneath(t *testing.T) {
	beneath := filled(t)
	s := mirror.Open(context.Background(), beneath, mirror.Options{})
	require.NoError(t, s.Loaded(t.Context()))
	require.NoError(t, s.Close(context.Background()))
	_, err := s.Find(t.Context(), store.Query{Kind: "Item"})
	_, want := beneath.Find(t.Context(), store.Query{Kind: "Item"})
	require.Error(t, err)
	require.Equal(t, want, err)
}

func TestAReadEndsWithItsContext(t *testing.T) {
	s := over(t, filled(t), mirror.Options{})
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := s.Find(ended, store.Query{Kind: "Item"})
	require.ErrorIs(t, err, context.Canceled)
}

// deaf is a store that does not tell of what others commit.
type deaf struct{ store.Store }

func (d deaf) Await(ctx context.Context, _ store.Revision) (store.Revision, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// Whoever is refused since somebody else was faster reads what that one did, also before
// the mirror was told of it.
func TestAConflictIsFollowedByWhatCausedIt(t *testing.T) {
	beneath := deaf{filled(t)}
	s := over(t, beneath, mirror.Options{})
	change := func(by store.Store, version int64) error {
		_, err := by.Commit(t.Context(), store.Changeset{
			Actor: "a", At: noon, Guards: []store.Guard{store.NodeAt{ID: "i01", Version: version}}, Ops: []store.Op{store.UpdateNode{ID: "i01", Set: store.Props{"note": "other"}}},
		})
		return err
	}
	require.NoError(t, change(beneath, 1))
	require.ErrorIs(t, change(s, 1), store.ErrConflict)
	found, err := s.Nodes(t.Context(), "i01")
	require.NoError(t, err)
	require.EqualValues(t, 2, found["i01"].Version)
}
