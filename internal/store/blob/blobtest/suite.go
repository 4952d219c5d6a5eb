// Package blobtest is the suite that every kind of blob store passes.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
)

// Run runs the suite on stores that open makes, each empty.
func Run(t *testing.T, open func(t *testing.T) *blob.Store) {
	for name, test := range map[string]func(*testing.T, *blob.Store){
		"WhatIsPutIsReadBack":                   whatIsPut,
		"AnyPartIsRead":                         anyPart,
		"WhatIsNotAsDeclaredIsNeverSeen":        notAsDeclared,
		"AWriterThatStopsLeavesNothingToSee":    stopped,
		"SeveralWhoPutTheSameAllSucceed":        several,
		"WhatIsDeletedIsGoneAndCanBePutAgain":   deleted,
		"AllIsListedByDigest":                   listed,
		"WhatIsNotThereIsSaidToBeSo":            absent,
		"AnyCourseOfWritesEndsInWholeContents":  courses,
		"WhatIsKeptStaysWholeWhileItIsPutAgain": again,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// RunLarge puts what is larger than it may take of memory. It is not for servers
// in this process that hold in memory what they keep.
func RunLarge(t *testing.T, open func(t *testing.T) *blob.Store) {
	t.Run("ALargeContentIsNeverHeldInMemory", func(t *testing.T) { large(t, open(t)) })
}

// content makes bytes that look random.
func content(seed uint64, size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return b
}

func put(t require.TestingT, s *blob.Store, text []byte) digest.SHA256 {
	d := digest.Of(text)
	require.NoError(t, s.Put(context.Background(), bytes.NewReader(text), d, int64(len(text))))
	return d
}

func read(t require.TestingT, s *blob.Store, d digest.SHA256) []byte {
	c, err := s.Open(context.Background(), d)
	require.NoError(t, err)
	defer c.Close()
	text, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, int64(len(text)), c.Size())
	return text
}

// seen lists what is in sight.
func seen(t require.TestingT, s *blob.Store) []digest.SHA256 {
	var list []digest.SHA256
	for i, err := range s.All(context.Background()) {
		require.NoError(t, err)
		list = append(list, i.Digest)
	}
	return list
}

func whatIsPut(t *testing.T, s *blob.Store) {
	for _, size := range []int{1, 100, 1 << 20, 8<<20 - 1, 8 << 20, 8<<20 + 1, 20 << 20} {
		text := content(uint64(size), size)
		d := put(t, s, text)
		require.True(t, bytes.Equal(text, read(t, s, d)), size)
		info, err := s.Stat(t.Context(), d)
		require.NoError(t, err)
		require.Equal(t, blob.Info{Digest: d, Size: int64(size)}, info)
		require.NoError(t, s.Verify(t.Context(), d))
	}
}

func anyPart(t *testing.T, s *blob.Store) {
	text := content(1, 300_000)
	c, err := s.Open(t.Context(), put(t, s, text))
	require.NoError(t, err)
	defer c.Close()
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.IntRange(0, len(text)).Draw(r, "from")
		length := rapid.IntRange(0, len(text)-from).Draw(r, "length")
		_, err := c.Seek(int64(from), io.SeekStart)
		require.NoError(r, err)
		got := make([]byte, length)
		_, err = io.ReadFull(c, got)
		require.NoError(r, err)
		require.True(r, bytes.Equal(text[from:from+length], got))
	})
	end, err := c.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	require.Equal(t, int64(len(text)), end)
}

func notAsDeclared(t *testing.T, s *blob.Store) {
	text := content(2, 100_000)
	d := digest.Of(text)
	for size, want := range map[int64]any{
		99_999: new(*digest.SizeError), 100_001: new(*digest.SizeError), 1: new(*digest.SizeError),
	} {
		require.ErrorAs(t, s.Put(t.Context(), bytes.NewReader(text), d, size), want, size)
	}
	for _, other := range []digest.SHA256{digest.Of(text[1:]), digest.Of(nil)} {
		require.ErrorAs(t, s.Put(t.Context(), bytes.NewReader(text), other, 100_000), new(*digest.MismatchError))
	}
	require.ErrorIs(t, s.Put(t.Context(), bytes.NewReader(nil), digest.Of(nil), 0), blob.ErrEmpty)
	require.ErrorIs(t, s.Put(t.Context(), bytes.NewReader(text), d, -1), blob.ErrEmpty)
	require.Empty(t, seen(t, s))
	require.Equal(t, d, put(t, s, text), "the right one is taken afterwards")
}

// breaking reads a part, and then fails or ends what it is read for.
type breaking struct {
	from  io.Reader
	after func() error
}

func (b breaking) Read(into []byte) (int, error) {
	n, err := b.from.Read(into)
	if errors.Is(err, io.EOF) {
		err = b.after()
	}
	return n, err
}

var errBroken = errors.New("the source broke")

func stopped(t *testing.T, s *blob.Store) {
	text := content(3, 17<<20) // in several parts
	d := digest.Of(text)
	for _, came := range []int{0, 1, 1000, 9 << 20, len(text)} {
		part := func() io.Reader { return bytes.NewReader(text[:came]) }
		err := s.Put(t.Context(), breaking{part(), func() error { return errBroken }}, d, int64(len(text)))
		require.ErrorIs(t, err, errBroken)
		require.Empty(t, seen(t, s), came)

		ctx, cancel := context.WithCancelCause(t.Context())
		err = s.Put(ctx, breaking{part(), func() error { cancel(errBroken); return nil }}, d, int64(len(text)))
		require.ErrorIs(t, err, errBroken)
		require.Empty(t, seen(t, s), came)
	}
	put(t, s, text)
	require.NoError(t, s.Verify(t.Context(), d))
}

