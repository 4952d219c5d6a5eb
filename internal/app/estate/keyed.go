package estate

import (
	"context"
	"maps"
	"slices"
	"sync"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Keyed is a record that another one names by its key. What was wanted so far is
// loaded together when the first of it is asked for.
type Keyed struct {
	Key string

	from *keyLoader
}

// KeysIn names records by keys, loaded together.
func KeysIn[K any](l *keyLoader, keys []string, of func(Keyed) K) []K {
	l.want(keys)
	list := make([]K, len(keys))
	for i, key := range keys {
		list[i] = of(Keyed{key, l})
	}
	return list
}

// OfKey returns the record that is named, nil when there is none that the
// caller may see.
func OfKey[R entity.Record](ctx context.Context, k *Keyed) (none R, err error) {
	found, err := k.from.get(ctx, k.Key)
	if err != nil || found == nil {
		return none, err
	}
	return found.(R), nil
}

// keyLoader loads records of one kind by their keys, in one view.
type keyLoader struct {
	kind *entity.Kind
	view View

	mu     sync.Mutex
	wanted []string
	known  map[string]entity.Record // nil: wanted, or not there
}

// KeyLoader returns the one of the request for a record's view, or one of its
// own.
func (a *Estate) KeyLoader(ctx context.Context, record entity.Record, kind string) *keyLoader {
	v := a.CohortOf(ctx, record).View
	fresh := &keyLoader{kind: entity.KindNamed(kind), view: v, known: map[string]entity.Record{}}
	return Shared(ctx, keyPlace{kind, v.Past, v.At}, fresh)
}

// keyPlace is where a keyLoader looks.
type keyPlace struct {
	kind string
	past bool
	at   store.Revision
}

func (l *keyLoader) want(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if _, known := l.known[key]; !known {
			l.known[key] = nil
			l.wanted = append(l.wanted, key)
		}
	}
}

func (l *keyLoader) get(ctx context.Context, key string) (entity.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wanted) == 0 {
		return l.known[key], nil
	}
	found, err := l.view.Lookup(ctx, l.kind.Name, "key", l.wanted...)
	if err != nil {
		return nil, StoreError(err)
	}
	for _, r := range Decoded[entity.Record](ctx, l.view, slices.Collect(maps.Values(found))) {
		l.known[r.Meta().Key] = r
	}
	l.wanted = nil
	return l.known[key], nil
}
