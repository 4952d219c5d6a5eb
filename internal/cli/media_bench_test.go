package cli_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/cli"
	"releasegraph/internal/digest"
	"releasegraph/internal/library"
	"releasegraph/internal/store/blob/blobtest"
)

// mediaSize is how many megabytes the benchmarks of media move.
func mediaSize(b *testing.B) int64 {
	text := os.Getenv("RELEASEGRAPH_BENCH_MEDIA_MB")
	if text == "" {
		return 512 << 20
	}
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(b, err)
	return n << 20
}

// peak returns the most memory in MB that the process had since it was last
// reset, which it does, where the system tells.
func peak(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	defer func() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }()
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var n float64
			_, err := fmt.Sscan(kb, &n)
			require.NoError(b, err)
			return n / 1024
		}
	}
	return 0
}

// hashed returns how long the digest of a file takes by sha256sum, or where there
// is none by the library of the language, which is faster.
func hashed(b *testing.B, name string) time.Duration {
	b.Helper()
	began := time.Now()
	if program, err := exec.LookPath("sha256sum"); err == nil {
		require.NoError(b, exec.Command(program, name).Run())
		return time.Since(began)
	}
	f, err := os.Open(name)
	require.NoError(b, err)
	defer f.Close()
	_, err = io.Copy(sha256.New(), f)
	require.NoError(b, err)
	return time.Since(began)
}

// BenchmarkMediaAdd adds a file to a library on the same disk, client and server
// in one process, beside sha256sum of the same file.
func BenchmarkMediaAdd(b *testing.B) {
	size := mediaSize(b)
	folder := b.TempDir()
	name := filepath.Join(folder, "kit.tar")
	f, err := os.Create(name)
	require.NoError(b, err)
	from := blobtest.NewEndless(size)
	_, err = io.Copy(f, from)
	require.NoError(b, err)
	require.NoError(b, f.Sync())
	require.NoError(b, f.Close())
	items := &mediaItems{declared: map[string]digest.SHA256{"kit": from.Digest()}, stored: map[string]library.Stored{}}
	var added, base time.Duration
	var rss float64
	for b.Loop() {
		served := filepath.Join(b.TempDir(), "library")
		url := mediaAt(b, served, items)
		base += hashed(b, name)
		peak(b)
		began := time.Now()
		code := cli.Run(b.Context(), []string{"media", "add", "kit", name, "--url", url}, cli.Streams{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: os.Stderr})
		require.Zero(b, code)
		added += time.Since(began)
		rss = max(rss, peak(b))
		require.NoError(b, os.RemoveAll(served))
	}
	moved := float64(size) * float64(b.N) / (1 << 20)
	benchtest.RatioAtLeast(b, "MB/s", moved/added.Seconds(), moved/base.Seconds(), 0.7)
	benchtest.AtMost(b, "peak-MB", rss, 200)
}
