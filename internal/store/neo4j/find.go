package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// Find implements store.Reader.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.catalog.CheckQuery(q); err != nil {
		return store.Page{}, err
	}
	f, err := s.finder(q)
	if err != nil {
		return store.Page{}, err
	}
	var page store.Page
	here := func(t tx) (err error) {
		page, err = f.page(t)
		return err
	}
	if f.mayEndEarly() && s.tried(ctx, patience, here) {
		return page, nil
	}
	err = s.asking(q.Filter)(ctx, func(t tx) (err error) {
		page, err = f.settledPage(t)
		return err
	})
	return page, err
}

// patience is for how long a page is looked for without settling its filter.
const patience = 150 * time.Millisecond

// mayEndEarly tells whether a page could be there before its filter is settled:
// it ends as soon as it is full, and where much matches that is soon. What leads
// through more than two relationships takes the server too long to plan.
func (f *finder) mayEndEarly() bool {
	return f.query.First+f.query.Last > 0 && depth(f.query.Filter) == 2
}

// finder reads pages of one query.
type finder struct {
	store         *Store
	query         store.Query
	ordering      store.Ordering
	scope         scope
	after, before *store.Position
}

func (s *Store) finder(q store.Query) (*finder, error) {
	ordering, err := s.catalog.Ordering(q)
	if err != nil {
		return nil, err
	}
	f := &finder{store: s, query: q, ordering: ordering, scope: scope{variable: "n", kinds: []string{q.Kind}}}
	if f.after, err = store.DecodeCursor(ordering, q.After); err != nil {
		return nil, err
	}
	f.before, err = store.DecodeCursor(ordering, q.Before)
	return f, err
}

// settledPage settles the query's filter first, for this transaction alone.
func (f *finder) settledPage(t tx) (store.Page, error) {
	run := *f
	var err error
	if run.query.Filter, err = f.store.settle(t, f.query.Kind, f.query.Filter); err != nil {
		return store.Page{}, err
	}
	return run.page(t)
}

func (f *finder) page(t tx) (store.Page, error) {
	backward := f.query.Last > 0
	start, bound, limit := f.after, f.before, f.query.First
	if backward {
		start, bound, limit = f.before, f.after, f.query.Last
	}
	more := limit
	if limit > 0 {
		more++
	}
	nodes, err := f.run(t, backward, start, bound, more)
	if err != nil {
		return store.Page{}, err
	}
	cut := limit > 0 && len(nodes) > limit
	if cut {
		nodes = nodes[:limit]
	}
	var page store.Page
	if page.HasNext, page.HasPrevious, err = f.around(t, backward, cut, len(nodes) == 0); err != nil {
		return page, err
	}
	if backward {
		slices.Reverse(nodes)
	}
	page.Nodes = nodes
	page.Cursors, err = f.cursors(nodes)
	return page, err
}

// around tells whether nodes lie beyond the page: at the side where the limit
// cut it there are, at a side with a cursor somebody must look. An empty page
// lies right after its After cursor, which may stand behind Before.
func (f *finder) around(t tx, backward, cut, empty bool) (next, previous bool, err error) {
	next, previous = cut && !backward, cut && backward
	switch {
	case next || f.before == nil:
	case empty && f.after != nil:
		next, err = f.beyond(t, false, f.after)
	default:
		next, err = f.any(t, false, f.before)
	}
	if err != nil {
		return false, false, err
	}
	if !previous && f.after != nil {
		previous, err = f.any(t, true, f.after)
	}
	return next, previous, err
}

// any tells whether a node lies at the position or beyond it.
func (f *finder) any(t tx, backward bool, p *store.Position) (bool, error) {
	at, err := f.at(t, p)
	if at || err != nil {
		return at, err
	}
	return f.beyond(t, backward, p)
}

// beyond tells whether a node lies strictly beyond the position.
func (f *finder) beyond(t tx, backward bool, p *store.Position) (bool, error) {
	nodes, err := f.run(t, backward, p, nil, 1)
	return len(nodes) > 0, err
}

