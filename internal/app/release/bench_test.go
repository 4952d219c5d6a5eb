package release_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

// BenchmarkRelease works out what a FULL release of 200 changes holds, and how it
// is undone, in a large estate (RELEASEGRAPH_BENCH_ITEMS) beside one of 10,000
// items: it grows with the release, not with the estate.
func BenchmarkRelease(b *testing.B) {
	small, large := releasing(b, 10_000), releasing(b, benchtest.Items(b))
	for name, work := range map[string]func(*app.App, context.Context, *domain.Release) (int, error){
		"contents": func(a *app.App, ctx context.Context, r *domain.Release) (int, error) {
			c, err := a.Releases.Contents(ctx, r)
			if err != nil {
				return 0, err
			}
			return c.TotalCount(), nil
		},
		"backOut": func(a *app.App, ctx context.Context, r *domain.Release) (int, error) {
			p, err := a.Releases.BackOutPlan(ctx, r)
			if err != nil {
				return 0, err
			}
			return len(p.Steps), nil
		},
	} {
		b.Run("of="+name, func(b *testing.B) {
			do := func(e *releasedEstate) func() {
				return func() {
					n, err := work(e.App, e.WithLoads(b.Context()), e.release)
					require.NoError(b, err)
					require.Equal(b, 400, n)
				}
			}
			figure, base := benchtest.Turns(b, do(large), do(small))
			benchtest.RatioAtMost(b, "best-s", figure, base, 2)
		})
	}
}

// releasedEstate is a made estate with a release of 200 programs, in 20 units of 20.
type releasedEstate struct {
	*app.App
	release *domain.Release
}

func releasing(b *testing.B, items int) *releasedEstate {
	ctx := b.Context()
	s, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "estate.db"), entity.Schema(), sqlite.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	made, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: items, Reach: items / 10})
	require.NoError(b, err)
	require.NoError(b, made.Fill(ctx, s, graphgen.FillOptions{At: benchtest.At}))
	a := app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	lines := []string{line("Release", "R", `,"releaseVersion":"1.0.0","type":"MINOR","category":"FULL"`)}
	for n := range 400 {
		item, unit := fmt.Sprint("part-", n), fmt.Sprint("unit-", n/20)
		if n%20 == 0 {
			lines = append(lines, line("ReleaseUnit", unit, ""))
		}
		lines = append(lines, line("ConfigurationItem", item, `,"class":"PROGRAM","productVersion":"1.0"`), edge("GROUPS", "ReleaseUnit:"+unit, "ConfigurationItem:"+item, ""))
		if n%20 > 0 {
			lines = append(lines, edge("DEPENDS_ON", "ConfigurationItem:"+item, fmt.Sprint("ConfigurationItem:part-", n-1), ""))
		}
		if n%2 == 0 {
			lines = append(lines, edge("CHANGES", "Release:R", "ConfigurationItem:"+item, `,"action":"MODIFY","fromVersion":"1.0","toVersion":"1.1"`))
		}
	}
	done, err := a.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Lines: lines}, nil)
	require.NoError(b, err)
	require.Empty(b, done.Wrong)
	found, err := s.Lookup(ctx, domain.KindRelease, "key", "R")
	require.NoError(b, err)
	return &releasedEstate{a, entity.KindNamed(domain.KindRelease).Decode(store.Node{ID: found["R"].ID, Kind: domain.KindRelease, Props: found["R"].Props}).(*domain.Release)}
}
