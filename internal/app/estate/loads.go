package estate

import (
	"context"
	"sync"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/entity"
	"releasegraph/internal/once"
	"releasegraph/internal/store"
)

// loads keeps the cohorts of one request. A cohort is the records that one store call
// returned. The first of them whose relationship is asked for loads that relationship for
// all; the records that come back are the next cohort. So the number of store calls
// depends on the shape of a query, not on the length of its pages.
type loads struct {
	mu      sync.Mutex
	cohorts map[entity.Record]*Cohort
	sights  map[*acting.Identity]*sight
	shared  map[any]any
}

type loadsKey struct{}

// WithLoads starts the cohorts of one request. Call it once for each request, and for each
// event of a subscription: what was loaded stays as long as the context.
func (a *Estate) WithLoads(ctx context.Context) context.Context {
	return context.WithValue(ctx, loadsKey{}, &loads{cohorts: map[entity.Record]*Cohort{}})
}

// Cohort is records of one kind whose relationships are loaded together.
type Cohort struct {
	Kind    *entity.Kind
	View    View
	Members []store.ID
	Records []entity.Record

	mu   sync.Mutex
	more map[string]any // *once.Value of what areas load
}

// enrol makes records of a view a cohort, one for each kind among them. What is loaded for
// them comes from the same view. Outside a request enrol does nothing, and so it does with
// records of a view that holds more than the caller may see.
func enrol[R entity.Record](ctx context.Context, v View, records ...R) {
	l, ok := ctx.Value(loadsKey{}).(*loads)
	if !ok || v.sight != v.App.sightOf(ctx) {
		return
	}
	byKind := map[*entity.Kind]*Cohort{}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.cohorts) == 0 {
		l.cohorts = make(map[entity.Record]*Cohort, len(records))
	}
	for i, r := range records {
		k := entity.KindOf(r)
		c := byKind[k]
		if c == nil {
			c = newCohort(k, v)
			c.Members, c.Records = make([]store.ID, 0, len(records)-i), make([]entity.Record, 0, len(records)-i)
			byKind[k] = c
		}
		l.put(c, r)
	}
}

// Narrow makes a page of what was loaded a cohort of its own, so that what follows is
// loaded for the page alone. Its records keep their view.
func Narrow[R entity.Record](ctx context.Context, records ...R) {
	l, ok := ctx.Value(loadsKey{}).(*loads)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	narrow := map[*Cohort]*Cohort{}
	for _, r := range records {
		wide := l.cohorts[r]
		if wide == nil || narrow[wide] == nil && len(wide.Members) == 1 {
			continue
		}
		if narrow[wide] == nil {
			narrow[wide] = newCohort(wide.Kind, wide.View)
		}
		l.put(narrow[wide], r)
	}
}

// put puts a record into a cohort.
func (l *loads) put(c *Cohort, r entity.Record) {
	c.Members, c.Records = append(c.Members, store.ID(r.Meta().ID)), append(c.Records, r)
	l.cohorts[r] = c
}

func newCohort(k *entity.Kind, v View) *Cohort {
	return &Cohort{Kind: k, View: v, more: map[string]any{}}
}

// CohortOf finds the cohort of a record. A record in none is one by itself, of
// today.
func (a *Estate) CohortOf(ctx context.Context, r entity.Record) *Cohort {
	if l, ok := ctx.Value(loadsKey{}).(*loads); ok {
		if c := l.of(r); c != nil {
			return c
		}
	}
	c := newCohort(entity.KindOf(r), a.Today(ctx))
	c.Members, c.Records = []store.ID{store.ID(r.Meta().ID)}, []entity.Record{r}
	return c
}

// of returns the cohort that a record is in, nil when it is in none.
func (l *loads) of(r entity.Record) *Cohort {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cohorts[r]
}

// LoadOf returns, by their ids, what load makes for all records of a cohort. It loads
// once under a key, when that is first asked for.
func LoadOf[T any](c *Cohort, key string, load func() (map[store.ID]T, error)) (map[store.ID]T, error) {
	return loadOf[T](c, key).Get(load)
}

// EachOf returns, by their ids, what work makes of the records of a cohort, in their
// order. It works once under a key, when that is first asked for.
func EachOf[R entity.Record, T any](c *Cohort, key string, work func([]R) ([]T, error)) (map[store.ID]T, error) {
	return LoadOf(c, key, func() (map[store.ID]T, error) {
		records := make([]R, len(c.Records))
		for i, r := range c.Records {
			records[i] = r.(R)
		}
		list, err := work(records)
		if err != nil {
			return nil, err
		}
		of := make(map[store.ID]T, len(list))
		for i, one := range list {
			of[c.Members[i]] = one
		}
		return of, nil
	})
}

func loadOf[T any](c *Cohort, key string) *once.Value[map[store.ID]T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.more[key].(*once.Value[map[store.ID]T])
	if !ok {
		l = &once.Value[map[store.ID]T]{}
		c.more[key] = l
	}
	return l
}

// Shared returns what the request keeps under a key. If there is nothing yet, it keeps
// fresh and returns it.
func Shared[T any](ctx context.Context, key any, fresh T) T {
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
