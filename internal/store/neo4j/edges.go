package neo4j

import (
	"context"
	"fmt"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/store"
)

// edgeFinder reads, for many nodes at once, a page of edges of each.
type edgeFinder struct {
	store         *Store
	query         store.EdgeQuery
	ordering      store.Ordering
	end           string // the far kind, empty: any
	after, before *store.Position
}

func (s *Store) edgeFinder(q store.EdgeQuery) (*edgeFinder, error) {
	if err := s.catalog.CheckEdgeQuery(q); err != nil {
		return nil, err
	}
	f := &edgeFinder{store: s, query: q}
	var err error
	if f.end, err = s.catalog.EdgeEnd(q); err != nil {
		return nil, err
	}
	if f.ordering, err = s.catalog.EdgeOrdering(q); err != nil {
		return nil, err
	}
	if f.after, err = store.DecodeCursor(f.ordering, q.After); err != nil {
		return nil, err
	}
	f.before, err = store.DecodeCursor(f.ordering, q.Before)
	return f, err
}

// Edges implements store.Reader.
func (s *Store) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	f, err := s.edgeFinder(q)
	if err != nil {
		return nil, err
	}
	if len(q.Nodes) == 0 {
		return []store.EdgePage{}, ctx.Err()
	}
	var pages []store.EdgePage
	err = s.asking(q.Filter)(ctx, func(t tx) (err error) {
		pages, err = f.pages(t)
		return err
	})
	return pages, err
}

