package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

var stamps = regexp.MustCompile(`,"was":\[-?\d+,-?\d+\]`)

// toLayout1 turns a file into what the first layout would hold: no touches, no
// index of searches, no times before a change in the log.
func toLayout1(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(text string, args ...any) {
		if _, err := db.Exec(text, args...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	for revision, body := range bare(t, db) {
		exec("UPDATE log SET body = ? WHERE revision = ?", body, revision)
	}
	for _, text := range []string{
		"DROP TABLE touch", "DROP TABLE gone", "DROP INDEX log_at", "DROP TABLE search_word", "DROP TABLE search_key",
		"DROP TABLE search_print", "PRAGMA user_version=1", "PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		exec(text)
	}
}

// bare are the bodies that hold times, without.
func bare(t testing.TB, db *sql.DB) map[int64]string {
	t.Helper()
	bodies := map[int64]string{}
	rows, err := db.Query("SELECT revision, body FROM log")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var revision int64
		var body string
		if err := rows.Scan(&revision, &body); err != nil {
			t.Fatal(err)
		}
		if without := stamps.ReplaceAllString(body, ""); without != body {
			bodies[revision] = without
		}
	}
	return bodies
}

// old makes a file of the first layout, and tells what it holds.
func old(t *testing.T) (path, picture string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "old.db")
	s := open(t, path, storetest.Schema())
	storetest.Busy(t, s, 0)
	picture = storetest.Picture(t, s)
	_ = s.Close(t.Context())
	toLayout1(t, path)
	return path, picture
}

func TestAFileOfTheFirstLayoutIsBroughtForward(t *testing.T) {
	path, want := old(t)
	layout, err := sqlite.FileLayout(t.Context(), path)
	if err != nil || layout.Version != 1 || len(layout.Steps) != 2 {
		t.Fatalf("%+v %v", layout, err)
	}
	told := 0
	o := sqlite.Options{Progress: func(what string, done, total int64) {
		if told++; what == "" || done > total {
			t.Errorf("%s: %d of %d", what, done, total)
		}
	}}
	s, err := sqlite.Open(t.Context(), path, storetest.Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	if got := storetest.Picture(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if told == 0 {
		t.Error("nothing was told on the way")
	}
	if layout, err = sqlite.FileLayout(t.Context(), path); err != nil || len(layout.Steps) != 0 {
		t.Errorf("%+v %v", layout, err)
	}
}

// The process that is to die opens the file named here, and ends itself by
// force at the given word of progress.
const (
	dyingFile = "RELEASEGRAPH_TEST_DYING_FILE"
	dyingAt   = "RELEASEGRAPH_TEST_DYING_AT"
)

func TestProcessThatDies(t *testing.T) {
	path, at := os.Getenv(dyingFile), 0
	if path == "" {
		return // it is only run by the tests of what is left behind
	}
	_, _ = fmt.Sscan(os.Getenv(dyingAt), &at)
	_, err := sqlite.Open(t.Context(), path, storetest.Schema(), sqlite.Options{Progress: func(string, int64, int64) {
		if at--; at < 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAMigrationThatIsKilledLeavesTheOldFile(t *testing.T) {
	path, want := old(t)
	killed := 0
	for at := 0; ; at++ {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessThatDies$")
		c.Env = append(os.Environ(), dyingFile+"="+path, fmt.Sprintf("%s=%d", dyingAt, at))
		if err := c.Run(); err == nil {
			break
		}
		killed++
		if layout, err := sqlite.FileLayout(t.Context(), path); err != nil || layout.Version != 1 {
			t.Fatalf("killed at %d: %+v %v", at, layout, err)
		}
	}
	if killed < 3 {
		t.Errorf("killed %d times only", killed)
	}
	if got := storetest.Picture(t, open(t, path, storetest.Schema())); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// BenchmarkMigrate brings files of the first layout forward.
func BenchmarkMigrate(b *testing.B) {
	ops := graph(benchtest.Items(b))
	least := math.Inf(1)
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "old.db")
		s, err := sqlite.Open(context.Background(), path, storetest.Schema(), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, s, ops)
		_ = s.Close(context.Background())
		toLayout1(b, path)
		start := time.Now()
		if s, err = sqlite.Open(context.Background(), path, storetest.Schema(), sqlite.Options{}); err != nil {
			b.Fatal(err)
		}
		least = min(least, time.Since(start).Seconds())
		if n, err := s.Count(context.Background(), "Item", store.Filter(nil)); err != nil || n == 0 {
			b.Fatal(n, err)
		}
		_ = s.Close(context.Background())
	}
	b.ReportMetric(float64(len(ops))/least, "items/s")
	b.ReportMetric(least, "s")
}
