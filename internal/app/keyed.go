package app

import (
	"context"
	"sync"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// keyed is a record that another one names by its key. What was wanted so far is
// loaded together when the first of it is asked for.
type keyed struct {
	Key string

	from *keyLoader
}

func keysIn[K any](l *keyLoader, keys []string, of func(keyed) K) []K {
	l.want(keys)
	list := make([]K, len(keys))
	for i, key := range keys {
		list[i] = of(keyed{key, l})
	}
	return list
}

func ofKey[R entity.Record](ctx context.Context, k *keyed) (none R, err error) {
	found, err := k.from.get(ctx, k.Key)
	if err != nil || found == nil {
		return none, err
	}
	return found.(R), nil
}

// keyLoader loads records of one kind by their keys, in one view.
type keyLoader struct {
	kind *entity.Kind
	view view

	mu     sync.Mutex
	wanted []string
	known  map[string]entity.Record // nil: wanted, or not there
}

// keyLoader is the one of the request for a record's view, or one of its own.
func (a *App) keyLoader(ctx context.Context, record entity.Record, kind string) *keyLoader {
	v := a.cohortOf(ctx, record).view
	fresh := &keyLoader{kind: entity.KindNamed(kind), view: v, known: map[string]entity.Record{}}
	return shared(ctx, keyPlace{kind, v.past, v.at}, fresh)
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
		return nil, storeError(err)
	}
	records := make([]entity.Record, 0, len(found))
	for key, n := range found {
		l.known[key] = l.kind.Decode(n)
		records = append(records, l.known[key])
	}
	enroll(ctx, l.view, records...)
	l.wanted = nil
	return l.known[key], nil
}
