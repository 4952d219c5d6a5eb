package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
	"releasegraph/internal/store/blob/blobtest"
)

func open(t *testing.T, folder string) *blob.Store {
	t.Helper()
	s, err := blob.NewFolder(folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestAFolder(t *testing.T) {
	empty := func(t *testing.T) *blob.Store { return open(t, filepath.Join(t.TempDir(), "media")) }
	blobtest.Run(t, empty)
	blobtest.RunLarge(t, empty)
}

// writing names the folder in which this program, started anew by a test, puts a
// content, piece by piece and for ever.
const writing = "RELEASEGRAPH_TEST_BLOB_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(writing); folder != "" {
		putUntilKilled(folder)
	}
	os.Exit(m.Run())
}

// content is what is put by the process that is killed.
var content = bytes.Repeat([]byte("what is put until it is killed\n"), 1<<16)

func putUntilKilled(folder string) {
	s, err := blob.NewFolder(folder)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for {
		fmt.Println("begins")
		if err := s.Put(context.Background(), bytes.NewReader(content), digest.Of(content), int64(len(content))); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("done")
		if err := s.Delete(context.Background(), digest.Of(content)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

func TestAProcessThatIsKilledLeavesNothingHalf(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	d := digest.Of(content)
	whole, left := 0, 0
	for i := range 40 {
		killed := exec.Command(os.Args[0], "-test.run=^$")
		killed.Env = append(os.Environ(), writing+"="+folder)
		out, err := killed.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, killed.Start())
		_, err = io.ReadFull(out, make([]byte, len("begins\n")))
		require.NoError(t, err)
		time.Sleep(time.Duration(i) * 500 * time.Microsecond)
		require.NoError(t, killed.Process.Kill())
		_ = killed.Wait()
		switch err := s.Verify(t.Context(), d); {
		case err == nil:
			whole++
		case !errors.Is(err, blob.ErrNotFound):
			t.Fatalf("after kill %d: %v", i, err)
		}
		swept, err := s.Sweep(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		left += swept.Files
		// The same again ends right.
		require.NoError(t, s.Put(t.Context(), bytes.NewReader(content), d, int64(len(content))))
		require.NoError(t, s.Verify(t.Context(), d))
		require.NoError(t, s.Delete(t.Context(), d))
		require.Empty(t, files(t, folder))
	}
	require.NotZero(t, left, "no kill came while something was written")
	t.Logf("40 kills: %d left a whole content, %d a temporary file", whole, left)
}

// files lists the files below a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var list []string
	require.NoError(t, filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, name)
		}
		return err
	}))
	return list
}

func TestAByteThatChangedOnTheDiskIsFound(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	text := []byte("a kit of great value")
	d := digest.Of(text)
	require.NoError(t, s.Put(t.Context(), bytes.NewReader(text), d, int64(len(text))))
	file := files(t, folder)[0]
	require.True(t, strings.HasSuffix(file, filepath.Join("sha256", d.String()[:2], d.String())), file)

	damaged := bytes.Clone(text)
	damaged[3] ^= 1
	require.NoError(t, os.WriteFile(file, damaged, 0o600))
	var mismatch *digest.MismatchError
	require.ErrorAs(t, s.Verify(t.Context(), d), &mismatch)
	require.Equal(t, digest.MismatchError{Want: d, Got: digest.Of(damaged)}, *mismatch)

	require.NoError(t, os.Truncate(file, 0))
	require.ErrorAs(t, s.Verify(t.Context(), d), &mismatch)

	require.NoError(t, s.Put(t.Context(), bytes.NewReader(text), d, int64(len(text))), "putting it again mends it")
	require.NoError(t, s.Verify(t.Context(), d))
}

func TestSweepingLeavesWhatIsYoungAndWhatIsKept(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	swept, err := s.Sweep(t.Context(), time.Now())
	require.NoError(t, err, "nothing was ever kept")
	require.Zero(t, swept)
	require.NoError(t, s.Put(t.Context(), strings.NewReader("kept"), digest.Of([]byte("kept")), 4))
	old, young := filepath.Join(folder, "sha256", "ab", "x.1.tmp"), filepath.Join(folder, "sha256", "ab", "x.2.tmp")
	require.NoError(t, os.MkdirAll(filepath.Dir(old), 0o750))
	for _, file := range []string{old, young} {
		require.NoError(t, os.WriteFile(file, []byte("half"), 0o600))
	}
	now := time.Now()
	require.NoError(t, os.Chtimes(old, now, now.Add(-2*time.Hour)))
	swept, err = s.Sweep(t.Context(), now.Add(-time.Hour))
	require.NoError(t, err)
	require.Equal(t, blob.Swept{Files: 1}, swept)
	require.NoFileExists(t, old)
	require.FileExists(t, young)
	require.NoError(t, s.Verify(t.Context(), digest.Of([]byte("kept"))))
}

func TestAFileIsAdoptedWithoutACopy(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "media"))
	file := filepath.Join(folder, "upload")
	require.NoError(t, os.WriteFile(file, []byte("uploaded"), 0o600))
	before, err := os.Stat(file)
	require.NoError(t, err)
	d := digest.Of([]byte("uploaded"))
	adopted, err := s.Adopt(file, d)
	require.NoError(t, err)
	require.True(t, adopted)
	require.NoFileExists(t, file)
	require.NoError(t, s.Verify(t.Context(), d))
	after, err := os.Stat(files(t, folder)[0])
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after))
}