func several(t *testing.T, s *blob.Store) {
	text := content(4, 3<<20)
	d := digest.Of(text)
	var all sync.WaitGroup
	failed := make(chan error, 8)
	for range cap(failed) {
		all.Go(func() { failed <- s.Put(t.Context(), bytes.NewReader(text), d, int64(len(text))) })
	}
	all.Wait()
	for range cap(failed) {
		require.NoError(t, <-failed)
	}
	require.Equal(t, []digest.SHA256{d}, seen(t, s))
	require.NoError(t, s.Verify(t.Context(), d))
}

func deleted(t *testing.T, s *blob.Store) {
	text := content(5, 1000)
	d := put(t, s, text)
	require.NoError(t, s.Delete(t.Context(), d))
	has, err := s.Has(t.Context(), d)
	require.NoError(t, err)
	require.False(t, has)
	require.NoError(t, s.Delete(t.Context(), d), "what is gone may be deleted again")
	put(t, s, text)
	require.NoError(t, s.Verify(t.Context(), d))
}

func listed(t *testing.T, s *blob.Store) {
	var want []digest.SHA256
	for i := range 300 {
		want = append(want, put(t, s, fmt.Appendf(nil, "content %d", i)))
	}
	got := seen(t, s)
	require.ElementsMatch(t, want, got)
	require.IsNonDecreasing(t, texts(got))
}

func texts(list []digest.SHA256) []string {
	text := make([]string, len(list))
	for i, d := range list {
		text[i] = d.String()
	}
	return text
}

func absent(t *testing.T, s *blob.Store) {
	d := digest.Of([]byte("never put"))
	has, err := s.Has(t.Context(), d)
	require.NoError(t, err)
	require.False(t, has)
	_, err = s.Stat(t.Context(), d)
	require.ErrorIs(t, err, blob.ErrNotFound)
	require.ErrorIs(t, s.Verify(t.Context(), d), blob.ErrNotFound)
	if c, err := s.Open(t.Context(), d); err == nil { // an object store may say so at the first read
		_, err = c.Read(make([]byte, 1))
		require.Error(t, err)
	} else {
		require.ErrorIs(t, err, blob.ErrNotFound)
	}
}

func again(t *testing.T, s *blob.Store) {
	text := content(6, 100_000)
	d := put(t, s, text)
	require.ErrorIs(t, s.Put(t.Context(), breaking{bytes.NewReader(text[:50]), func() error { return errBroken }}, d, 100_000), errBroken)
	require.NoError(t, s.Verify(t.Context(), d), "what was whole stays whole while it is put again")
	put(t, s, text)
	require.NoError(t, s.Verify(t.Context(), d))
}

// courses puts, breaks off and deletes at random: at each moment exactly what was
// put whole is there.
func courses(t *testing.T, s *blob.Store) {
	rapid.Check(t, func(r *rapid.T) {
		for d := range keptOf(r, s) {
			require.NoError(r, s.Delete(context.Background(), d))
		}
		kept := map[digest.SHA256]bool{}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			text := content(rapid.Uint64Range(0, 3).Draw(r, "which"), 5_000)
			d := digest.Of(text)
			came := rapid.IntRange(0, len(text)).Draw(r, "came")
			switch rapid.SampledFrom([]string{"put", "break", "short", "wrong", "delete"}).Draw(r, "what") {
			case "put":
				require.NoError(r, s.Put(context.Background(), bytes.NewReader(text), d, int64(len(text))))
				kept[d] = true
			case "break":
				require.Error(r, s.Put(context.Background(), breaking{bytes.NewReader(text[:came]), func() error { return errBroken }}, d, int64(len(text))))
			case "short":
				require.Error(r, s.Put(context.Background(), bytes.NewReader(text[:came]), d, int64(len(text)+1)))
			case "wrong":
				require.Error(r, s.Put(context.Background(), bytes.NewReader(text), digest.Of(text[:len(text)-1]), int64(len(text))))
			case "delete":
				require.NoError(r, s.Delete(context.Background(), d))
				delete(kept, d)
			}
			require.Equal(r, kept, keptOf(r, s))
		}
		for d := range kept {
			require.NoError(r, s.Verify(context.Background(), d))
		}
	})
}

func keptOf(t require.TestingT, s *blob.Store) map[digest.SHA256]bool {
	kept := map[digest.SHA256]bool{}
	for _, d := range seen(t, s) {
		kept[d] = true
	}
	return kept
}

// Endless reads as many pseudo-random bytes as it is to, and hashes them.
type Endless struct {
	source *rand.ChaCha8
	left   int64
	sum    hash.Hash
}

// NewEndless returns a source of so many bytes, the same for each size.
func NewEndless(size int64) *Endless {
	return &Endless{rand.NewChaCha8([32]byte{1}), size, sha256.New()}
}

// Read implements io.Reader.
func (e *Endless) Read(into []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(into)), e.left)
	_, _ = e.source.Read(into[:n])
	e.sum.Write(into[:n])
	e.left -= n
	return int(n), nil
}

// Digest reads what is left, and returns the digest of all.
func (e *Endless) Digest() digest.SHA256 {
	_, _ = io.Copy(io.Discard, e)
	return digest.SHA256(e.sum.Sum(nil))
}
