package model

import (
	"fmt"
	"slices"
	"strings"
)

// Order puts records of an input in the order of their keys.
type Order struct {
	At []int32 // by number: the place in the input
	No []int32 // by place in the input: the number
}

// Len counts the records.
func (o *Order) Len() int { return len(o.At) }

// ordered numbers records by key, and tells of keys that are there twice.
func ordered(kind string, n int, key func(at int32) string) (Order, error) {
	o := Order{At: make([]int32, n), No: make([]int32, n)}
	for i := range o.At {
		o.At[i] = int32(i)
	}
	slices.SortFunc(o.At, func(a, b int32) int { return strings.Compare(key(a), key(b)) })
	for no, at := range o.At {
		o.No[at] = int32(no)
		if no > 0 && key(o.At[no-1]) == key(at) {
			return o, fmt.Errorf("the input has %s:%s twice", kind, key(at))
		}
	}
	return o, nil
}

// number translates a place of the input. It fails on one that is not there.
func (o *Order) number(kind string, at int32) (int32, error) {
	if at < 0 || int(at) >= len(o.No) {
		return 0, fmt.Errorf("the input names the %s at %d of %d", kind, at, len(o.No))
	}
	return o.No[at], nil
}
