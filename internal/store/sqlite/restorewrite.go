package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

// build makes the file of a store out of a restoration. Nobody else is at the
// file, and it counts only once it is whole: nothing is journalled.
func build(ctx context.Context, path string, schema store.Schema, from store.Restoration) error {
	d, err := store.Declare(schema)
	if err != nil {
		return err
	}
	dsn, err := address(path)
	if err != nil {
		return err
	}
	c, err := openConn(dsn)
	if err != nil {
		return unavailable(path, err)
	}
	defer func() { _ = c.close() }()
	for _, p := range []string{
		"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-262144",
	} {
		if err := c.exec(p); err != nil {
			return unavailable(path, err)
		}
	}
	c.forget()
	b := &builder{c: c, declared: d, from: from, made: recordsInto(c), alive: map[store.ID]int64{}, next: map[*table]int64{}}
	if err := b.build(ctx); err != nil {
		if isPort(err) || ctx.Err() != nil || codeOf(err) == 0 {
			return err
		}
		return unavailable(path, err)
	}
	return nil
}

type builder struct {
	c        *conn
	declared *store.Declared
	layout   *layout
	from     store.Restoration
	alive    map[store.ID]int64
	next     map[*table]int64
	made     *newRecords
	ledger   *ledger
	done     int64
}

func (b *builder) build(ctx context.Context) (err error) {
	if err := b.c.begin("BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	defer func() { err = b.c.end(err) }()
	if err := createBase(ctx, b.c, b.declared, nil); err != nil {
		return err
	}
	if b.layout, err = growKinds(ctx, b.c, b.declared); err != nil {
		return err
	}
	indexes, err := putAside(ctx, b.c, func(table string) bool { return table == "edge" || strings.HasPrefix(table, "k_") })
	if err != nil {
		return err
	}
	kinds := map[string]int64{}
	for name, t := range b.layout.kinds {
		kinds[name] = t.number
	}
	b.ledger = newLedger(b.c, kinds, b.alive)
	if err := b.parts(ctx); err != nil {
		return err
	}
	for _, text := range append(indexes, "DELETE FROM sqlite_stat1 WHERE tbl = 'edge'", edgeStatistics) {
		if err := b.c.exec(text); err != nil {
			return err
		}
	}
	return growSearch(ctx, b.c, b.declared, b.layout, nil)
}

func (b *builder) parts(ctx context.Context) error {
	for {
		p, err := b.from.Next()
		if errors.Is(err, io.EOF) {
			return b.ledger.write()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = b.declared.CheckPart(p)
		}
		if err == nil {
			err = b.part(p)
		}
		if err != nil {
			return err
		}
		b.done += int64(len(p.Nodes) + len(p.Edges) + len(p.Log))
		if b.from.Progress != nil {
			b.from.Progress(b.done)
		}
	}
}

func (b *builder) part(p store.Part) error {
	for i := range p.Nodes {
		if err := b.node(&p.Nodes[i]); err != nil {
			return err
		}
	}
	for i := range p.Edges {
		if err := b.edge(&p.Edges[i]); err != nil {
			return err
		}
	}
	if err := b.made.write(); err != nil {
		return err
	}
	for i := range p.Log {
		e := &p.Log[i]
		body, err := logbody.Pack(e.Body)
		if err != nil {
			return err
		}
		if err := insertEntry(b.c, e.Change, body); err != nil {
			return err
		}
		if err := b.ledger.entry(e.Revision, e.Body); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) node(n *store.Node) error {
	if _, twice := b.alive[n.ID]; twice {
		return fmt.Errorf("%w: node %s is there twice", store.ErrInvalid, n.ID)
	}
	t := b.layout.kinds[n.Kind]
	if b.next[t] == 0 {
		b.next[t] = t.number << kindShift
	}
	b.next[t]++
	number := b.next[t]
	b.alive[n.ID] = number
	return b.made.node(t, number, n)
}

func (b *builder) edge(e *store.Edge) error {
	from, okFrom := b.alive[e.From]
	to, okTo := b.alive[e.To]
	if !okFrom || !okTo {
		return fmt.Errorf("%w: %s from %s to %s has no node at an end", store.ErrInvalid, e.Rel, e.From, e.To)
	}
	if err := b.declared.CheckEdge(*e, b.layout.byNumber[from>>kindShift].kind, b.layout.byNumber[to>>kindShift].kind); err != nil {
		return err
	}
	props, err := encodeEdge(e.Props)
	if err != nil {
		return err
	}
	return b.made.edges.add(b.layout.rels[e.Rel], from, to, e.Tag, e.Version, props)
}
