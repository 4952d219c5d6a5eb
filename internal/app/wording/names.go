package wording

import (
	"context"
	"maps"
	"slices"
	"sync"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Names tells how the records are called that the effects of some change sets
// are about. What was announced so far is looked up together.
type Names struct {
	store store.Reader

	mu     sync.Mutex
	wanted map[store.ID]bool
	book   nameBook
}

// NewNames returns names that are read from a store.
func NewNames(s store.Reader) *Names {
	return &Names{store: s, wanted: map[store.ID]bool{}, book: nameBook{}}
}

// Announce says that these effects may be asked for.
func (l *Names) Announce(effects []store.Effect) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range l.book.unknown(effects) {
		l.wanted[id] = true
	}
}

// Tell words the effects of one change set.
func (l *Names) Tell(ctx context.Context, effects []store.Effect) ([]*domain.Change, error) {
	l.Announce(effects)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.load(ctx); err != nil {
		return nil, err
	}
	book := l.book.during(effects)
	list := make([]*domain.Change, len(effects))
	for i := range effects {
		c := book.change(&effects[i])
		list[i] = &c
	}
	return list, nil
}

// load looks up all that is wanted: as it is called now, or, what has gone, as
// it was called last.
func (l *Names) load(ctx context.Context) error {
	if len(l.wanted) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(l.wanted))
	found, err := l.Newest(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		n := found[id]
		l.book[id] = domain.ChangeEnd{Kind: n.Kind, ID: string(id), Key: n.Props.Text("key")}
	}
	clear(l.wanted)
	return nil
}

// Newest finds records as they are now, or, of what has gone, as it was last.
func (l *Names) Newest(ctx context.Context, ids []store.ID) (map[store.ID]store.Node, error) {
	found, err := l.store.Nodes(ctx, ids...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	gone := slices.DeleteFunc(slices.Clone(ids), func(id store.ID) bool {
		_, ok := found[id]
		return ok
	})
	last, err := l.last(ctx, gone)
	if err != nil {
		return nil, err
	}
	maps.Copy(found, last)
	return found, nil
}

// last returns what the log says of records when they were removed.
func (l *Names) last(ctx context.Context, ids []store.ID) (map[store.ID]store.Node, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pages, err := l.store.History(ctx, store.HistoryQuery{Nodes: ids, First: 1})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	nodes := make(map[store.ID]store.Node, len(ids))
	for i, id := range ids {
		for _, c := range pages[i].Changes {
			for _, e := range c.Effects {
				if e.Node == id && e.Verb() == store.Removed {
					nodes[id] = store.Node{
						ID: id, Kind: e.Kind, Version: e.Version, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Props: e.Before,
					}
				}
			}
		}
	}
	return nodes, nil
}
