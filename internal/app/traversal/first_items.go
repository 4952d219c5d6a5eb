package traversal

import (
	"context"
	"sync"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
)

// FirstItems loads the first items of what stands on a page, each of which has
// many: those of the whole page together.
type FirstItems struct {
	Load *Items
	Of   []haveItems

	mu     sync.Mutex
	wanted int // of each, the first so many
}

// haveItems is what has items.
type haveItems interface {
	// Nodes are the first of them.
	Nodes(first int) []impact.Node
}

// Get loads the first items of one.
func (f *FirstItems) Get(ctx context.Context, one haveItems, first int) ([]*domain.ConfigurationItem, error) {
	if first < 0 || first > listing.MaxPage {
		return nil, refusal.Wrong("first", "must be from 0 to %d, not %d", listing.MaxPage, first)
	}
	f.want(first)
	return f.Load.All(ctx, one.Nodes(first))
}

// want announces the first items of every one on the page.
func (f *FirstItems) want(first int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first <= f.wanted {
		return
	}
	f.wanted = first
	for _, one := range f.Of {
		f.Load.Want(one.Nodes(first)...)
	}
}
