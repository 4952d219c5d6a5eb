package store

import "context"

type urgentKey struct{}

// WithUrgent marks what is done in the context as cheap and waited for: a store
// that hands out its means one after the other keeps some for it.
func WithUrgent(ctx context.Context) context.Context {
	return context.WithValue(ctx, urgentKey{}, true)
}

// Urgent reports whether a context is marked so.
func Urgent(ctx context.Context) bool { return ctx.Value(urgentKey{}) != nil }
