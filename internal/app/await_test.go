package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

// What was written at one server is read at another one as soon as that was asked for it by
// its revision, also where records are read from memory.
func TestWhatAnotherServerWroteIsReadAfterItsRevision(t *testing.T) {
	over := func(s store.Store) *app.App {
		return app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	}
	meet := func(t *testing.T, one, two store.Store) {
		kept := mirror.Open(t.Context(), two, mirror.Options{})
		t.Cleanup(func() { _ = kept.Close(context.Background()) })
		require.NoError(t, kept.Loaded(t.Context()))
		writes, reads := over(one), over(kept)
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			w, err := writes.Records.Create(writes.WithLoads(t.Context()), domain.KindConfigurationItem, map[string]any{"key": key, "name": key, "class": "SERVICE"}, nil)
			require.NoError(t, err)
			head, err := reads.Await(t.Context(), w.Revision)
			require.NoError(t, err)
			require.GreaterOrEqual(t, head, w.Revision)
			found, err := reads.Records.Record(reads.WithLoads(t.Context()), domain.KindConfigurationItem, *apptest.ByKey(key), nil)
			require.NoError(t, err)
			require.NotNil(t, found, key)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := reads.Await(ctx, 999)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	t.Run("sqlite", func(t *testing.T) { // one server over the file
		s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
		require.NoError(t, err)
		meet(t, s, s)
	})
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
		var two [2]store.Store
		for i := range two {
			s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
			require.NoError(t, err)
			two[i] = s
		}
		t.Cleanup(func() { _ = two[0].Close(context.Background()) })
		meet(t, two[0], two[1])
	})
}
