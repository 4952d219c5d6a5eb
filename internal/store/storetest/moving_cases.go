package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"releasegraph/internal/store"
)

// movingCases read what others delete at the same time: each answer is one of
// before or of after, never of something between.
var movingCases = []testCase{
	{"the log can be read while it is compacted", func(b *bench) {
		for i := range 40 {
			b.commit(item(store.ID(fmt.Sprint("i", i)), fmt.Sprint("k", i), nil))
		}
		b.beside(func(ctx context.Context) error {
			for i := range 20 {
				b.commit(item(store.ID(fmt.Sprint("j", i)), fmt.Sprint("l", i), nil))
				if err := b.Compact(ctx, b.head()-1); err != nil {
					return err
				}
			}
			return nil
		}, func(ctx context.Context) error {
			oldest, err := b.Oldest(ctx)
			if err != nil {
				return err
			}
			changes, err := b.Changes(ctx, oldest, 100)
			if errors.Is(err, store.ErrCompacted) {
				return nil // compacted since
			}
			for i, c := range changes {
				if c.Revision != oldest+store.Revision(i)+1 || len(c.Effects) != 1 || c.Effects[0].After["key"] == nil {
					return fmt.Errorf("after %d: entry %d is %+v", oldest, i, c)
				}
			}
			return err
		})
	}},
	{"what is read while others remove it is whole or not there", func(b *bench) {
		b.commit(item("hub", "hub", nil))
		b.beside(func(ctx context.Context) error {
			for range 8 {
				for _, id := range []store.ID{"a", "b", "c"} {
					if _, err := b.Commit(ctx, set(item(id, "k"+string(id), store.Props{"name": "n"}), needs("hub", id))); err != nil {
						return err
					}
				}
				for _, id := range []store.ID{"a", "b", "c"} {
					if _, err := b.Commit(ctx, set(store.RemoveEdge{EdgeKey: needs("hub", id).EdgeKey}, store.RemoveNode{ID: id})); err != nil {
						return err
					}
				}
			}
			return nil
		}, func(ctx context.Context) error { return wholeReads(ctx, b) })
	}},
}

// beside runs the reading again and again until the writing has ended.
func (b *bench) beside(write, read func(context.Context) error) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.ctx)
	var reading sync.WaitGroup
	failed := make(chan error, 2)
	for range cap(failed) {
		reading.Go(func() {
			for ctx.Err() == nil {
				if err := read(ctx); err != nil && ctx.Err() == nil {
					failed <- err
					return
				}
			}
		})
	}
	err := write(b.ctx)
	cancel()
	reading.Wait()
	b.must(err)
	select {
	case err := <-failed:
		b.Fatal(err)
	default:
	}
}

// wholeReads reads in many ways, and complains of a record without its key or a
// relationship that leads to nowhere.
func wholeReads(ctx context.Context, b *bench) error {
	page, err := b.Find(ctx, store.Query{Kind: "Item", First: 10})
	if err != nil {
		return err
	}
	nodes := page.Nodes
	found, err := b.Nodes(ctx, "a", "b", "c")
	if err != nil {
		return err
	}
	for _, n := range found {
		nodes = append(nodes, n)
	}
	pages, err := b.Edges(ctx, store.EdgeQuery{Rel: "NEEDS", Nodes: []store.ID{"hub"}, Direction: store.Out, First: 10})
	if err != nil {
		return err
	}
	for _, p := range pages {
		nodes = append(nodes, p.Nodes...)
	}
	for _, n := range nodes {
		if n.ID == "" || n.Kind != "Item" || n.Props["key"] == nil {
			return fmt.Errorf("read in part: %+v", n)
		}
	}
	if _, err := b.Search(ctx, store.Search{Text: "k", First: 5}); err != nil {
		return err
	}
	seen := map[store.ID]bool{}
	_, err = b.Scan(ctx, store.Scan{}, func(batch store.Batch) error {
		for _, n := range batch.Nodes {
			if n.ID == "" || seen[n.ID] {
				return fmt.Errorf("scanned twice or in part: %+v", n)
			}
			seen[n.ID] = true
		}
		for _, e := range batch.Edges {
			if !seen[e.From] || !seen[e.To] {
				return fmt.Errorf("scanned with an end missing: %+v", e)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	sub, err := b.Walk(ctx, store.Walk{Roots: []store.ID{"hub"}, Rels: []string{"NEEDS"}, Direction: store.Out})
	if err != nil {
		return err
	}
	for _, e := range sub.Edges {
		if e.From == "" || e.To == "" {
			return fmt.Errorf("walked to nowhere: %+v", e)
		}
	}
	return nil
}
