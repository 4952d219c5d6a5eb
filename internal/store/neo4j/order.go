package neo4j

import (
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// sortKey is one key of a total order, as an expression.
type sortKey struct {
	at         string
	descending bool
	nullable   bool
}

// keys lists the sort keys of an order; last are those that make it total.
func (b *builder) keys(order []store.Order, s scope, last ...sortKey) []sortKey {
	var list []sortKey
	for _, o := range order {
		_, declared := b.catalog.Property(s.kinds[0], o.Property)
		own := o.Property == idProp || o.Property == createdProp || o.Property == updatedProp || o.Property == "version"
		list = append(list, sortKey{b.property(o.Property, s), o.Descending, declared && !own})
	}
	return append(list, last...)
}

// orderBy writes the order, null last whatever the direction; backward turns
// all of it round.
func orderBy(keys []sortKey, backward bool) string {
	var parts []string
	for _, k := range keys {
		if k.nullable {
			parts = append(parts, k.at+" IS NULL"+direction(backward))
		}
		parts = append(parts, k.at+direction(k.descending != backward))
	}
	return "ORDER BY " + strings.Join(parts, ", ")
}

func direction(descending bool) string {
	if descending {
		return " DESC"
	}
	return ""
}

// beyond writes the condition of lying strictly after the position in the
// order, or before it.
func (b *builder) beyond(keys []sortKey, position []any, before bool) string {
	k, v := keys[0], position[0]
	rest := ""
	if len(keys) > 1 {
		rest = b.beyond(keys[1:], position[1:], before)
	}
	switch {
	case v == nil && before && rest == "":
		return k.at + " IS NOT NULL"
	case v == nil && before:
		return fmt.Sprintf("(%[1]s IS NOT NULL OR %[1]s IS NULL AND %[2]s)", k.at, rest)
	case v == nil && rest == "":
		return "false"
	case v == nil:
		return fmt.Sprintf("(%s IS NULL AND %s)", k.at, rest)
	}
	parts := []string{b.than(k.at, v, k.descending == before)}
	if k.nullable && !before {
		parts = append(parts, k.at+" IS NULL")
	}
	if rest != "" {
		parts = append(parts, fmt.Sprintf("%s = %s AND %s", k.at, b.param(v), rest))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// than compares strictly; strings bytewise.
func (b *builder) than(at string, v any, greater bool) string {
	op := store.Lt
	if greater {
		op = store.Gt
	}
	if text, ok := v.(string); ok {
		return b.textRange(at, op, text)
	}
	return fmt.Sprintf("%s %s %s", at, comparisons[op], b.param(v))
}

// limit writes the limit, none for 0.
func (b *builder) limit(n int) string {
	if n == 0 {
		return ""
	}
	return " LIMIT " + b.param(int64(n))
}
