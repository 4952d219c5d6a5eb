package apptest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

// OnStores runs a test on every kind of store: the use cases behave alike.
func OnStores(t *testing.T, run func(*testing.T, *Fixture)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, NewFixture(t, OpenSQLite(t))) })
	t.Run("neo4j", func(t *testing.T) { run(t, NewFixture(t, OpenNeo4j(t))) })
}

// OpenSQLite opens an empty store in memory.
func OpenSQLite(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

func OpenNeo4j(t *testing.T) store.Store {
	t.Helper()
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

// Fixture is an App over a store whose calls are counted, with a clock that
// goes one second a look.
type Fixture struct {
	*app.App
	T     testing.TB
	Ctx   context.Context
	Store *Counted
	// Pass lets time pass.
	Pass func(time.Duration)
}

// NewFixture returns a fixture over a store.
func NewFixture(t testing.TB, s store.Store) *Fixture {
	t.Helper()
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	c := &Counted{Store: s}
	a := app.New(app.Config{
		Store: c,
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Second)
			return now
		},
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Shelf: ShelfOf(s),
	})
	pass := func(by time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(by)
	}
	return &Fixture{App: a, T: t, Ctx: a.WithLoads(t.Context()), Store: c, Pass: pass}
}

// ShelfOf is the store's shelf, nil where a test's own store has none.
func ShelfOf(s store.Store) store.Shelf {
	shelf, _ := s.(store.Shelf)
	return shelf
}

// Counted counts the questions to a store, and can fail or meddle.
type Counted struct {
	store.Store
	Calls  atomic.Int64
	Rows   atomic.Int64 // that Find and Edges answered with
	Down   atomic.Bool
	meddle atomic.Pointer[func()]
	// Indexed are the attributes of the last IndexOpen.
	Indexed atomic.Pointer[[]string]
}

func (c *Counted) IndexOpen(ctx context.Context, kind string, properties []string) error {
	if err := c.call(); err != nil {
		return err
	}
	err := c.Store.IndexOpen(ctx, kind, properties)
	if err == nil {
		c.Indexed.Store(&properties)
	}
	return err
}

// BeforeNext does something right before the next commit.
func (c *Counted) BeforeNext(meddle func()) { c.meddle.Store(&meddle) }

func (c *Counted) call() error {
	c.Calls.Add(1)
	if c.Down.Load() {
		return fmt.Errorf("%w: no route", store.ErrUnavailable)
	}
	return nil
}

func (c *Counted) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.Nodes(ctx, ids...)
}

func (c *Counted) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.Lookup(ctx, kind, property, values...)
}

func (c *Counted) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if err := c.call(); err != nil {
		return store.Page{}, err
	}
	page, err := c.Store.Find(ctx, q)
	c.Rows.Add(int64(len(page.Nodes)))
	return page, err
}

func (c *Counted) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	if err := c.call(); err != nil {
		return 0, err
	}
	return c.Store.Count(ctx, kind, f)
}

func (c *Counted) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	pages, err := c.Store.Edges(ctx, q)
	for i := range pages {
		c.Rows.Add(int64(len(pages[i].Edges)))
	}
	return pages, err
}

func (c *Counted) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.CountEdges(ctx, q)
}

func (c *Counted) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if err := c.call(); err != nil {
		return store.Change{}, err
	}
	if meddle := c.meddle.Swap(nil); meddle != nil {
		(*meddle)()
	}
	return c.Store.Commit(ctx, cs)
}

// Values are those of a record's fields.
type Values = map[string]any

// Some is a pointer to a value.
func Some[T any](v T) *T { return &v }

// Key names a record by its key.
func Key(k string) domain.Ref { return domain.Ref{Key: &k} }

// Item creates a service, or what else its values say.
func (f *Fixture) Item(k string, more ...Values) *domain.ConfigurationItem {
	f.T.Helper()
	in := Values{"key": k, "name": "Item " + k, "class": "SERVICE"}
	for _, m := range more {
		for name, v := range m {
			in[name] = v
		}
	}
	w, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, in, nil)
	require.NoError(f.T, err)
	return w.Record.(*domain.ConfigurationItem)
}

// Site creates a site.
func (f *Fixture) Site(k string) *domain.Site {
	f.T.Helper()
	w, err := f.Records.Create(f.Ctx, domain.KindSite, Values{"key": k, "name": "Site " + k}, nil)
	require.NoError(f.T, err)
	return w.Record.(*domain.Site)
}

// Connect links two records.
func (f *Fixture) Connect(rel, from, to string, link Values) *records.Connected {
	f.T.Helper()
	c, err := f.Records.Connect(f.Ctx, rel, Key(from), Key(to), link, nil)
	require.NoError(f.T, err)
	return c
}

// Head returns the last revision.
func (f *Fixture) Head() int64 {
	f.T.Helper()
	head, err := f.App.Head(f.Ctx)
	require.NoError(f.T, err)
	return head
}

// Refused wants one domain error with the code and the field.
func Refused(t *testing.T, err error, code domain.Code, field string) *domain.Error {
	t.Helper()
	var e *domain.Error
	require.True(t, errors.As(err, &e), "%v", err)
	require.Equal(t, code, e.Code, "%v", err)
	require.Equal(t, field, e.Field)
	return e
}

// KeysOf lists the keys of the records of a page.
func KeysOf(p *listing.Page) []string {
	keys := []string{}
	for _, i := range p.Items {
		keys = append(keys, entity.Meta(i.Record).Key)
	}
	return keys
}
