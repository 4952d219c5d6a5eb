package blob_test

import (
	"bytes"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
	"releasegraph/internal/store/blob/blobtest"
)

func TestAFullDiskIsSaidToBeFullAndKeepsWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(folder, syscall.MNT_DETACH)) })
	s := open(t, folder)
	small := bytes.Repeat([]byte("a"), 1<<20)
	require.NoError(t, s.Put(t.Context(), bytes.NewReader(small), digest.Of(small), 1<<20))
	const size = 16 << 20
	d := blobtest.NewEndless(size).Digest()
	require.ErrorIs(t, s.Put(t.Context(), blobtest.NewEndless(size), d, size), blob.ErrFull)
	require.NoError(t, s.Verify(t.Context(), digest.Of(small)))
	require.Len(t, files(t, folder), 1, "what could not be written is taken away")
	other := bytes.Repeat([]byte("b"), 1<<20)
	require.NoError(t, s.Put(t.Context(), bytes.NewReader(other), digest.Of(other), 1<<20))
}
