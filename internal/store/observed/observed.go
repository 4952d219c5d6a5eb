// Package observed tells somebody of each call to a store. It changes no
// answer.
package observed

import (
	"context"
	"time"

	"releasegraph/internal/store"
)

// Observer hears of calls. Begin is called before a call with the method's
// name; the context that it returns goes on with the call, the function is
// called with the call's error when it is over.
type Observer interface {
	Begin(ctx context.Context, method string) (context.Context, func(error))
}

// Store is a store whose calls are observed.
type Store struct {
	store.Store // what is not observed: Declared, Close, and Await, whose time is that of others
	observer    Observer
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.RowScanner = (*Store)(nil)
)

// New observes the calls to a store.
func New(beneath store.Store, o Observer) *Store { return &Store{beneath, o} }

// observe makes one call.
func observe[T any](ctx context.Context, s *Store, method string, call func(context.Context) (T, error)) (T, error) {
	ctx, over := s.observer.Begin(ctx, method)
	v, err := call(ctx)
	over(err)
	return v, err
}

// Nodes is that of the store.
func (s *Store) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	return observe(ctx, s, "Nodes", func(ctx context.Context) (map[store.ID]store.Node, error) { return s.Store.Nodes(ctx, ids...) })
}

// Lookup is that of the store.
func (s *Store) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	return observe(ctx, s, "Lookup", func(ctx context.Context) (map[string]store.Node, error) {
		return s.Store.Lookup(ctx, kind, property, values...)
	})
}

// Find is that of the store.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	return observe(ctx, s, "Find", func(ctx context.Context) (store.Page, error) { return s.Store.Find(ctx, q) })
}

// Count is that of the store.
func (s *Store) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	return observe(ctx, s, "Count", func(ctx context.Context) (int64, error) { return s.Store.Count(ctx, kind, f) })
}

// Edges is that of the store.
func (s *Store) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	return observe(ctx, s, "Edges", func(ctx context.Context) ([]store.EdgePage, error) { return s.Store.Edges(ctx, q) })
}

// CountEdges is that of the store.
func (s *Store) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	return observe(ctx, s, "CountEdges", func(ctx context.Context) ([]int64, error) { return s.Store.CountEdges(ctx, q) })
}

// EdgesBetween is that of the store.
func (s *Store) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	return observe(ctx, s, "EdgesBetween", func(ctx context.Context) (map[store.EdgeKey]store.Edge, error) {
		return s.Store.EdgesBetween(ctx, keys...)
	})
}

// Walk is that of the store.
func (s *Store) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	return observe(ctx, s, "Walk", func(ctx context.Context) (store.Subgraph, error) { return s.Store.Walk(ctx, w) })
}

// Search is that of the store.
func (s *Store) Search(ctx context.Context, q store.Search) (store.SearchPage, error) {
	return observe(ctx, s, "Search", func(ctx context.Context) (store.SearchPage, error) { return s.Store.Search(ctx, q) })
}

// CountSearch is that of the store.
func (s *Store) CountSearch(ctx context.Context, q store.Search) (int64, error) {
	return observe(ctx, s, "CountSearch", func(ctx context.Context) (int64, error) { return s.Store.CountSearch(ctx, q) })
}

// Aggregate is that of the store.
func (s *Store) Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error) {
	return observe(ctx, s, "Aggregate", func(ctx context.Context) ([]store.Group, error) { return s.Store.Aggregate(ctx, a) })
}

// Scan is that of the store.
func (s *Store) Scan(ctx context.Context, scan store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	return observe(ctx, s, "Scan", func(ctx context.Context) (store.Revision, error) { return s.Store.Scan(ctx, scan, yield) })
}

// ScanRows is that of the store, by its own way where it has one.
func (s *Store) ScanRows(ctx context.Context, scan store.Scan, to store.Rows) (store.Revision, error) {
	return observe(ctx, s, "Scan", func(ctx context.Context) (store.Revision, error) { return store.ScanRows(ctx, s.Store, scan, to) })
}

// History is that of the store.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	return observe(ctx, s, "History", func(ctx context.Context) ([]store.HistoryPage, error) { return s.Store.History(ctx, q) })
}

// RevisionAt is that of the store.
func (s *Store) RevisionAt(ctx context.Context, t time.Time) (store.Revision, error) {
	return observe(ctx, s, "RevisionAt", func(ctx context.Context) (store.Revision, error) { return s.Store.RevisionAt(ctx, t) })
}

// Oldest is that of the store.
func (s *Store) Oldest(ctx context.Context) (store.Revision, error) {
	return observe(ctx, s, "Oldest", s.Store.Oldest)
}

// Commit is that of the store.
func (s *Store) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	return observe(ctx, s, "Commit", func(ctx context.Context) (store.Change, error) { return s.Store.Commit(ctx, cs) })
}

// Preview is that of the store.
func (s *Store) Preview(ctx context.Context, cs store.Changeset) (store.Change, error) {
	return observe(ctx, s, "Preview", func(ctx context.Context) (store.Change, error) { return s.Store.Preview(ctx, cs) })
}

// Head is that of the store.
func (s *Store) Head(ctx context.Context) (store.Revision, error) {
	return observe(ctx, s, "Head", s.Store.Head)
}

// Settled is that of the store.
func (s *Store) Settled(ctx context.Context) (store.Revision, error) {
	return observe(ctx, s, "Settled", s.Store.Settled)
}

// Changes is that of the store.
func (s *Store) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return observe(ctx, s, "Changes", func(ctx context.Context) ([]store.Change, error) { return s.Store.Changes(ctx, after, limit) })
}

// Undo is that of the store.
func (s *Store) Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return observe(ctx, s, "Undo", func(ctx context.Context) ([]store.Change, error) { return s.Store.Undo(ctx, after, limit) })
}

// Heads is that of the store.
func (s *Store) Heads(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return observe(ctx, s, "Heads", func(ctx context.Context) ([]store.Change, error) { return s.Store.Heads(ctx, after, limit) })
}

// Effects is that of the store.
func (s *Store) Effects(ctx context.Context, q ...store.EffectQuery) ([]store.EffectPage, error) {
	return observe(ctx, s, "Effects", func(ctx context.Context) ([]store.EffectPage, error) { return s.Store.Effects(ctx, q...) })
}

// Compact is that of the store.
func (s *Store) Compact(ctx context.Context, through store.Revision) error {
	ctx, over := s.observer.Begin(ctx, "Compact")
	err := s.Store.Compact(ctx, through)
	over(err)
	return err
}

// IndexOpen is that of the store.
func (s *Store) IndexOpen(ctx context.Context, kind string, properties []string) error {
	ctx, over := s.observer.Begin(ctx, "IndexOpen")
	err := s.Store.IndexOpen(ctx, kind, properties)
	over(err)
	return err
}
