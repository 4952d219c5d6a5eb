package app

import (
	"context"
	"time"

	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// LastChange is the head of a store, as a replay must know it.
type LastChange struct {
	Revision int64
	At       time.Time
	Key      string
}

// Last tells of the store's head, and the time on the clock. It is zero for a
// store without changes.
func (im *Import) Last(ctx context.Context) (LastChange, time.Time, error) {
	now := im.app.now().UTC()
	head, err := im.app.store.Head(ctx)
	if err != nil || head == 0 {
		return LastChange{}, now, storeError(err)
	}
	list, err := im.app.store.Changes(ctx, head-1, 1)
	if err != nil || len(list) == 0 {
		return LastChange{}, now, storeError(err)
	}
	return LastChange{Revision: int64(head), At: list[0].At, Key: list[0].Key}, now, nil
}

// Replay writes one change set of a history as of its time, under a key that
// makes it idempotent. A history overwrites what people have set (C6): it tells
// who set what, or is older than all of it.
func (im *Import) Replay(ctx context.Context, c interchange.Change, key string, items []*interchange.Item) (Imported, error) {
	was := *im
	im.at, im.key, im.options.Overwrite = c.At, key, true
	if c.Actor != "" {
		im.actor.Name = c.Actor
	}
	if c.Reason != "" {
		im.options.Reason = c.Reason
	}
	if c.Source != "" {
		im.source = c.Source
	}
	done, err := im.Write(ctx, items)
	im.at, im.key, im.options, im.actor, im.source = was.at, was.key, was.options, was.actor, was.source
	return done, err
}

// time is when a change set is said to be.
func (im *Import) time() time.Time {
	if !im.at.IsZero() {
		return im.at
	}
	return im.app.now().UTC().Truncate(time.Microsecond)
}

// exactSources sets who set the fields of a record to what a history says.
func (b *importBatch) exactSources(i *interchange.Item, node store.Node, set store.Props) {
	if i.Sources == nil || b.im.at.IsZero() {
		return
	}
	delete(set, entity.SourcesProperty)
	if encoded := entity.EncodeSources(i.Sources); !store.EqualValues(node.Props[entity.SourcesProperty], encoded) {
		set[entity.SourcesProperty] = encoded
	}
}
