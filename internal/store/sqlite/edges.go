package sqlite

import (
	"context"
	"database/sql/driver"
	"maps"
	"slices"
	"strconv"

	"releasegraph/internal/store"
)

// link is an edge with the node at its far end. The tag is the last of its keys.
type link struct {
	near store.ID
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
	// of are the ids of the nodes that are asked about together, by number; nil: one
	// node is asked about, near.
	of map[int64]store.ID
}

// together is about how many nodes one statement asks.
const together = 1_000

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
		if len(q.Nodes) > 1 && w.whole() {
			return f.whole(pages, w)
		}
		return f.each(func(i int) error { return f.page(&pages[i], w, f.fetch) })
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
		return f.counts(counts)
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

// whole reads all edges of each node: many nodes are asked about at once.
func (f *follower) whole(pages []store.EdgePage, w window) error {
	return f.many(func(at map[store.ID][]int) error {
		links, err := f.fetch(nil, nil, false, -1)
		if err != nil {
			return err
		}
		of := map[store.ID][]link{}
		for _, l := range links {
			of[l.near] = append(of[l.near], l)
		}
		for id, places := range at {
			for _, i := range places {
				all := func(*bound, *bound, bool, int) ([]link, error) { return slices.Clone(of[id]), nil }
				if err := f.page(&pages[i], w, all); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// counts counts the edges of each node.
func (f *follower) counts(into []int64) error {
	return f.many(func(at map[store.ID][]int) error {
		for _, kind := range f.kinds {
			c := &compiler{Store: f.Store}
			from, err := f.from(c, kind)
			if err != nil {
				return err
			}
			near, _ := ends(f.q.Direction)
			err = f.c.query(f.ctx, "SELECT e."+near+", count(*)"+from+" GROUP BY 1", c.args, func(row []driver.Value) error {
				for _, i := range at[f.of[row[0].(int64)]] {
					into[i] += row[1].(int64)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// many visits the nodes that exist, so many at a time, each with its places among
// those asked for.
func (f *follower) many(visit func(at map[store.ID][]int) error) error {
	for from := 0; from < len(f.q.Nodes); from += together {
		some := f.q.Nodes[from:min(from+together, len(f.q.Nodes))]
		numbers, err := f.numbers(f.ctx, f.c, some)
		if err != nil {
			return err
		}
		at := map[store.ID][]int{}
		f.of = map[int64]store.ID{}
		for i, id := range some {
			if n, ok := numbers[id]; ok {
				f.of[n], at[id] = id, append(at[id], from+i)
			}
		}
		if err := visit(at); err != nil {
			return err
		}
		if err := f.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) page(into *store.EdgePage, w window, fetch fetch[link]) error {
	p, err := readPage(w, fetch)
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

// from writes the tables and conditions of the query, the nodes' numbers first
// among the parameters.
func (f *follower) from(c *compiler, kind string) (string, error) {
	near, far := ends(f.q.Direction)
	join, match := "", "1"
	edge, number, err := f.edges(c)
	if err != nil {
		return "", err
	}
	// For many nodes in turn no set is made for each of them.
	c.few = len(f.q.Nodes) > 1
	where := " WHERE e.rel = " + strconv.FormatInt(f.layout.rels[f.q.Rel], 10) + " AND e." + near + " = " + number
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
	return edge + join + where + " AND " + edges + " AND " + match, nil
}

// edges writes where the edges are read, and the number that the near ends of these
// have.
func (f *follower) edges(c *compiler) (from, number string, err error) {
	if f.of == nil {
		return " FROM edge e", c.arg(f.n), nil
	}
	numbers, err := list(slices.Sorted(maps.Keys(f.of)))
	return " FROM json_each(" + c.arg(numbers) + ") j CROSS JOIN edge e", "j.value", err
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
	near, _ := ends(f.q.Direction)
	text += ", e." + near
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
	near := f.near
	if f.of != nil {
		near = f.of[row[len(row)-1].(int64)]
	}
	rest := row[t.width() : len(row)-1]
	props, err := f.decodeEdge(f.q.Rel, rest[2].(string))
	key := store.EdgeKey{Rel: f.q.Rel, From: near, To: n.ID, Tag: rest[0].(string)}
	if f.q.Direction == store.In {
		key.From, key.To = n.ID, near
	}
	var keys []any
	for _, v := range rest[3:] {
		keys = append(keys, v)
	}
	return link{near, found{n, append(keys, string(n.ID), key.Tag)}, store.Edge{EdgeKey: key, Version: rest[1].(int64), Props: props}}, err
}
