// Package optional deals with values that may be absent: pointers that may be nil.
package optional

// Or returns the value, or otherwise where there is none.
func Or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// Text returns a text, nil when there is none.
func Text(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// First returns the first of a list, nil when it is empty.
func First[T any](list []*T) *T {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}
