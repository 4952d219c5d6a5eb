package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/dump"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// BenchmarkCare takes backups of both forms, and restores them. Its rates are
// in nodes, edges and effects of the log, of which the graph has twice as many
// as nodes and edges.
func BenchmarkCare(b *testing.B) {
	ops := graph(benchtest.Items(b))
	s := openBench(b, filepath.Join(b.TempDir(), "graph.db"))
	fill(b, s, ops)
	rate := func(b *testing.B, work func() int64) {
		for b.Loop() {
			start := time.Now()
			size := work()
			took := time.Since(start).Seconds()
			b.ReportMetric(2*float64(len(ops))/took, "things/s")
			b.ReportMetric(float64(size)/took/1e6, "MB/s")
		}
	}
	ctx := context.Background()
	var text bytes.Buffer
	b.Run("copy", func(b *testing.B) {
		rate(b, func() int64 {
			path := filepath.Join(b.TempDir(), "copy.db")
			_ = os.Remove(path)
			if _, err := s.CopyTo(ctx, path, nil); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			return info.Size()
		})
	})
	b.Run("dump", func(b *testing.B) {
		rate(b, func() int64 {
			text.Reset()
			if _, err := dump.Write(ctx, s, &text, dump.NewHeader(at, "bench"), nil); err != nil {
				b.Fatal(err)
			}
			return int64(text.Len())
		})
	})
	b.Run("check", func(b *testing.B) {
		d, err := store.Declare(storetest.Schema())
		if err != nil {
			b.Fatal(err)
		}
		rate(b, func() int64 {
			if _, _, err := dump.Check(bytes.NewReader(text.Bytes()), d); err != nil {
				b.Fatal(err)
			}
			return int64(text.Len())
		})
	})
	b.Run("restore", func(b *testing.B) {
		rate(b, func() int64 {
			in, err := dump.NewReader(bytes.NewReader(text.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			defer in.Close()
			path := filepath.Join(b.TempDir(), "restored.db")
			if _, err := sqlite.Restore(ctx, path, storetest.Schema(), in.Restoration(dump.End{}, nil), true); err != nil {
				b.Fatal(err)
			}
			return int64(text.Len())
		})
	})
}
