package blobtest

import (
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/store/blob"
)

// Heap returns the most bytes that the heap held while something was done,
// beyond what it held before.
func Heap(do func()) uint64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stop := make(chan struct{})
	var most uint64
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapInuse)
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	do()
	close(stop)
	watch.Wait()
	return most - min(most, before.HeapInuse)
}

// large is put and read back in much less memory than it takes on the disk.
func large(t *testing.T, s *blob.Store) {
	const size, most = 256 << 20, 100 << 20
	if testing.Short() {
		t.Skip("a quarter of a gigabyte")
	}
	d := NewEndless(size).Digest()
	grew := Heap(func() {
		require.NoError(t, s.Put(t.Context(), NewEndless(size), d, size))
		c, err := s.Open(t.Context(), d)
		require.NoError(t, err)
		defer c.Close()
		_, err = io.Copy(io.Discard, c)
		require.NoError(t, err)
		require.NoError(t, s.Verify(t.Context(), d))
	})
	require.Less(t, grew, uint64(most))
	t.Logf("%d MB took %d MB of memory", size>>20, grew>>20)
}
