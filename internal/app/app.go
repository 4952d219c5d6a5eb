// Package app holds the use cases: each reads, decides by the pure packages,
// and commits one change set with guards. It knows nothing of GraphQL.
package app

import (
	"context"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Graph is the shape of the estate in memory, as traversals see it.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Graphs hands out the graph for traversals. It is the topology's part of the
// store, absent when the topology is switched off.
type Graphs interface {
	// Graph returns the whole graph at the revision or later, waiting for it
	// until the context ends. ErrUnavailable while it is not loaded.
	Graph(ctx context.Context, atLeast store.Revision) (*Graph, error)
}

// App gives access to all use cases.
type App struct {
	store  store.Store
	graphs Graphs // nil: traverse in the store
	now    func() time.Time
	newID  func() string
}

// Config is what an App is made of. Graphs may be nil.
type Config struct {
	Store  store.Store
	Graphs Graphs
	Now    func() time.Time
	NewID  func() string
}

// New returns the use cases over a store.
func New(c Config) *App {
	return &App{store: c.Store, graphs: c.Graphs, now: c.Now, newID: c.NewID}
}
