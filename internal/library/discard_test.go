package library_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
)

// whether answers whether a content is needed.
func whether(needed bool, err error) func(context.Context, digest.SHA256) (bool, error) {
	return func(context.Context, digest.SHA256) (bool, error) { return needed, err }
}

func TestAContentIsDiscardedOnlyWhenNobodyNeedsIt_L5(t *testing.T) {
	folder := t.TempDir()
	l := two(t, folder)
	d := put(t, l, "main", "a kit")
	put(t, l, "archive", "a kit")
	later := time.Now().Add(time.Hour)
	stays := func(before time.Time, needed bool, why error) {
		t.Helper()
		gone, err := l.Discard(t.Context(), d, before, whether(needed, why))
		require.False(t, gone)
		require.ErrorIs(t, err, why)
		require.FileExists(t, file(folder, "main", d))
		require.FileExists(t, file(folder, "archive", d))
	}
	stays(later, true, nil)
	stays(later, false, context.DeadlineExceeded)
	stays(time.Now().Add(-time.Hour), false, nil)
	// One copy that was written anew keeps all.
	old := time.Now().Add(-48 * time.Hour)
	require.NoError(t, os.Chtimes(file(folder, "main", d), old, old))
	stays(time.Now().Add(-time.Hour), false, nil)

	release := l.Hold(d)
	also := l.Hold(d)
	stays(later, false, nil)
	release()
	stays(later, false, nil)
	also()

	gone, err := l.Discard(t.Context(), d, later, whether(false, nil))
	require.NoError(t, err)
	require.True(t, gone)
	require.NoFileExists(t, file(folder, "main", d))
	require.NoFileExists(t, file(folder, "archive", d))
	gone, err = l.Discard(t.Context(), d, later, func(context.Context, digest.SHA256) (bool, error) {
		t.Error("of what is not there nobody is asked")
		return false, nil
	})
	require.NoError(t, err)
	require.False(t, gone)
}

// Two items may have one content: one is purged while the other's is being put.
// Whoever comes first, what the other's item says is stored is there.
func TestAContentThatIsPutWhileItIsDiscardedIsKept_L5(t *testing.T) {
	folder := t.TempDir()
	l := two(t, folder)
	d := put(t, l, "main", "a kit")
	asked, stored := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stored)
		<-asked
		defer l.Hold(d)() // waits until it is discarded
		put(t, l, "main", "a kit")
	}()
	gone, err := l.Discard(t.Context(), d, time.Now().Add(time.Hour), func(context.Context, digest.SHA256) (bool, error) {
		close(asked)
		select {
		case <-stored:
			t.Error("the content was put between the question and the removal")
		case <-time.After(20 * time.Millisecond):
		}
		return false, nil
	})
	require.NoError(t, err)
	require.True(t, gone)
	<-stored
	require.FileExists(t, filepath.Join(folder, "main", "sha256", d.String()[:2], d.String()))
}
