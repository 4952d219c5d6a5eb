package mirror_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// logged counts how often the log is read.
type logged struct {
	store.Store
	reads atomic.Int64
}

func (l *logged) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	l.reads.Add(1)
	return l.Store.Changes(ctx, after, limit)
}

func (l *logged) Await(ctx context.Context, _ store.Revision) (store.Revision, error) {
	<-ctx.Done() // what follows the log only would never hear of it
	return 0, ctx.Err()
}

func TestWhatWasCommittedHereIsNotReadFromTheLog(t *testing.T) {
	beneath := &logged{Store: filled(t).Store}
	s := over(t, beneath, mirror.Options{})
	first, err := s.Head(t.Context())
	require.NoError(t, err)
	for i := range 10 {
		commit(t, s, store.CreateNode{ID: store.ID(fmt.Sprintf("n%d", i)), Kind: "Item", Props: store.Props{"key": fmt.Sprintf("n%d", i)}})
	}
	before := beneath.reads.Load()
	got, err := s.Changes(t.Context(), first, 100)
	require.NoError(t, err)
	require.Equal(t, before, beneath.reads.Load(), "it was remembered")
	wanted, err := beneath.Store.Changes(t.Context(), first, 100)
	require.NoError(t, err)
	require.Equal(t, wanted, got, "as the log tells it")

	some, err := s.Changes(t.Context(), first+3, 2)
	require.NoError(t, err)
	require.Equal(t, wanted[3:5], some)
	require.NoError(t, s.Compact(t.Context(), first+4))
	_, err = s.Changes(t.Context(), first, 100)
	require.ErrorIs(t, err, store.ErrCompacted, "what is forgotten is not remembered here")
}

func TestWhatIsRememberedTakesNoMoreThanIsReadAtOnce(t *testing.T) {
	sqliteStore, err := sqlite.Open(t.Context(), sqlite.Memory, storetest.Schema(), sqlite.Options{})
	require.NoError(t, err)
	beneath := &logged{Store: sqliteStore}
	s := over(t, beneath, mirror.Options{})
	for i := range 12 {
		commit(t, s, store.CreateNode{ID: store.ID(fmt.Sprintf("n%d", i)), Kind: "Item", Props: store.Props{"key": fmt.Sprint(i), "note": strings.Repeat("x", store.RunBytes/5)}})
	}
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	bytes := 0
	remembered := s.Recent(head-4, 100)
	for i := range remembered {
		bytes += remembered[i].Bytes()
	}
	require.Len(t, remembered, 4)
	require.LessOrEqual(t, bytes, store.RunBytes)
	require.Empty(t, s.Recent(head-5, 100))
	all, err := s.Changes(t.Context(), head-5, 100)
	require.NoError(t, err)
	require.NotEmpty(t, all, "the log has it")
}
