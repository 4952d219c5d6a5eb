package sqlite

import (
	"strings"

	"releasegraph/internal/store"
)

// sortKey is one key of an order. The last keys (id, tag) are never null.
type sortKey struct {
	expr       string
	descending bool
	nullable   bool
}

// bound limits a page on one side; nil for none.
type bound struct {
	values    []any // in stored form, one for each key
	inclusive bool
}

// newBound makes a bound of a position.
func newBound(p *store.Position, tag bool) (*bound, error) {
	if p == nil {
		return nil, nil
	}
	b := &bound{}
	for _, k := range p.Keys {
		v, err := toColumn(k)
		if err != nil {
			return nil, err
		}
		b.values = append(b.values, v)
	}
	b.values = append(b.values, string(p.ID))
	if tag {
		b.values = append(b.values, p.Tag)
	}
	return b, nil
}

// orderBy writes the order, null last; reversed, it is turned round whole.
func orderBy(keys []sortKey, reverse bool) string {
	var parts []string
	for _, k := range keys {
		if k.nullable {
			parts = append(parts, "("+k.expr+" IS NULL)"+direction(reverse))
		}
		parts = append(parts, k.expr+direction(k.descending != reverse))
	}
	return " ORDER BY " + strings.Join(parts, ", ")
}

func direction(descending bool) string {
	if descending {
		return " DESC"
	}
	return ""
}

// beyond writes the condition that a row lies behind the bound, in the order or
// (reverse) before it.
func (c *compiler) beyond(keys []sortKey, b *bound, reverse bool) string {
	if b == nil {
		return "1"
	}
	var cases []string
	for i := range keys {
		var parts []string
		mark := len(c.args)
		for j := range i {
			parts = append(parts, keys[j].expr+" IS "+c.arg(b.values[j]))
		}
		step := c.past(keys[i], b.values[i], reverse)
		if step == "" {
			c.args = c.args[:mark]
			continue
		}
		cases = append(cases, "("+strings.Join(append(parts, step), " AND ")+")")
	}
	if b.inclusive {
		var parts []string
		for i, k := range keys {
			parts = append(parts, k.expr+" IS "+c.arg(b.values[i]))
		}
		cases = append(cases, "("+strings.Join(parts, " AND ")+")")
	}
	return "(" + strings.Join(cases, " OR ") + ")"
}

// past writes that one key lies behind a value, or "" where none can.
func (c *compiler) past(k sortKey, v any, reverse bool) string {
	switch {
	case v == nil && reverse:
		return k.expr + " IS NOT NULL"
	case v == nil:
		return ""
	}
	step := k.expr + compareSign(k.descending != reverse) + c.arg(v)
	if k.nullable && !reverse {
		return "(" + step + " OR " + k.expr + " IS NULL)"
	}
	return step
}

func compareSign(descending bool) string {
	if descending {
		return " < "
	}
	return " > "
}
