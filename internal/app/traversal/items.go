package traversal

import (
	"context"
	"slices"
	"sync"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
)

// Items loads the records of the nodes of an answer. What was asked for so far
// is loaded together when the first of it is needed, and each item once.
type Items struct {
	View    estate.View
	g       *shape.Graph
	assumed []*domain.ConfigurationItem
	mu      sync.Mutex
	wanted  []impact.Node // some of them again, or loaded already
	loaded  map[impact.Node]*domain.ConfigurationItem
}

// NewItems loads the items of a graph, but for those that are assumed.
func NewItems(v estate.View, g *shape.Graph, assumed []*domain.ConfigurationItem) *Items {
	l := &Items{View: v, g: g, assumed: assumed, loaded: map[impact.Node]*domain.ConfigurationItem{}}
	for _, item := range assumed {
		if n, ok := g.Lookup(item.ID); ok {
			l.loaded[n] = item
		}
	}
	return l
}

// Anew loads items of the same graph that are no part of the answer so far: what it loads
// goes with it.
func (l *Items) Anew() *Items { return NewItems(l.View, l.g, l.assumed) }

// Want announces that these items may be asked for.
func (l *Items) Want(nodes ...impact.Node) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wanted = append(l.wanted, nodes...)
}

// One loads the item of a node.
func (l *Items) One(ctx context.Context, n impact.Node) (*domain.ConfigurationItem, error) {
	list, err := l.All(ctx, []impact.Node{n})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// All loads the items of some nodes.
func (l *Items) All(ctx context.Context, nodes []impact.Node) ([]*domain.ConfigurationItem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*domain.ConfigurationItem, len(nodes))
	for i, n := range nodes {
		if l.loaded[n] == nil {
			l.wanted = append(l.wanted, nodes[i:]...)
			if err := l.load(ctx); err != nil {
				return nil, err
			}
		}
		list[i] = l.loaded[n]
	}
	return list, nil
}

// Named is the item of a node with its id and key alone: nothing is loaded.
func (l *Items) Named(n impact.Node) *domain.ConfigurationItem {
	item := &domain.ConfigurationItem{}
	item.ID, item.Key = l.g.ID(n), l.g.Key(n)
	return item
}

// load fetches all that is wanted and not loaded yet. What could not be loaded is wanted
// still.
func (l *Items) load(ctx context.Context) error {
	slices.Sort(l.wanted)
	l.wanted = slices.DeleteFunc(slices.Compact(l.wanted), func(n impact.Node) bool { return l.loaded[n] != nil })
	for len(l.wanted) > 0 {
		chunk := l.wanted[:min(len(l.wanted), listing.MaxPage)]
		ids := make([]string, len(chunk))
		for i, n := range chunk {
			ids[i] = l.g.ID(n)
		}
		records, err := l.View.Records(ctx, ids)
		if err != nil {
			return err
		}
		for i, n := range chunk {
			item, ok := records[i].(*domain.ConfigurationItem)
			if !ok {
				item = l.remembered(n)
			}
			l.loaded[n] = item
		}
		l.wanted = l.wanted[len(chunk):]
	}
	l.wanted = nil
	return nil
}

// remembered makes an item of what the graph knows: it was removed after the
// revision of the answer, which still speaks of it.
func (l *Items) remembered(n impact.Node) *domain.ConfigurationItem {
	f := l.g.Facts(n)
	item := &domain.ConfigurationItem{Class: f.Class(), Status: f.Status(), Environment: f.Environment()}
	item.ID, item.Key, item.Name = l.g.ID(n), l.g.Key(n), l.g.Key(n)
	return item
}
