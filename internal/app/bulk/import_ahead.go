package bulk

import (
	"context"
	"errors"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// Ahead is a batch that was decided before the one before it was in the store, and is
// committed while the next one is decided.
type Ahead struct {
	decided *decided
	over    chan struct{}
	change  *store.Change
	err     error
}

// Decide works out what a batch does while another one is committed, which is Apart from
// it. Nothing is written before Commit.
func (im *Import) Decide(ctx context.Context, items []*interchange.Item) (*Ahead, error) {
	if err := im.mayTouch(items); err != nil {
		return nil, err
	}
	d, err := im.decide(ctx, items)
	return &Ahead{decided: d, over: make(chan struct{})}, err
}

// Commit begins to write the batch.
func (a *Ahead) Commit(ctx context.Context) {
	go func() {
		defer close(a.over)
		a.change, a.err = a.decided.commit(ctx)
	}()
}

// Wait waits until the batch is written, and tells what it did. Where others changed in
// between what it relied on, or the store was away, it is not written: Write does so then.
func (a *Ahead) Wait(ctx context.Context) (done Imported, written bool, err error) {
	<-a.over
	var used *store.InUseError
	switch {
	case a.err == nil:
		done, err = a.decided.settle(ctx, a.change, nil)
		return done, true, err
	case disturbed(a.err) || errors.As(a.err, &used) || refusal.MayPass(refusal.OfStore(a.err)):
		return Imported{}, false, nil
	}
	return Imported{}, false, refusal.OfStore(a.err)
}

// Apart reports whether a batch can be decided before another one is in the store: both are
// plain records alone, or both plain links. No two batches of an import have a record or a
// link in common, and guards hold what is read of others.
func Apart(one, other []*interchange.Item) bool {
	return plain(one, isRecord) && plain(other, isRecord) || plain(one, isLink) && plain(other, isLink)
}

func plain(items []*interchange.Item, is func(*interchange.Item) bool) bool {
	for _, i := range items {
		if i.Remove || i.Formerly != "" || !is(i) {
			return false
		}
	}
	return true
}

func isRecord(i *interchange.Item) bool {
	return !i.IsEdge() && i.Kind.Plain
}

func isLink(i *interchange.Item) bool {
	return i.IsEdge() && i.Rel.Plain
}
