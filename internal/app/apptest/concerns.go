package apptest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/store"
)

// Commit writes operations to a store, past all rules.
func Commit(t *testing.T, s store.Store, ops []store.Op) {
	t.Helper()
	_, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "test", At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
}

// Must returns a value that cannot fail to be there.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
