package app

import (
	"context"
	"sync"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
)

// firstItems loads the first items of what stands on a page, each of which has
// many: those of the whole page together.
type firstItems struct {
	load *items
	of   []haveItems

	mu     sync.Mutex
	wanted int // of each, the first so many
}

// haveItems is what has items.
type haveItems interface {
	// nodes are the first of them.
	nodes(first int) []impact.Node
}

// get loads the first items of one.
func (f *firstItems) get(ctx context.Context, one haveItems, first int) ([]*domain.ConfigurationItem, error) {
	if first < 0 || first > maxPage {
		return nil, wrong("first", "must be from 0 to %d, not %d", maxPage, first)
	}
	f.want(first)
	return f.load.all(ctx, one.nodes(first))
}

// want announces the first items of every one on the page.
func (f *firstItems) want(first int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first <= f.wanted {
		return
	}
	f.wanted = first
	for _, one := range f.of {
		f.load.want(one.nodes(first)...)
	}
}
