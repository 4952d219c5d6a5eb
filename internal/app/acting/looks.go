package acting

import (
	"context"
	"sync/atomic"
)

// Looks reports whether an answer was worked out with a look at the estate as it is. What
// the store is asked is noted here, and so is what is decided by what the caller may see of
// it; nothing has to be declared. An answer without one holds whatever is committed later.
type Looks struct{ noted atomic.Bool }

type looksKey struct{}

// WatchLooks returns a context whose answer shows whether anybody looked at the estate for
// it.
func WatchLooks(ctx context.Context) (context.Context, *Looks) {
	l := &Looks{}
	return context.WithValue(ctx, looksKey{}, l), l
}

// Is reports whether anybody looked, as far as the answer was worked out.
func (l *Looks) Is() bool { return l.noted.Load() }

// NoteLook notes a look at the estate.
func NoteLook(ctx context.Context) {
	if l, ok := ctx.Value(looksKey{}).(*Looks); ok {
		l.noted.Store(true)
	}
}