func (f *edgeFinder) pages(t tx) ([]store.EdgePage, error) {
	f, err := f.settled(t)
	if err != nil {
		return nil, err
	}
	records, err := t.rows(f.pageQuery())
	if err != nil {
		return nil, err
	}
	pages := make([]store.EdgePage, len(f.query.Nodes))
	for i, r := range records {
		if pages[i], err = f.page(f.query.Nodes[i], r); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// CountEdges implements store.Reader.
func (s *Store) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	f, err := s.edgeFinder(q)
	if err != nil {
		return nil, err
	}
	counts := make([]int64, len(q.Nodes))
	if len(counts) == 0 {
		return counts, ctx.Err()
	}
	err = s.asking(q.Filter)(ctx, func(t tx) error {
		f, err := f.settled(t)
		if err != nil {
			return err
		}
		b := s.builder()
		cypher := fmt.Sprintf("UNWIND $ids AS id RETURN COUNT { %s%s } AS c", f.pattern(), f.where(b))
		b.params["ids"] = texts(q.Nodes)
		records, err := t.rows(cypher, b.params)
		for i, r := range records {
			counts[i] = r.Values[0].(int64)
		}
		return err
	})
	return counts, err
}

// manyEdges is from how many edges on their far ends' filter is settled: it then
// reads all of a kind, which may be more than what lies behind a few edges.
const manyEdges = 1_000

// settled settles the filter of the far ends, for this transaction alone.
func (f *edgeFinder) settled(t tx) (*edgeFinder, error) {
	if depth(f.query.Filter) < 2 {
		return f, nil
	}
	degrees := "UNWIND $ids AS id MATCH (n:Node {id: id}) RETURN sum(COUNT { " + path("n", "", "", store.Related{Rel: f.query.Rel, Direction: f.query.Direction}) + " })"
	values, err := t.row(degrees, params{"ids": texts(f.query.Nodes)})
	if err != nil || values[0].(int64) < manyEdges {
		return f, err
	}
	run := *f
	run.query.Filter, err = f.store.settle(t, f.end, f.query.Filter)
	return &run, err
}

func (f *edgeFinder) pattern() string {
	far := "m:Node"
	if f.end != "" {
		far = "m:" + quote(f.end)
	}
	return "MATCH " + path("n:Node {id: id}", "r", far, store.Related{Rel: f.query.Rel, Direction: f.query.Direction})
}

func (f *edgeFinder) scope() scope { return scope{variable: "m", kinds: []string{f.end}} }

func (f *edgeFinder) where(b *builder, more ...string) string {
	if f.query.EdgeFilter != nil {
		more = append(more, b.where(f.query.EdgeFilter, scope{variable: "r", rel: f.query.Rel}))
	}
	return b.filtered(f.query.Filter, f.scope(), more...)
}

// tagAt is an edge's tag as a sort key: the server stores no empty one.
const tagAt = "coalesce(r." + tagProp + ", '')"

// bothFirst keeps the planner from walking all edges of one end to find the
// other: with both ends known the server walks those of the end that has fewer,
// which makes all the difference where many edges meet at one node.
const bothFirst = "WITH * SKIP 0 "

func (f *edgeFinder) keys(b *builder) []sortKey {
	return b.keys(f.query.Order, f.scope(), sortKey{at: "m.id"}, sortKey{at: tagAt})
}

// pageQuery answers with a record for each node: its edges and their far ends,
// one more than the limit, and whether others lie at or beyond the cursors.
func (f *edgeFinder) pageQuery() (string, params) {
	b := f.store.builder()
	b.params["ids"] = texts(f.query.Nodes)
	backward := f.query.Last > 0
	limit := max(f.query.First, f.query.Last)
	if limit > 0 {
		limit++
	}
	keys := f.keys(b)
	var within []string
	outside := []string{"false", "false"}
	for i, p := range []*store.Position{f.after, f.before} {
		if p == nil {
			continue
		}
		position := append(positionValues(p), p.Tag)
		condition := b.beyond(keys, position, i == 1)
		// Next is what lies after both cursors: After may stand behind Before.
		apart := append(slices.Clone(within), "NOT coalesce("+condition+", false)")
		within = append(within, condition)
		outside[i] = fmt.Sprintf("EXISTS { %s%s }", f.pattern(), f.where(b, apart...))
	}
	order := orderBy(keys, backward)
	return fmt.Sprintf("UNWIND $ids AS id CALL (id) { %s%s WITH r, m %s%s RETURN collect(properties(r)) AS rs, collect(m) AS ms } "+
		"RETURN rs, ms, %s AS previous, %s AS next", f.pattern(), f.where(b, within...), order, b.limit(limit), outside[0], outside[1]), b.params
}

func (f *edgeFinder) page(near store.ID, r *neo4j.Record) (store.EdgePage, error) {
	page := store.EdgePage{HasPrevious: r.Values[2].(bool), HasNext: r.Values[3].(bool)}
	columns, err := even(r.Values[:2])
	if err != nil {
		return page, err
	}
	props := columns[0]
	nodes, err := decodeNodes(columns[1])
	if err != nil {
		return page, err
	}
	for i, n := range nodes {
		from, to := near, n.ID
		if f.query.Direction == store.In {
			from, to = to, from
		}
		page.Edges = append(page.Edges, edgeOf(f.query.Rel, from, to, props[i].(map[string]any)))
	}
	page.Nodes = nodes
	f.trim(&page)
	for i, n := range page.Nodes {
		position := store.Position{Keys: sortValues(n, f.query.Order), ID: n.ID, Tag: page.Edges[i].Tag}
		c, err := store.EncodeCursor(f.ordering, position)
		if err != nil {
			return page, err
		}
		page.Cursors = append(page.Cursors, c)
	}
	return page, nil
}

// trim cuts the page to its limit and turns it the right way round.
func (f *edgeFinder) trim(page *store.EdgePage) {
	limit := max(f.query.First, f.query.Last)
	if limit > 0 && len(page.Nodes) > limit {
		page.Nodes, page.Edges = page.Nodes[:limit], page.Edges[:limit]
		page.HasNext = page.HasNext || f.query.First > 0
		page.HasPrevious = page.HasPrevious || f.query.Last > 0
	}
	if f.query.Last > 0 {
		slices.Reverse(page.Nodes)
		slices.Reverse(page.Edges)
	}
}

// EdgesBetween implements store.Reader.
func (s *Store) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	byRel := map[string][]store.EdgeKey{}
	for _, k := range keys {
		if !s.catalog.HasRel(k.Rel) {
			return nil, fmt.Errorf("%w: there is no relationship %q", store.ErrInvalid, k.Rel)
		}
		byRel[k.Rel] = append(byRel[k.Rel], k)
	}
	found := make(map[store.EdgeKey]store.Edge, len(keys))
	if len(keys) == 0 {
		return found, ctx.Err()
	}
	err := s.ask(ctx, func(t tx) error {
		clear(found)
		for rel, list := range byRel {
			if err := t.edgesBetween(rel, list, found); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

func (t tx) edgesBetween(rel string, keys []store.EdgeKey, found map[store.EdgeKey]store.Edge) error {
	rows := make([]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{string(k.From), string(k.To), k.Tag}
	}
	cypher := fmt.Sprintf("UNWIND range(0, size($rows) - 1) AS i WITH i, $rows[i] AS k "+
		"MATCH (a:Node {id: k[0]}) MATCH (b:Node {id: k[1]}) "+bothFirst+"MATCH (a)-[r:%s]->(b) WHERE %s = k[2] RETURN collect(i), collect(properties(r))", quote(rel), tagAt)
	columns, err := t.columns(cypher, params{"rows": rows})
	if err != nil {
		return err
	}
	for j, i := range columns[0] {
		k := keys[i.(int64)]
		found[k] = edgeOf(rel, k.From, k.To, columns[1][j].(map[string]any))
	}
	return nil
}
