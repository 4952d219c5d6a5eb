package estate

import (
	"context"
	"time"

	"releasegraph/internal/app/person"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/entries"
	"releasegraph/internal/store/feed"
	"releasegraph/internal/store/observed"
)

// Graphs hands out the graph for traversals. It is the topology's part of the
// store, absent when the topology is switched off.
type Graphs interface {
	// Graph returns the whole graph at the revision or later, waiting for it
	// until the context ends. ErrUnavailable while it is not loaded.
	Graph(ctx context.Context, atLeast store.Revision) (*shape.Graph, error)
	// GraphAt returns the whole graph as it was at an earlier revision.
	// ErrUnavailable while none is loaded or it would take too much memory,
	// ErrCompacted when the log does not reach back.
	GraphAt(ctx context.Context, at store.Revision) (*shape.Graph, error)
}

// writes is what a use case may do with the store besides reading. It reads by Today or
// another View, which leave out what the caller may not see. Entire is for rules that hold
// whoever asks; a caller learns no more of it than they must.
type writes interface {
	Commit(ctx context.Context, cs store.Changeset) (store.Change, error)
	Preview(ctx context.Context, cs store.Changeset) (store.Change, error)
	Head(ctx context.Context) (store.Revision, error)
	entries.Store
	Await(ctx context.Context, after store.Revision) (store.Revision, error)
	IndexOpen(ctx context.Context, kind string, properties []string) error
}

// Estate is what all areas share: the store, who may, the clock, and what areas have to say
// in what is written.
type Estate struct {
	Store     writes
	Entire    store.Reader
	Past      *asof.History
	Feed      *feed.Feed
	Graphs    Graphs // nil: traverse in the store
	Policies  *authz.Policies
	Exclusive []domain.Exclusive
	Shelf     store.Shelf // nil: there are no tokens
	Bindings  person.Bindings

	Now   func() time.Time
	NewID func() string

	books books

	Rules        []Rule
	Consequences []Consequence
	// Filters reads a filter on records of a kind.
	Filters func(context.Context, *entity.Kind, map[string]any) (store.Filter, error)
	// Admits refuses who asks to do anything; with a dry run it notes nothing.
	Admits func(ctx context.Context, dryRun bool) error
	// Baselines finds the revision that a baseline stands for; the field names the
	// baseline in errors.
	Baselines func(ctx context.Context, key, field string) (store.Revision, error)
	// Committed sees what was committed.
	Committed func(context.Context, *store.Change)
}

// pastBytes bounds the memory for what is known of the past: at some hundred
// bytes for a record that was changed, fewer for one that was created, a million
// changes since.
const pastBytes = 160 << 20

// New returns the estate over a store, as yet without rules, under the default policies.
func New(beneath store.Store, now func() time.Time, newID func() string) *Estate {
	over := observed.New(beneath, looks{})
	return &Estate{
		Store: over, Entire: over, Past: asof.New(over, asof.Options{MaxBytes: pastBytes}), Feed: feed.New(beneath, feed.Options{}),
		Policies: authz.Default(), Exclusive: domain.SeparateDuties, Now: now, NewID: newID,
	}
}

// Clock returns the time as it is stored.
func (a *Estate) Clock() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }
