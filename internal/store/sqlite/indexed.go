package sqlite

import (
	"slices"

	"releasegraph/internal/store"
)

// Pages in the order of a unique property are read along its index, part by
// part, so that their cost does not depend on the number of nodes. The index
// ends with the id ascending: where value and id run in opposite directions,
// nodes of equal value are read in a query of their own.

// indexed tells whether the order is by one indexed property, or by id alone.
func (f *finder) indexed() bool {
	if len(f.q.Order) == 0 || f.q.Order[0].Property == "id" {
		return true
	}
	c := f.t.named[f.q.Order[0].Property]
	return len(f.q.Order) == 1 && c != nil && c.property.Unique
}

// run is one walk along the index. Start and end are in its direction.
type run struct {
	*finder
	value      sortKey // the property
	id         sortKey
	down       bool // values descend
	idDown     bool // ids descend
	start, end *bound
	limit      int
	rows       []found
}

func (f *finder) fetchIndexed(after, before *bound, reverse bool, limit int) ([]found, error) {
	start, end := after, before
	if reverse {
		start, end = before, after
	}
	r := &run{finder: f, id: f.keys[len(f.keys)-1], idDown: reverse, start: start, end: end, limit: limit}
	if len(f.q.Order) == 0 || f.q.Order[0].Property == "id" {
		if len(f.q.Order) > 0 {
			r.idDown = f.q.Order[0].Descending != reverse
		}
		err := r.read("1", r.idCondition(start, end), r.byID())
		return r.rows, err
	}
	r.value, r.down = f.keys[0], f.q.Order[0].Descending != reverse
	parts := []func() error{r.values, r.nulls}
	if reverse {
		parts = []func() error{r.nulls, r.values}
	}
	for _, part := range parts {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return r.rows, nil
}

func (r *run) byID() string { return " ORDER BY " + r.id.expr + direction(r.idDown) }

func (r *run) full() bool { return r.limit >= 0 && len(r.rows) >= r.limit }

// idCondition keeps ids between two bounds; nil for an open side.
func (r *run) idCondition(start, end *bound) func(*compiler) string {
	return func(c *compiler) string {
		return r.idStep(c, start, r.idDown) + " AND " + r.idStep(c, end, !r.idDown)
	}
}

func (r *run) idStep(c *compiler, b *bound, down bool) string {
	if b == nil {
		return "1"
	}
	return c.step(r.id.expr, b.values[len(b.values)-1], down, b.inclusive)
}

func (c *compiler) step(expr string, v any, down, inclusive bool) string {
	sign := compareSign(down)
	if inclusive {
		sign = sign[:2] + "= "
	}
	return expr + sign + c.arg(v)
}

// read appends rows, as many as are still wanted.
func (r *run) read(part string, condition func(*compiler) string, order string) error {
	if r.full() {
		return nil
	}
	limit := r.limit
	if limit >= 0 {
		limit -= len(r.rows)
	}
	rows, err := r.selectRows(order, limit, func(c *compiler) string { return part + " AND " + condition(c) })
	r.rows = append(r.rows, rows...)
	return err
}

func isNull(b *bound) bool { return b != nil && b.values[0] == nil }

func hasValue(b *bound) bool { return b != nil && b.values[0] != nil }

// nulls reads the nodes without the property, which are last in the order.
func (r *run) nulls() error {
	reverse := r.idDown
	if !reverse && hasValue(r.end) || reverse && hasValue(r.start) {
		return nil
	}
	var start, end *bound
	if isNull(r.start) {
		start = r.start
	}
	if isNull(r.end) {
		end = r.end
	}
	return r.read(r.value.expr+" IS NULL", r.idCondition(start, end), r.byID())
}

// values reads the nodes that have the property.
func (r *run) values() error {
	reverse := r.idDown
	if !reverse && isNull(r.start) || reverse && isNull(r.end) {
		return nil
	}
	if r.down == r.idDown {
		return r.along()
	}
	return r.groups()
}

// valued gives the bound where it lies among the values.
func valued(b *bound) *bound {
	if hasValue(b) {
		return b
	}
	return nil
}

// along reads where values and ids run in the same direction.
func (r *run) along() error {
	order := " ORDER BY " + r.value.expr + direction(r.down) + ", " + r.id.expr + direction(r.down)
	condition := func(c *compiler) string {
		return r.pair(c, valued(r.start), r.down) + " AND " + r.pair(c, valued(r.end), !r.down)
	}
	return r.read(r.value.expr+" IS NOT NULL", condition, order)
}

func (r *run) pair(c *compiler, b *bound, down bool) string {
	if b == nil {
		return "1"
	}
	sign := compareSign(down)
	if b.inclusive {
		sign = sign[:2] + "= "
	}
	return "(" + r.value.expr + ", " + r.id.expr + ")" + sign + "(" + c.arg(b.values[0]) + ", " + c.arg(b.values[1]) + ")"
}

// groups reads where they run in opposite directions: the rest of the start's
// group, the groups between, the beginning of the end's group.
func (r *run) groups() error {
	start, end := valued(r.start), valued(r.end)
	if start != nil {
		last := end
		if end != nil && !same(start, end) {
			last = nil
		}
		if err := r.group(start.values[0], start, last); err != nil {
			return err
		}
	}
	if start != nil && end != nil && (same(start, end) || r.crossed(start, end)) {
		return nil
	}
	if err := r.between(start, end); err != nil || end == nil {
		return err
	}
	return r.group(end.values[0], nil, end)
}

func same(a, b *bound) bool { return compareStored(a.values[0], b.values[0]) == 0 }

// crossed tells whether the end lies before the start.
func (r *run) crossed(start, end *bound) bool {
	order := compareStored(start.values[0], end.values[0])
	return r.down && order < 0 || !r.down && order > 0
}

// group reads nodes of one value, between bounds on the id.
func (r *run) group(value any, start, end *bound) error {
	ids := r.idCondition(start, end)
	return r.read("1", func(c *compiler) string { return r.value.expr + " = " + c.arg(value) + " AND " + ids(c) }, r.byID())
}

// between reads the groups strictly between two values. It reads along the
// index, turns each group round, and reads the last one, which the limit may
// have cut, again.
func (r *run) between(start, end *bound) error {
	had := len(r.rows)
	order := " ORDER BY " + r.value.expr + direction(r.down) + ", " + r.id.expr + direction(r.down)
	err := r.read(r.value.expr+" IS NOT NULL", func(c *compiler) string {
		text := "1"
		if start != nil {
			text = c.step(r.value.expr, start.values[0], r.down, false)
		}
		if end != nil {
			text += " AND " + c.step(r.value.expr, end.values[0], !r.down, false)
		}
		return text
	}, order)
	if err != nil || len(r.rows) == had {
		return err
	}
	cut := r.full()
	last := had
	for i := had; i <= len(r.rows); i++ {
		if i == len(r.rows) || compareStored(r.rows[i].keys[0], r.rows[last].keys[0]) != 0 {
			if i < len(r.rows) || !cut {
				slices.Reverse(r.rows[last:i])
				last = i
			}
		}
	}
	if !cut {
		return nil
	}
	value := r.rows[last].keys[0]
	r.rows = r.rows[:last]
	return r.group(value, nil, nil)
}

// compareStored orders two values of one column.
func compareStored(a, b any) int { return store.CompareValues(a, b) }
