// Package seat keeps the seats of licences, as the log tells them.
package seat

import (
	"context"
	"errors"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// Source is what a Book reads: the whole estate, and its log.
type Source interface {
	Log
	Reader
}

// Log is the log of an estate.
type Log interface {
	Head(ctx context.Context) (store.Revision, error)
	Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
}

// Reader reads an estate.
type Reader interface {
	Scan(ctx context.Context, s store.Scan, yield func(store.Batch) error) (store.Revision, error)
	Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error)
}

// Book keeps the seats of all licences (L3). It reads what is installed once,
// and from then on what was changed since it was last asked.
type Book struct {
	source Source
	turn   chan struct{} // holds one while somebody reads or is answered
	kept   *kept         // nil: nothing was read
}

// NewBook returns a Book of an estate, which reads when it is asked.
func NewBook(s Source) *Book {
	return &Book{source: s, turn: make(chan struct{}, 1)}
}

// A Book that is further behind than that reads all anew.
const (
	furthest   = 2_000 // change sets
	batch      = 64
	mostUnread = 500 // items whose installations are read at once
)

// Ask has the seats looked at as they are. They must not be kept.
func (b *Book) Ask(ctx context.Context, look func(*library.Seats) error) error {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.turn }()
	if err := b.catchUp(ctx); err != nil {
		return err
	}
	return look(b.kept.seats)
}

func (b *Book) catchUp(ctx context.Context) error {
	head, err := b.source.Head(ctx)
	if err != nil {
		return err
	}
	if b.kept == nil || b.kept.renamed || head-b.kept.at > furthest {
		if err := b.read(ctx); err != nil {
			return err
		}
	}
	for b.kept.at < head {
		changes, err := b.source.Changes(ctx, b.kept.at, batch)
		if errors.Is(err, store.ErrCompacted) {
			b.kept = nil
			return b.catchUp(ctx)
		}
		if err == nil && len(changes) == 0 { // something before the head is not readable yet
			err = pause(ctx)
		}
		if err != nil {
			return err
		}
		for i := range changes {
			b.kept.follow(&changes[i])
		}
		if b.kept.renamed {
			return b.catchUp(ctx)
		}
	}
	return b.complete(ctx)
}

// read reads all that counts: first what has a licence, then what of it is
// installed. What is written in between is followed from the log, which may tell
// again what was read.
func (b *Book) read(ctx context.Context) error {
	k, of := newKept(), map[store.ID][]string{}
	at, err := b.source.Scan(ctx, store.Scan{
		Kinds: []string{domain.KindLicence, domain.KindSite}, Rels: []string{domain.RelLicensedBy, domain.RelPaidAt},
		Keep: []string{"key", "seats", "metric", "validFrom", "expires", "endedAt", "users"},
	}, func(some store.Batch) error {
		for _, n := range some.Nodes {
			k.node(&store.Effect{Node: n.ID, Kind: n.Kind, After: n.Props})
		}
		for _, e := range some.Edges {
			if e.Rel == domain.RelLicensedBy {
				of[e.From] = append(of[e.From], k.key(e.To))
			} else {
				k.edge(&store.Effect{Edge: e.EdgeKey, After: e.Props})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for item, keys := range of {
		k.seats.License(Short(item), keys...)
	}
	_, err = b.source.Scan(ctx, store.Scan{
		Kinds: []string{}, Rels: []string{domain.RelInstalledAt}, Keep: []string{"licence"},
	}, func(some store.Batch) error {
		for _, e := range some.Edges {
			k.seats.Put(installationAt(e.EdgeKey, e.Props))
		}
		return nil
	})
	if err == nil {
		k.at, b.kept = at, k
	}
	return err
}

// complete reads the installations of items that have come to have a licence.
func (b *Book) complete(ctx context.Context) error {
	for some := range slices.Chunk(b.kept.unread, mostUnread) {
		pages, err := b.source.Edges(ctx, store.EdgeQuery{Nodes: some, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
		if err != nil {
			return err
		}
		for _, page := range pages {
			for _, e := range page.Edges {
				b.kept.seats.Put(installationAt(e.EdgeKey, e.Props))
			}
		}
	}
	b.kept.unread = nil
	return nil
}

// pause waits a moment, unless the context ends first.
func pause(ctx context.Context) error {
	t := time.NewTimer(time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
