package estate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/authz"
)

// Audience names those who may read the same as whoever asks (ADR 12). For all of them the
// policies decide the same about reading each kind and relationship, and they have the
// same sites and suppliers where these matter. An answer for one of them that is not
// personal is the answer for all.
func (a *Estate) Audience(ctx context.Context) string {
	actor := acting.Reader(ctx).Actor
	grants := a.Policies.For(actor)
	var b strings.Builder
	all := true
	for _, kind := range authz.Kinds() {
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
