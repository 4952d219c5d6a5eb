// Package once keeps what is worked out once.
package once

import "sync"

// Value is something that is worked out when it is first asked for. The zero Value is
// ready.
type Value[T any] struct {
	once  sync.Once
	Value T // once it is worked out
	err   error
}

// Get returns the value, and works it out the first time.
func (v *Value[T]) Get(work func() (T, error)) (T, error) {
	v.once.Do(func() { v.Value, v.err = work() })
	return v.Value, v.err
}
