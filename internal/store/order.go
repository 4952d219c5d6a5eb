package store

import (
	"cmp"
	"slices"
	"time"
)

// CompareValues orders two values of one property type: false before true,
// strings bytewise, absent ones (nil) last. Lists have no order.
func CompareValues(a, b any) int {
	switch a := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return 1
	case bool:
		if b, ok := b.(bool); ok {
			return compareBools(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	}
	return -1
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// CompareGroups orders the groups of an Aggregation: by count, largest first,
// then by values.
func CompareGroups(a, b Group) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), slices.CompareFunc(a.Values, b.Values, CompareValues))
}