// at tells whether the position's own node is still there. Its keys may have
// changed, and it may not pass the filter any more.
func (f *finder) at(t tx, p *store.Position) (bool, error) {
	b := f.store.builder()
	conditions := []string{"n.id = " + b.param(string(p.ID))}
	for i, k := range b.keys(f.query.Order, f.scope) {
		if p.Keys[i] == nil {
			conditions = append(conditions, k.at+" IS NULL")
		} else {
			conditions = append(conditions, k.at+" = "+b.param(p.Keys[i]))
		}
	}
	cypher := fmt.Sprintf("MATCH (n:Node:%s) USING INDEX SEEK n:Node(id)%s RETURN count(n)", quote(f.query.Kind), b.filtered(f.query.Filter, f.scope, conditions...))
	values, err := t.row(cypher, b.params)
	return err == nil && values[0].(int64) > 0, err
}

// run reads up to limit nodes from the start on, in the direction, that lie
// before the bound (each may be nil: none).
func (f *finder) run(t tx, backward bool, start, bound *store.Position, limit int) ([]store.Node, error) {
	if o := f.query.Order; len(o) == 1 && o[0].Property != idProp {
		if p, _ := f.store.catalog.Property(f.query.Kind, o[0].Property); p.Unique {
			r := &indexRun{finder: f, tx: t, property: p, descending: o[0].Descending, backward: backward, bound: bound}
			return r.read(start, limit)
		}
	}
	b := f.store.builder()
	keys := b.totalOrder(f)
	var conditions, index []string
	if len(keys) == 1 {
		conditions = append(conditions, "n.id IS NOT NULL") // that alone lets its index give the order
		index = []string{idProp}
	}
	if start != nil {
		conditions = append(conditions, b.beyond(keys, positionValues(start), backward))
	}
	return f.selection(t, b, index, bound, backward, conditions, orderBy(keys, backward), limit)
}

// totalOrder is the query's order, ended by the id: after it nothing matters.
func (b *builder) totalOrder(f *finder) []sortKey {
	order := f.query.Order
	if i := slices.IndexFunc(order, func(o store.Order) bool { return o.Property == idProp }); i >= 0 {
		return b.keys(order[:i], f.scope, sortKey{at: "n.id", descending: order[i].Descending})
	}
	return b.keys(order, f.scope, sortKey{at: "n.id"})
}

// positionValues lists a position's keys, the id at the end.
func positionValues(p *store.Position) []any {
	return append(slices.Clone(p.Keys), string(p.ID))
}

// selection runs one statement of a page. Without a filter it insists on the
// index that has the order: right after an import the server's statistics lead
// it astray. A filter may have a better one of its own, and with an indexed
// attribute it has.
func (f *finder) selection(t tx, b *builder, index []string, bound *store.Position, backward bool, conditions []string, order string, limit int) ([]store.Node, error) {
	if bound != nil {
		conditions = append(conditions, b.beyond(b.totalOrder(f), positionValues(bound), !backward))
	}
	hint := b.openHint(f.query.Filter, f.scope)
	if f.query.Filter == nil && len(index) > 0 {
		way := "INDEX"
		if strings.Contains(conditions[0], " = ") {
			way = "INDEX SEEK" // else it reads the whole index and filters
		}
		hint = fmt.Sprintf(" USING %s n:%s(%s)", way, quote(f.query.Kind), quoteAll(index, ", "))
	}
	cypher := fmt.Sprintf("MATCH (n:%s)%s%s RETURN n %s%s", quote(f.query.Kind), hint,
		b.filtered(f.query.Filter, f.scope, conditions...), order, b.limit(limit))
	records, err := t.rows(cypher, b.params)
	if err != nil {
		return nil, err
	}
	nodes := make([]store.Node, len(records))
	for i, r := range records {
		if nodes[i], err = decodeNode(r.Values[0]); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

func (f *finder) cursors(nodes []store.Node) ([]store.Cursor, error) {
	list := make([]store.Cursor, len(nodes))
	for i, n := range nodes {
		var err error
		if list[i], err = store.EncodeCursor(f.ordering, store.Position{Keys: sortValues(n, f.query.Order), ID: n.ID}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sortValues are a node's values of the order's properties, nil where absent.
func sortValues(n store.Node, order []store.Order) []any {
	values := make([]any, len(order))
	for i, o := range order {
		switch o.Property {
		case idProp:
			values[i] = string(n.ID)
		case createdProp:
			values[i] = n.CreatedAt
		case updatedProp:
			values[i] = n.UpdatedAt
		case "version":
			values[i] = n.Version
		default:
			values[i] = n.Props[o.Property]
		}
	}
	return values
}
