package storetest

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

// RunLoaded holds what is loaded from a store to the reference model: random
// graphs are there before over puts it over the store.
func RunLoaded(t *testing.T, beneath store.Store, over func(beneath store.Store) (store.Store, error)) {
	t.Helper()
	b := &bench{t, t.Context(), beneath}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		start := b.clear()
		r := &rounds{b: b, Store: beneath, t: rt, model: newReference(start.Revision, start.At), key: fmt.Sprintf("loaded %d ", round)}
		r.commitSet(set(drawGraph(rt)...))
		for range rapid.IntRange(0, 4).Draw(rt, "steps") {
			r.commit()
		}
		loaded, err := over(kept{beneath})
		b.must(err)
		r.Store = loaded
		for range 6 {
			r.ask()
		}
		r.commit()
		r.state()
		b.must(loaded.Close(b.ctx))
	})
}

// kept is a store that stays open.
type kept struct{ store.Store }

// Close leaves it open.
func (kept) Close(context.Context) error { return nil }

// ScanRows is that of the store.
func (k kept) ScanRows(ctx context.Context, what store.Scan, to store.Rows) (store.Revision, error) {
	return store.ScanRows(ctx, k.Store, what, to)
}
