// Package keyed follows the keys by which records name others.
package keyed

import (
	"context"
	"maps"
	"slices"
	"sync"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Record is a record that another one names by its key. What was wanted so far is
// loaded together when the first of it is asked for.
type Record struct {
	Key string

	from *loader
}

// In returns the records of a kind that a record names by keys, as they are in its view.
// They are loaded together.
func In[K any](ctx context.Context, e *estate.Estate, by entity.Record, kind string, keys []string, of func(Record) K) []K {
	l := loaderOf(ctx, e, by, kind)
	l.want(keys)
	list := make([]K, len(keys))
	for i, key := range keys {
		list[i] = of(Record{key, l})
	}
	return list
}

// Of returns the record that is named, nil when there is none that the
// caller may see.
func Of[R entity.Record](ctx context.Context, k *Record) (none R, err error) {
	found, err := k.from.get(ctx, k.Key)
	if err != nil || found == nil {
		return none, err
	}
	return found.(R), nil
}

// loader loads records of one kind by their keys, in one view.
type loader struct {
	kind *entity.Kind
	view estate.View

	mu     sync.Mutex
	wanted []string
	known  map[string]entity.Record // nil: wanted, or not there
}

// loaderOf returns the loader of the request for a record's view, or one of its own.
func loaderOf(ctx context.Context, e *estate.Estate, by entity.Record, kind string) *loader {
	v := e.CohortOf(ctx, by).View
	fresh := &loader{kind: entity.KindNamed(kind), view: v, known: map[string]entity.Record{}}
	return estate.Shared(ctx, place{kind, v.Past, v.At}, fresh)
}

// place is where a loader looks.
type place struct {
	kind string
	past bool
	at   store.Revision
}

func (l *loader) want(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if _, known := l.known[key]; !known {
			l.known[key] = nil
			l.wanted = append(l.wanted, key)
		}
	}
}

func (l *loader) get(ctx context.Context, key string) (entity.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wanted) == 0 {
		return l.known[key], nil
	}
	found, err := l.view.Lookup(ctx, l.kind.Name, "key", l.wanted...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for _, r := range estate.Decoded[entity.Record](ctx, l.view, slices.Collect(maps.Values(found))) {
		l.known[r.Meta().Key] = r
	}
	l.wanted = nil
	return l.known[key], nil
}
