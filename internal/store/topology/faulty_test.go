package topology_test

import (
	"context"
	"sync"

	"releasegraph/internal/store"
)

// faulty is a store that fails when told to, and counts what is asked of it.
type faulty struct {
	store.Store
	mu                 sync.Mutex
	scanErr, followErr error
	scans, walks       int

	duringEdgesBetween func()
	compactedOnce      bool
}

func (f *faulty) set(change func(*faulty)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *faulty) Scan(ctx context.Context, s store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	f.mu.Lock()
	f.scans++
	err := f.scanErr
	f.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return f.Store.Scan(ctx, s, yield)
}

func (f *faulty) following() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.followErr
}

func (f *faulty) Head(ctx context.Context) (store.Revision, error) {
	if err := f.following(); err != nil {
		return 0, err
	}
	return f.Store.Head(ctx)
}

func (f *faulty) Await(ctx context.Context, after store.Revision) (store.Revision, error) {
	if err := f.following(); err != nil {
		return 0, err
	}
	return f.Store.Await(ctx, after)
}

func (f *faulty) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	if err := f.following(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	compacted := f.compactedOnce
	f.compactedOnce = false
	f.mu.Unlock()
	if compacted {
		return nil, store.ErrCompacted
	}
	return f.Store.Changes(ctx, after, limit)
}

func (f *faulty) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	f.set(func(f *faulty) { f.walks++ })
	return f.Store.Walk(ctx, w)
}

func (f *faulty) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	f.mu.Lock()
	hook := f.duringEdgesBetween
	f.duringEdgesBetween = nil
	f.mu.Unlock()
	if hook != nil {
		hook()
	}
	return f.Store.EdgesBetween(ctx, keys...)
}
