package sqlite

import (
	"slices"

	"releasegraph/internal/store"
)

// row is what a query reads, at its place in the query's order.
type row interface {
	// sorted are the stored form of the sort keys, then what tells rows of the
	// same keys apart.
	sorted() []any
	// position is the row's place but for the sort keys.
	position() store.Position
}

// window is which part of its rows a query asks for.
type window struct {
	order         store.Ordering
	first, last   int
	after, before *bound
}

// newWindow reads the cursors; tagged ones tell parallel edges apart.
func newWindow(o store.Ordering, after, before store.Cursor, tagged bool) (window, error) {
	w := window{order: o}
	for _, side := range []struct {
		cursor store.Cursor
		into   **bound
	}{{after, &w.after}, {before, &w.before}} {
		p, err := store.DecodeCursor(o, side.cursor)
		if err != nil {
			return w, err
		}
		if *side.into, err = newBound(p, tagged); err != nil {
			return w, err
		}
	}
	return w, nil
}

// fetch reads up to limit rows (below 0: all) between two bounds, in the order or
// from its end.
type fetch[R row] func(after, before *bound, reverse bool, limit int) ([]R, error)

// page is a part of the rows of a query.
type page[R row] struct {
	rows                 []R
	cursors              []store.Cursor
	hasPrevious, hasNext bool
}

func readPage[R row](w window, fetch fetch[R]) (p page[R], err error) {
	reverse := w.last > 0
	limit := max(w.first, w.last)
	if p.rows, err = fetch(w.after, w.before, reverse, plusOne(limit)); err != nil {
		return p, err
	}
	more := limit > 0 && len(p.rows) > limit
	if more {
		p.rows = p.rows[:limit]
	}
	if reverse {
		slices.Reverse(p.rows)
	}
	for _, r := range p.rows {
		cursor, err := w.cursor(r)
		if err != nil {
			return p, err
		}
		p.cursors = append(p.cursors, cursor)
	}
	p.hasPrevious, p.hasNext = more && reverse, more && !reverse
	return p, p.lookAround(w, fetch)
}

// lookAround finds out whether there are rows on the side of a page that a
// cursor cut off. An empty page lies just behind after, or without it just before
// before.
func (p *page[R]) lookAround(w window, fetch fetch[R]) (err error) {
	var first, last *bound
	switch {
	case len(p.rows) > 0:
		first, last = &bound{values: p.rows[0].sorted()}, &bound{values: p.rows[len(p.rows)-1].sorted()}
	case w.after != nil:
		first, last = &bound{values: w.after.values, inclusive: true}, w.after
	case w.before != nil:
		last = &bound{values: w.before.values, inclusive: true}
	}
	var found []R
	if !p.hasPrevious && w.after != nil {
		found, err = fetch(nil, first, true, 1)
		p.hasPrevious = len(found) > 0
	}
	if err == nil && !p.hasNext && w.before != nil {
		found, err = fetch(last, nil, false, 1)
		p.hasNext = len(found) > 0
	}
	return err
}

// plusOne asks for one row more than the limit, which tells whether there are
// more.
func plusOne(limit int) int {
	if limit == 0 {
		return -1
	}
	return limit + 1
}

func (w window) cursor(r row) (store.Cursor, error) {
	p, keys := r.position(), r.sorted()
	p.Keys = make([]any, len(w.order.Types))
	for i := range p.Keys {
		var err error
		if p.Keys[i], err = fromColumn(w.order.Types[i], keys[i]); err != nil {
			return "", err
		}
	}
	return store.EncodeCursor(w.order, p)
}

// whole reports whether the query asks for all of its rows.
func (w window) whole() bool { return w.after == nil && w.before == nil && w.first == 0 && w.last == 0 }
