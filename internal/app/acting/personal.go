package acting

import (
	"context"
	"sync/atomic"
)

// Personal reports whether an answer depends on more of who asks than their
// audience (ADR 12): on their name, their token, or what they may do besides
// reading. Whatever an answer asks of who asks goes through From, which notes it
// here; nothing has to be declared.
type Personal struct{ noted atomic.Bool }

type personalKey struct{}

// WatchPersonal returns a context whose answer shows whether it is personal.
func WatchPersonal(ctx context.Context) (context.Context, *Personal) {
	p := &Personal{}
	return context.WithValue(ctx, personalKey{}, p), p
}

// Is reports whether the answer is personal, as far as it was worked out.
func (p *Personal) Is() bool { return p.noted.Load() }

func notePersonal(ctx context.Context) {
	if p, ok := ctx.Value(personalKey{}).(*Personal); ok {
		p.noted.Store(true)
	}
}
