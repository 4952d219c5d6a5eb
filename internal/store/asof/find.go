package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Find returns a page of nodes. It reads today's page, leaves out what is
// suspect, and puts those of the suspects in their place that belong there: it
// costs as much as today's page and a look at what has changed since.
func (r *Reader) Find(ctx context.Context, q store.Query) (store.Page, error) {
	var page store.Page
	if err := r.Declared().CheckQuery(q); err != nil {
		return page, err
	}
	order, err := r.Declared().Ordering(q)
	if err != nil {
		return page, err
	}
	f := &finder{Reader: r, q: q, order: order}
	if f.after, err = store.DecodeCursor(order, q.After); err != nil {
		return page, err
	}
	if f.before, err = store.DecodeCursor(order, q.Before); err != nil {
		return page, err
	}
	return page, f.page(ctx, &page)
}

// finder runs one Query.
type finder struct {
	*Reader
	q             store.Query
	order         store.Ordering
	after, before *store.Position
}

func (f *finder) page(ctx context.Context, page *store.Page) error {
	limit, reverse := max(f.q.First, f.q.Last), f.q.Last > 0
	one := limit
	if limit > 0 {
		one++ // tells whether there are more
	}
	rows, err := f.fetch(ctx, f.after, f.before, reverse, one)
	if err != nil {
		return err
	}
	more := limit > 0 && len(rows) > limit
	switch {
	case more && reverse:
		rows = rows[1:]
	case more:
		rows = rows[:limit]
	}
	for i := range rows {
		c, err := store.EncodeCursor(f.order, rows[i].at)
		if err != nil {
			return err
		}
		rows[i].node.Props = rows[i].node.Props.Clone()
		page.Nodes, page.Cursors = append(page.Nodes, rows[i].node), append(page.Cursors, c)
	}
	page.HasPrevious, page.HasNext = more && reverse, more && !reverse
	if !page.HasPrevious && f.after != nil {
		if page.HasPrevious, err = f.precedes(ctx, rows); err != nil {
			return err
		}
	}
	if !page.HasNext && f.before != nil {
		page.HasNext, err = f.follows(ctx, rows)
	}
	return err
}

// precedes tells whether a node stands before the page. An empty one stands
// just behind After.
func (f *finder) precedes(ctx context.Context, rows []row) (bool, error) {
	if len(rows) > 0 {
		return f.any(ctx, nil, &rows[0].at)
	}
	if there, err := f.stands(ctx, f.after); there || err != nil {
		return there, err
	}
	return f.any(ctx, nil, f.after)
}

// follows tells whether a node stands behind the page. An empty one stands just
// behind After, or without it just before Before.
func (f *finder) follows(ctx context.Context, rows []row) (bool, error) {
	switch {
	case len(rows) > 0:
		return f.any(ctx, &rows[len(rows)-1].at, nil)
	case f.after != nil:
		return f.any(ctx, f.after, nil)
	}
	if there, err := f.stands(ctx, f.before); there || err != nil {
		return there, err
	}
	return f.any(ctx, f.before, nil)
}

func (f *finder) any(ctx context.Context, after, before *store.Position) (bool, error) {
	rows, err := f.fetch(ctx, after, before, after == nil, 1)
	return len(rows) > 0, err
}

// stands tells whether a node stood at just this position.
func (f *finder) stands(ctx context.Context, at *store.Position) (bool, error) {
	found, err := f.Nodes(ctx, at.ID)
	if err != nil {
		return false, err
	}
	rows, err := f.matching(ctx, found)
	return len(rows) > 0 && f.order.Compare(rows[0].at, *at) == 0, err
}

// matching makes rows of those nodes that the query asks for.
func (f *finder) matching(ctx context.Context, nodes map[store.ID]store.Node) ([]row, error) {
	list := make([]store.Node, 0, len(nodes))
	for _, n := range nodes {
		if n.Kind == f.q.Kind {
			list = append(list, n)
		}
	}
	holds, err := f.match(ctx, list, f.q.Filter)
	var rows []row
	for i := range list {
		if err == nil && holds[i] {
			rows = append(rows, row{node: list[i], at: f.order.PositionOf(&list[i], "")})
		}
	}
	return rows, err
}

// fetch gives up to limit (0: all) rows between two positions, in order: the
// first of them, or the last.
func (f *finder) fetch(ctx context.Context, after, before *store.Position, reverse bool, limit int) ([]row, error) {
	rows, o, suspects, err := f.untouchedRows(ctx, after, before, reverse, limit)
	if err != nil {
		return nil, err
	}
	were, err := f.touchedNodes(ctx, o, keys(suspects))
	if err != nil {
		return nil, err
	}
	touched, err := f.matching(ctx, were)
	if err != nil {
		return nil, err
	}
	for _, x := range touched {
		if (after == nil || f.order.Compare(x.at, *after) > 0) && (before == nil || f.order.Compare(x.at, *before) < 0) {
			rows = append(rows, x)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return f.order.Compare(a.at, b.at) })
	switch {
	case limit == 0 || len(rows) <= limit:
		return rows, nil
	case reverse:
		return rows[len(rows)-limit:], nil
	}
	return rows[:limit], nil
}

// slack is how many rows more than asked for are read at most because suspects
// may be among them.
const slack = 256

// untouchedRows reads today's rows until enough of them are not suspect. Those
// stand where they stood at the revision, whenever they were read. The overlay
// covers all that was read.
func (f *finder) untouchedRows(ctx context.Context, after, before *store.Position, reverse bool, limit int) ([]row, *overlay, map[store.ID]bool, error) {
	q := f.q
	q.After, q.Before, q.First, q.Last = "", "", 0, 0
	var err error
	if after != nil {
		if q.After, err = store.EncodeCursor(f.order, *after); err != nil {
			return nil, nil, nil, err
		}
	}
	if before != nil {
		if q.Before, err = store.EncodeCursor(f.order, *before); err != nil {
			return nil, nil, nil, err
		}
	}
	var rows []row
	suspects := map[store.ID]bool{}
	for {
		want := limit
		if limit > 0 {
			want = limit - len(rows) + min(len(suspects), slack)
		}
		if q.First = want; reverse {
			q.First, q.Last = 0, want
		}
		page, err := f.base().Find(ctx, q)
		if err != nil {
			return nil, nil, nil, err
		}
		o, err := f.overlay(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		if suspects, err = f.suspects(ctx, o, f.q.Kind, f.q.Filter); err != nil {
			return nil, nil, nil, err
		}
		for i := range page.Nodes {
			rows = append(rows, row{node: page.Nodes[i], at: f.order.PositionOf(&page.Nodes[i], "")})
		}
		rows = slices.DeleteFunc(rows, func(x row) bool { return suspects[x.node.ID] })
		if limit == 0 || len(page.Nodes) < want || len(rows) >= limit {
			return rows, o, suspects, nil
		}
		if reverse {
			q.Before = page.Cursors[0]
		} else {
			q.After = page.Cursors[len(page.Cursors)-1]
		}
	}
}

func keys(set map[store.ID]bool) []store.ID {
	list := make([]store.ID, 0, len(set))
	for id := range set {
		list = append(list, id)
	}
	return list
}
