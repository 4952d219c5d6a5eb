package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/digest"
	"releasegraph/internal/library/upload"
)

func open(t require.TestingT, folder string) *upload.Store {
	s, err := upload.NewStore(folder, func(err error) { require.NoError(t, err) })
	require.NoError(t, err)
	return s
}

// breaking reads what it has, and then fails.
type breaking struct{ io.Reader }

var errCut = errors.New("cut")

func (b breaking) Read(into []byte) (int, error) {
	n, err := b.Reader.Read(into)
	if errors.Is(err, io.EOF) {
		err = errCut
	}
	return n, err
}

// TestWhatCameIsHashedHoweverItCame cuts, restarts and loses power at random.
func TestWhatCameIsHashedHoweverItCame(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 1, 5_000).Draw(r, "content")
		size := int64(len(text))
		d := digest.Of(text)
		s := open(r, folder)
		id := upload.NewID("ann", "kit", "main", d, size)
		u, err := s.Begin(upload.Upload{ID: id, Key: "kit", Owner: "ann", Size: size, Digest: d, Location: "main"})
		require.NoError(r, err)
		for {
			s = open(r, folder)
			t, err := s.GetUpload(context.Background(), id)
			require.NoError(r, err)
			info, err := t.GetInfo(context.Background())
			require.NoError(r, err)
			if info.Offset == size {
				break
			}
			until := rapid.Int64Range(info.Offset, size).Draw(r, "until")
			part := bytes.NewReader(text[info.Offset:until])
			switch rapid.SampledFrom([]string{"all", "cut", "power"}).Draw(r, "how") {
			case "all":
				n, err := t.WriteChunk(context.Background(), info.Offset, part)
				require.NoError(r, err)
				require.Equal(r, until-info.Offset, n)
			case "cut":
				tolerant := openTolerant(folder)
				t, err := tolerant.GetUpload(context.Background(), id)
				require.NoError(r, err)
				_, err = t.WriteChunk(context.Background(), info.Offset, breaking{part})
				require.Error(r, err)
			case "power": // the end of the file is lost
				require.NoError(r, os.Truncate(u.File(), rapid.Int64Range(0, info.Offset).Draw(r, "left")))
			}
		}
		u, err = s.Find(id)
		require.NoError(r, err)
		came, err := u.Came(context.Background())
		require.NoError(r, err)
		require.Equal(r, d, came)
		require.NoError(r, u.Remove())
	})
}

func openTolerant(folder string) *upload.Store {
	s, _ := upload.NewStore(folder, func(error) {})
	return s
}

func TestUploadsOfWhichNothingComesAreForgotten(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	begin := func(key string) *upload.Upload {
		u, err := s.Begin(upload.Upload{ID: upload.NewID("ann", key, "main", digest.SHA256{1}, 10), Key: key, Owner: "ann", Size: 10, Digest: digest.SHA256{1}})
		require.NoError(t, err)
		return u
	}
	now := time.Now()
	age := func(names ...string) {
		for _, name := range names {
			require.NoError(t, os.Chtimes(name, now, now.Add(-2*time.Hour)))
		}
	}
	old, young := begin("old"), begin("young")
	note := func(u *upload.Upload) string { return filepath.Join(folder, u.ID+".json") }
	age(old.File(), note(old), note(young)) // of the young one something came
	orphan, half := filepath.Join(folder, "0123456789abcdef0123456789abcdef.part"), filepath.Join(folder, "x.json.tmp")
	for _, name := range []string{orphan, half} {
		require.NoError(t, os.WriteFile(name, []byte("x"), 0o600))
		age(name)
	}
	gone, err := s.Sweep(now.Add(-time.Hour))
	require.NoError(t, err)
	require.Len(t, gone, 1)
	require.Equal(t, "old", gone[0].Key)
	for _, name := range []string{old.File(), note(old), orphan, half} {
		require.NoFileExists(t, name)
	}
	found, err := s.Find(young.ID)
	require.NoError(t, err)
	require.Equal(t, "young", found.Key)
}

func TestNoFileIsFoundByAnIDThatIsNone(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "uploads"))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret.json"), []byte(`{}`), 0o600))
	for _, id := range []string{"../secret", "", ".", "A123456789abcdef0123456789abcdef"} {
		_, err := s.Find(id)
		require.ErrorIs(t, err, upload.ErrNotFound)
	}
}

func TestWhatWasKeptIsKnownWithoutItsFile(t *testing.T) {
	s := open(t, t.TempDir())
	u, err := s.Begin(upload.Upload{ID: upload.NewID("ann", "kit", "main", digest.Of([]byte("a")), 1), Size: 1, Digest: digest.Of([]byte("a"))})
	require.NoError(t, err)
	require.NoError(t, u.Keep())
	require.NoFileExists(t, u.File())
	again, err := s.Begin(upload.Upload{ID: u.ID, Size: 1})
	require.NoError(t, err)
	offset, err := again.Offset()
	require.NoError(t, err)
	require.True(t, again.Kept)
	require.Equal(t, int64(1), offset)
}
