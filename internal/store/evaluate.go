package store

import (
	"cmp"
	"slices"
	"strings"
)

// PropertyOf reads what an Order, a Compare or an Aggregation names of a node,
// nil where it is absent.
func PropertyOf(n *Node, name string) any {
	switch name {
	case "id":
		return string(n.ID)
	case "version":
		return n.Version
	case "createdAt":
		return n.CreatedAt
	case "updatedAt":
		return n.UpdatedAt
	}
	return n.Props[name]
}

// Holds tells whether a property's value compares as the filter, which has
// passed its check, asks.
func (c Compare) Holds(v any) bool {
	v = asNumber(v, c.operand())
	if text, ok := v.(string); ok && c.IgnoringCase {
		c, v = c.Folded(), FoldCase(text)
	}
	switch {
	case c.Op == IsNull || v == nil:
		return c.Op == IsNull && v == nil
	case c.Op == Eq:
		return EqualValues(v, c.Value)
	case c.Op == OneOf:
		list, _ := c.Value.([]any)
		return slices.ContainsFunc(list, func(w any) bool { return EqualValues(v, w) })
	case c.Op == Contains || c.Op == StartsWith || c.Op == EndsWith:
		text, _ := v.(string)
		part, _ := c.Value.(string)
		return c.Op.within(text, part)
	}
	order := CompareValues(v, c.Value)
	switch c.Op {
	case Lt:
		return order < 0
	case Lte:
		return order <= 0
	case Gt:
		return order > 0
	}
	return order >= 0
}

// within tells whether a part stands in a text where the operator looks.
func (o Operator) within(text, part string) bool {
	switch o {
	case StartsWith:
		return strings.HasPrefix(text, part)
	case EndsWith:
		return strings.HasSuffix(text, part)
	}
	return strings.Contains(text, part)
}

// operand is the value, or the first of a list.
func (c Compare) operand() any {
	if c.Op == IsNull {
		return nil
	}
	if list, ok := c.Value.([]any); ok && len(list) > 0 {
		return list[0]
	}
	return c.Value
}

// Numeric tells whether the comparison is one of numbers.
func (c Compare) Numeric() bool {
	_, ok := c.operand().(float64)
	return ok
}

// HoldsFor evaluates a filter that follows no edges, as those on edges are.
func HoldsFor(f Filter, value func(property string) any) bool {
	switch f := f.(type) {
	case nil:
		return true
	case Compare:
		return f.Holds(value(f.Property))
	case And:
		return !slices.ContainsFunc(f, func(g Filter) bool { return !HoldsFor(g, value) })
	case Or:
		return slices.ContainsFunc(f, func(g Filter) bool { return HoldsFor(g, value) })
	case Not:
		return !HoldsFor(f.Filter, value)
	}
	return false
}

// PositionOf is where a node stands in the order.
func (o Ordering) PositionOf(n *Node, tag string) Position {
	p := Position{ID: n.ID, Tag: tag, Keys: make([]any, len(o.Order))}
	for i, by := range o.Order {
		p.Keys[i] = PropertyOf(n, by.Property)
	}
	return p
}

// Compare orders two positions: absent values last in both directions, then by
// id and tag.
func (o Ordering) Compare(a, b Position) int {
	for i, by := range o.Order {
		v, w := a.Keys[i], b.Keys[i]
		switch {
		case v == nil && w == nil:
			continue
		case v == nil:
			return 1
		case w == nil:
			return -1
		}
		c := CompareValues(v, w)
		if by.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Tag, b.Tag))
}
