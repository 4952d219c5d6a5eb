package importer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

// fullDisk is a store that has no room, and counts how often it is asked.
type fullDisk struct {
	store.Store
	asked int
}

func (f *fullDisk) Commit(context.Context, store.Changeset) (store.Change, error) {
	f.asked++
	return store.Change{}, &store.UnwritableError{Store: "estate.db", Why: "the disk is full; free some space and try again"}
}

// Waiting makes no room: whoever runs the import has to know.
func TestAFullDiskIsToldAtOnce(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := &fullDisk{Store: s}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	a := app.New(app.Config{Store: full, Now: func() time.Time { return time.Unix(0, 0).UTC() }, NewID: uuid.NewString})
	_, err = importer.Run(t.Context(), importer.Local(a), importer.Options{Files: []string{file(t, "a.ndjson", estate)}})
	if err == nil || !strings.Contains(err.Error(), "the disk is full; free some space") || !strings.Contains(err.Error(), "the same command again goes on from there") {
		t.Errorf("%v", err)
	}
	if full.asked != 1 {
		t.Errorf("asked %d times", full.asked)
	}
}
