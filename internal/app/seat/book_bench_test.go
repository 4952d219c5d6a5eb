package seat_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/seat"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// fleet is an estate of items that are installed at so many sites each, with a
// licence of each metric for each third of them. One change set after the other
// installs and removes one.
type fleet struct {
	items, sites int
	head         store.Revision
}

func fleetID(kind, n int) store.ID {
	return store.ID(fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n))
}

var fleetLicences = []string{"each", "site", "user"}

func (f *fleet) Head(context.Context) (store.Revision, error) { return f.head, nil }

func (f *fleet) Scan(_ context.Context, s store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	if len(s.Kinds) == 0 {
		for item := range f.items {
			edges := make([]store.Edge, f.sites)
			for site := range edges {
				edges[site] = store.Edge{EdgeKey: f.installed(item, site), Props: store.Props{}}
			}
			if err := yield(store.Batch{Edges: edges}); err != nil {
				return 0, err
			}
		}
		return f.head, nil
	}
	var b store.Batch
	for i, key := range fleetLicences {
		b.Nodes = append(b.Nodes, store.Node{ID: fleetID(1, i), Kind: domain.KindLicence, Props: store.Props{"key": key, "metric": string(domain.LicenceMetrics[i])}})
	}
	for site := range f.sites {
		b.Nodes = append(b.Nodes, store.Node{ID: fleetID(2, site), Kind: domain.KindSite, Props: store.Props{"users": int64(7)}})
	}
	for item := range f.items {
		b.Edges = append(b.Edges, store.Edge{EdgeKey: store.EdgeKey{Rel: domain.RelLicensedBy, From: fleetID(3, item), To: fleetID(1, item%3)}, Props: store.Props{}})
	}
	return f.head, yield(b)
}

func (f *fleet) installed(item, site int) store.EdgeKey {
	return store.EdgeKey{Rel: domain.RelInstalledAt, From: fleetID(3, item), To: fleetID(2, site)}
}

func (f *fleet) Changes(_ context.Context, after store.Revision, _ int) ([]store.Change, error) {
	e := store.Effect{Edge: f.installed(int(after/2)%f.items, f.sites+1)}
	if after%2 == 0 {
		e.After = store.Props{}
	} else {
		e.Before = store.Props{}
	}
	return []store.Change{{Revision: after + 1, Effects: []store.Effect{e}}}, nil
}

func (f *fleet) Edges(context.Context, store.EdgeQuery) ([]store.EdgePage, error) { return nil, nil }

// BenchmarkSeats counts the seats of licences after one installation more or less,
// in an estate of a million installations beside one of a thousand, and weighs what
// is kept.
func BenchmarkSeats(b *testing.B) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	small := kept(b, &fleet{items: 10, sites: 100})
	for _, shape := range []struct {
		name         string
		items, sites int
	}{{"everywhere", 1_000, 1_000}, {"once", 1_000_000, 1}} {
		b.Run("installed="+shape.name, func(b *testing.B) {
			before := heap()
			f := &fleet{items: shape.items, sites: shape.sites}
			large := kept(b, f)
			weight := float64(heap()-before) / float64(f.items*f.sites)
			for i, licence := range fleetLicences {
				used, err := large.Used(b.Context(), licence, now)
				require.NoError(b, err)
				require.Equal(b, []int{(f.items + 2) / 3 * f.sites, f.sites, f.sites * 7}[i], used)
			}
			count := func(of keptFleet) func() {
				return func() {
					for range 100 {
						of.head++
						for _, licence := range fleetLicences {
							if _, err := of.Used(b.Context(), licence, now); err != nil {
								b.Fatal(err)
							}
						}
					}
				}
			}
			figure, base := benchtest.Turns(b, count(large), count(small))
			benchtest.AtMost(b, "bytes/installation", weight, 100)
			benchtest.RatioAtMost(b, "best-s", figure/100, base/100, 3)
			runtime.KeepAlive(large)
		})
	}
}

// keptFleet is a fleet with what is kept of it.
type keptFleet struct {
	*fleet
	*seat.Book
}

// Used counts the seats of a licence.
func (k keptFleet) Used(ctx context.Context, licence string, now time.Time) (used int, err error) {
	err = k.Ask(ctx, func(s *library.Seats) error {
		u, err := s.Use(ctx, licence, now)
		used = u.Used
		return err
	})
	return used, err
}

func kept(b *testing.B, f *fleet) keptFleet {
	k := keptFleet{f, seat.NewBook(f)}
	_, err := k.Used(b.Context(), "each", time.Time{})
	require.NoError(b, err)
	return k
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
