package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"strconv"

	"releasegraph/internal/store"
)

// link is an edge with the node at its far end. The tag is the last of its keys.
type link struct {
	found
	edge store.Edge
}

func (l link) position() store.Position { return store.Position{ID: l.node.ID, Tag: l.edge.Tag} }

// follower runs one EdgeQuery on one connection.
type follower struct {
	*Store
	ctx   context.Context
	c     *conn
	q     store.EdgeQuery
	kinds []string // of far ends
	near  store.ID
	n     int64
}

// Edges returns, for each node asked for, its page of edges.
func (s *Store) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	kinds, err := s.farKinds(q)
	if err != nil {
		return nil, err
	}
	order, err := s.declared.EdgeOrdering(q)
	if err != nil {
		return nil, err
	}
	w, err := newWindow(order, q.After, q.Before, true)
	if err != nil {
		return nil, err
	}
	w.first, w.last = q.First, q.Last
	pages := make([]store.EdgePage, len(q.Nodes))
	err = s.read(ctx, func(c *conn) error {
		f := &follower{Store: s, ctx: ctx, c: c, q: q, kinds: kinds}
		return f.each(func(i int) error { return f.page(&pages[i], w) })
	})
	return pages, err
}

// CountEdges counts, for each node, what Edges would return without limits.
func (s *Store) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	kinds, err := s.farKinds(q)
	if err != nil {
		return nil, err
	}
	if q.Kind == "" && q.Filter == nil {
		kinds = []string{""}
	}
	counts := make([]int64, len(q.Nodes))
	err = s.read(ctx, func(c *conn) error {
		f := &follower{Store: s, ctx: ctx, c: c, q: q, kinds: kinds}
		return f.each(func(i int) error {
			counts[i], err = f.count()
			return err
		})
	})
	return counts, err
}

func (s *Store) farKinds(q store.EdgeQuery) ([]string, error) {
	if err := s.declared.CheckEdgeQuery(q); err != nil {
		return nil, err
	}
	kind, err := s.declared.EdgeEnd(q)
	if err != nil || kind != "" {
		return []string{kind}, err
	}
	return s.declared.FarKinds(q.Rel, "", q.Direction), nil
}

// each visits the nodes that exist.
func (f *follower) each(visit func(i int) error) error {
	numbers, err := f.numbers(f.ctx, f.c, f.q.Nodes)
	if err != nil {
		return err
	}
	for i, id := range f.q.Nodes {
		n, ok := numbers[id]
		if !ok {
			continue
		}
		f.near, f.n = id, n
		if err := visit(i); err != nil {
			return err
		}
		if err := f.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) page(into *store.EdgePage, w window) error {
	p, err := readPage(w, f.fetch)
	into.Cursors, into.HasPrevious, into.HasNext = p.cursors, p.hasPrevious, p.hasNext
	for _, l := range p.rows {
		into.Edges, into.Nodes = append(into.Edges, l.edge), append(into.Nodes, l.node)
	}
	return err
}

// fetch reads up to limit edges (below 0: all) of the node. Far ends of several
// kinds are read apart; they have no order but by id and tag.
func (f *follower) fetch(after, before *bound, reverse bool, limit int) ([]link, error) {
	var all []link
	for _, kind := range f.kinds {
		links, err := f.fetchKind(kind, after, before, reverse, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, links...)
	}
	if len(f.kinds) == 1 {
		return all, nil
	}
	slices.SortFunc(all, func(a, b link) int {
		if reverse {
			a, b = b, a
		}
		return slices.CompareFunc(a.keys, b.keys, compareStored)
	})
	if limit >= 0 && len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}

// from writes the tables and conditions of the query, the node's number first
// among the parameters.
func (f *follower) from(c *compiler, kind string) (string, error) {
	near, far := ends(f.q.Direction)
	join, match := "", "1"
	// For many nodes in turn no set is made for each of them.
	c.few = len(f.q.Nodes) > 1
	where := " WHERE e.rel = " + strconv.FormatInt(f.layout.rels[f.q.Rel], 10) + " AND e." + near + " = " + c.arg(f.n)
	edges, err := c.where(f.q.EdgeFilter, c.edgeScope(f.q.Rel, "e"))
	if err != nil {
		return "", err
	}
	if kind != "" {
		join = " CROSS JOIN " + f.layout.kinds[kind].name + " t ON t.n = e." + far
		if match, err = c.where(f.q.Filter, c.nodeScope(kind, "t")); err != nil {
			return "", err
		}
	}
	return " FROM edge e" + join + where + " AND " + edges + " AND " + match, nil
}

func (f *follower) count() (int64, error) {
	var total int64
	for _, kind := range f.kinds {
		c := &compiler{Store: f.Store}
		from, err := f.from(c, kind)
		if err != nil {
			return 0, err
		}
		count, _, err := f.c.one(f.ctx, "SELECT count(*)"+from, c.args...)
		if err != nil {
			return 0, err
		}
		total += count
	}
	return total, nil
}

func (f *follower) fetchKind(kind string, after, before *bound, reverse bool, limit int) ([]link, error) {
	t := f.layout.kinds[kind]
	c := &compiler{Store: f.Store}
	from, err := f.from(c, kind)
	if err != nil {
		return nil, err
	}
	keys := append(t.sortKeys("t", f.q.Order), sortKey{expr: "e.tag"})
	text := "SELECT " + t.fields("t") + ", e.tag, e.version, e.props"
	for _, k := range keys[:len(f.q.Order)] {
		text += ", " + k.expr
	}
	text += from + " AND " + c.beyond(keys, after, false) + " AND " + c.beyond(keys, before, true) +
		orderBy(keys, reverse) + limited
	var links []link
	err = f.c.query(f.ctx, text, append(c.args, int64(limit)), func(row []driver.Value) error {
		l, err := f.link(t, row)
		links = append(links, l)
		return err
	})
	return links, err
}

func (f *follower) link(t *table, row []driver.Value) (link, error) {
	n, err := t.node(row)
	if err != nil {
		return link{}, err
	}
	rest := row[t.width():]
	props, err := f.decodeEdge(f.q.Rel, rest[2].(string))
	key := store.EdgeKey{Rel: f.q.Rel, From: f.near, To: n.ID, Tag: rest[0].(string)}
	if f.q.Direction == store.In {
		key.From, key.To = n.ID, f.near
	}
	var keys []any
	for _, v := range rest[3:] {
		keys = append(keys, v)
	}
	return link{found{n, append(keys, string(n.ID), key.Tag)}, store.Edge{EdgeKey: key, Version: rest[1].(int64), Props: props}}, err
}
