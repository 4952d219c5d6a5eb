package app

import (
	"context"
	"sync"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// loads keeps the cohorts of one request. A cohort is the records that one
// store call returned: the first of them whose relationship is asked for
// fetches it for all, and what comes back is the next cohort. So the number of
// store calls follows the shape of a query, not the length of its pages, and
// nothing waits on a timer.
type loads struct {
	mu      sync.Mutex
	cohorts map[entity.Record]*cohort
	sights  map[*acting]*sight
	shared  map[any]any
}

type loadsKey struct{}

// WithLoads starts the cohorts of one request. It is to be called once for
// each request, and for each event of a subscription: what was loaded stays as
// long as the context.
func (a *App) WithLoads(ctx context.Context) context.Context {
	return context.WithValue(ctx, loadsKey{}, &loads{cohorts: map[entity.Record]*cohort{}})
}

// cohort is records of one kind whose relationships are loaded together.
type cohort struct {
	kind    *entity.Kind
	view    view
	members []store.ID
	records []entity.Record

	mu     sync.Mutex
	pages  map[string]*load[map[store.ID]*Page]
	totals map[string]*load[map[store.ID]int]
	more   map[string]any // *load of what areas load
}

// load is something that is fetched once.
type load[T any] struct {
	once  sync.Once
	value T
	err   error
}

func (l *load[T]) get(fetch func() (T, error)) (T, error) {
	l.once.Do(func() { l.value, l.err = fetch() })
	return l.value, l.err
}

// enroll makes records of a view a cohort, or one for each kind among them:
// what is loaded for them is of the same view. Without the loads of a request
// they stay alone.
func enroll(ctx context.Context, v view, records ...entity.Record) {
	l, ok := ctx.Value(loadsKey{}).(*loads)
	if !ok {
		return
	}
	byKind := map[*entity.Kind]*cohort{}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range records {
		k := entity.KindOf(r)
		c := byKind[k]
		if c == nil {
			c = newCohort(k, v)
			byKind[k] = c
		}
		c.members, c.records = append(c.members, store.ID(r.Meta().ID)), append(c.records, r)
		l.cohorts[r] = c
	}
}

func newCohort(k *entity.Kind, v view) *cohort {
	return &cohort{kind: k, view: v, pages: map[string]*load[map[store.ID]*Page]{}, totals: map[string]*load[map[store.ID]int]{}, more: map[string]any{}}
}

// cohortOf finds the cohort of a record. A record in none is one by itself, of
// today.
func (a *App) cohortOf(ctx context.Context, r entity.Record) *cohort {
	if l, ok := ctx.Value(loadsKey{}).(*loads); ok {
		if c := l.of(r); c != nil {
			return c
		}
	}
	c := newCohort(entity.KindOf(r), a.today(ctx))
	c.members = []store.ID{store.ID(r.Meta().ID)}
	return c
}

// of is the cohort that a record is in, nil when it is in none.
func (l *loads) of(r entity.Record) *cohort {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cohorts[r]
}

// pagesOf and totalsOf find the load for a key, the same for all who ask.
func (c *cohort) pagesOf(key string) *load[map[store.ID]*Page] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return entry(c.pages, key)
}

func (c *cohort) totalsOf(key string) *load[map[store.ID]int] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return entry(c.totals, key)
}

// loadOf is the load that an area makes for a cohort, under a key of its own.
func loadOf[T any](c *cohort, key string) *load[map[store.ID]T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.more[key].(*load[map[store.ID]T])
	if !ok {
		l = &load[map[store.ID]T]{}
		c.more[key] = l
	}
	return l
}

func entry[K comparable, T any](m map[K]*T, key K) *T { return entryOr(m, key, new(T)) }

func entryOr[K comparable, T any](m map[K]*T, key K, fresh *T) *T {
	if m[key] == nil {
		m[key] = fresh
	}
	return m[key]
}

// shared is what a request has made under a key, or fresh, which it keeps.
func shared[T any](ctx context.Context, key any, fresh T) T {
	l, ok := ctx.Value(loadsKey{}).(*loads)
	if !ok {
		return fresh
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept, ok := l.shared[key].(T); ok {
		return kept
	}
	if l.shared == nil {
		l.shared = map[any]any{}
	}
	l.shared[key] = fresh
	return fresh
}
