package estate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"releasegraph/internal/authz"
)

// Audience names those who may read the same as whoever asks (ADR 12): of whom
// the same is decided about reading each kind and relationship, and who have the
// same sites and suppliers where that matters. An answer that was worked out for
// one of them, and is not personal, is that for all of them.
func (a *Estate) Audience(ctx context.Context) string {
	actor := AudienceFrom(ctx).Actor
	grants := a.Policies.For(actor)
	var b strings.Builder
	all := true
	for _, kind := range Governed() {
		d := grants.Decide(actor, authz.Read, kind)
		all = all && (d.All() || !d.Any())
		fmt.Fprintf(&b, "%s %d of %d\n", kind, d.Granted, d.Possible)
	}
	if !all {
		for _, keys := range [][]string{actor.Sites, actor.Suppliers} {
			keys = slices.Compact(slices.Sorted(slices.Values(keys)))
			fmt.Fprintf(&b, "%q\n", keys)
		}
	}
	return b.String()
}

// Personal tells whether an answer depends on more of who asks than their
// Audience: on their name, their token, or what they may do besides reading.
// Whatever an answer asks of the actor goes through ActingFrom, which notes it
// here; nothing has to be declared.
type Personal struct{ noted atomic.Bool }

type personalKey struct{}

// WatchPersonal returns a context whose answer shows whether it is personal.
func WatchPersonal(ctx context.Context) (context.Context, *Personal) {
	p := &Personal{}
	return context.WithValue(ctx, personalKey{}, p), p
}

// Is tells whether the answer is personal, as far as it was worked out.
func (p *Personal) Is() bool { return p.noted.Load() }

func notePersonal(ctx context.Context) {
	if p, ok := ctx.Value(personalKey{}).(*Personal); ok {
		p.noted.Store(true)
	}
}
