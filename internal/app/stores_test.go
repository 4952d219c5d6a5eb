package app_test

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
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

// onStores runs a test on every kind of store: the use cases behave alike.
func onStores(t *testing.T, run func(*testing.T, *fixture)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, newFixture(t, openSQLite(t))) })
	t.Run("neo4j", func(t *testing.T) { run(t, newFixture(t, openNeo4j(t))) })
}

func openSQLite(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

func openNeo4j(t *testing.T) store.Store {
	t.Helper()
	uri, user, password := neo4jtest.Emptied(t)
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

// fixture is an App over a store whose calls are counted, with a clock that
// goes one second a look.
type fixture struct {
	*app.App
	t     testing.TB
	ctx   context.Context
	store *counted
}

func newFixture(t testing.TB, s store.Store) *fixture {
	t.Helper()
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	c := &counted{Store: s}
	a := app.New(app.Config{
		Store: c,
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Second)
			return now
		},
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Shelf: shelfOf(s),
	})
	return &fixture{App: a, t: t, ctx: a.WithLoads(t.Context()), store: c}
}

// shelfOf is the store's shelf, nil where a test's own store has none.
func shelfOf(s store.Store) store.Shelf {
	shelf, _ := s.(store.Shelf)
	return shelf
}

// counted counts the questions to a store, and can fail or meddle.
type counted struct {
	store.Store
	calls  atomic.Int64
	rows   atomic.Int64 // that Find and Edges answered with
	down   atomic.Bool
	meddle atomic.Pointer[func()]
	// indexed are the attributes of the last IndexOpen.
	indexed atomic.Pointer[[]string]
}

func (c *counted) IndexOpen(ctx context.Context, kind string, properties []string) error {
	if err := c.call(); err != nil {
		return err
	}
	err := c.Store.IndexOpen(ctx, kind, properties)
	if err == nil {
		c.indexed.Store(&properties)
	}
	return err
}

// beforeNext does something right before the next commit.
func (c *counted) beforeNext(meddle func()) { c.meddle.Store(&meddle) }

func (c *counted) call() error {
	c.calls.Add(1)
	if c.down.Load() {
		return fmt.Errorf("%w: no route", store.ErrUnavailable)
	}
	return nil
}

func (c *counted) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.Nodes(ctx, ids...)
}

func (c *counted) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.Lookup(ctx, kind, property, values...)
}

func (c *counted) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if err := c.call(); err != nil {
		return store.Page{}, err
	}
	page, err := c.Store.Find(ctx, q)
	c.rows.Add(int64(len(page.Nodes)))
	return page, err
}

func (c *counted) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	if err := c.call(); err != nil {
		return 0, err
	}
	return c.Store.Count(ctx, kind, f)
}

func (c *counted) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	pages, err := c.Store.Edges(ctx, q)
	for i := range pages {
		c.rows.Add(int64(len(pages[i].Edges)))
	}
	return pages, err
}

func (c *counted) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.CountEdges(ctx, q)
}

func (c *counted) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if err := c.call(); err != nil {
		return store.Change{}, err
	}
	if meddle := c.meddle.Swap(nil); meddle != nil {
		(*meddle)()
	}
	return c.Store.Commit(ctx, cs)
}

type values = map[string]any

func some[T any](v T) *T { return &v }

func key(k string) domain.Ref { return domain.Ref{Key: &k} }

func (f *fixture) item(k string, more ...values) *domain.ConfigurationItem {
	f.t.Helper()
	in := values{"key": k, "name": "Item " + k, "class": "SERVICE"}
	for _, m := range more {
		for name, v := range m {
			in[name] = v
		}
	}
	w, err := f.Create(f.ctx, domain.KindConfigurationItem, in, nil)
	require.NoError(f.t, err)
	return w.Record.(*domain.ConfigurationItem)
}

func (f *fixture) site(k string) *domain.Site {
	f.t.Helper()
	w, err := f.Create(f.ctx, domain.KindSite, values{"key": k, "name": "Site " + k}, nil)
	require.NoError(f.t, err)
	return w.Record.(*domain.Site)
}

func (f *fixture) connect(rel, from, to string, link values) *app.Connected {
	f.t.Helper()
	c, err := f.Connect(f.ctx, rel, key(from), key(to), link, nil)
	require.NoError(f.t, err)
	return c
}

func (f *fixture) head() int64 {
	f.t.Helper()
	head, err := f.Head(f.ctx)
	require.NoError(f.t, err)
	return head
}

// refused wants one domain error with the code and the field.
func refused(t *testing.T, err error, code domain.Code, field string) *domain.Error {
	t.Helper()
	var e *domain.Error
	require.True(t, errors.As(err, &e), "%v", err)
	require.Equal(t, code, e.Code, "%v", err)
	require.Equal(t, field, e.Field)
	return e
}

func keysOf(p *app.Page) []string {
	keys := []string{}
	for _, i := range p.Items {
		keys = append(keys, entity.Meta(i.Record).Key)
	}
	return keys
}
