package conflict

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/path"
)

// Conflict is one thing that does not go together (H6). Two pieces of work have
// at most one conflict of each kind, and none of DEPENDENCY beside DIRECT,
// which says more. What a conflict is about is worked out when it is asked for:
// Plan.Touched and Plan.Chain.
type Conflict struct {
	Kind domain.ConflictKind
	// A and B are the two sides, as places among the work; A begins first. B is
	// -1 where the other side is windows.
	A, B int
	// Overlap is when both sides meet first; of work outside its windows, when it
	// is first outside. Work may meet a freeze several times, and be outside its
	// windows: Overlap is then the first that meets what is asked for.
	Overlap domain.TimeRange
	// Windows are the other side, as places among windows (OUTSIDE_WINDOW: none
	// of them is open all the time) or among freezes (FREEZE: one).
	Windows []int

	depends uint8 // which side depends on which
	by      *Windows
}

const (
	aOnB uint8 = 1 << iota
	bOnA
)

// Touched lists, by key, the items and sites that both sides share or, beside
// windows, those to which the windows apply.
func (p *Plan) Touched(c *Conflict) (items, sites []Node) {
	a := &p.works[c.A]
	switch c.Kind {
	case domain.ConflictDirect:
		items = common(a.Items, p.works[c.B].Items)
	case domain.ConflictSite:
		sites = p.meeting(a, &p.works[c.B])
	case domain.ConflictFreeze:
		items, sites = c.by.touched(c.Windows[0], a)
	case domain.ConflictOutside:
		items, sites = c.by.needing(c.Windows, a)
	}
	p.byKey(items)
	p.byKey(sites)
	return items, sites
}

func (p *Plan) byKey(nodes []Node) {
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(p.g.Key(a), p.g.Key(b)) })
}

// Chain is a shortest chain of dependencies by which a DEPENDENCY conflict
// comes about, from an item of the side that depends to one of the other; empty
// for other kinds. Where both depend on each other it is the shorter of the
// two, of A on B when they are equal.
func (p *Plan) Chain(ctx context.Context, c *Conflict) ([]path.Link, error) {
	var best []path.Link
	if c.depends&aOnB != 0 {
		there, _, err := path.Between(ctx, p.g, p.works[c.A].Items, p.works[c.B].Items)
		if err != nil {
			return nil, err
		}
		best = there
	}
	if c.depends&bOnA != 0 {
		back, ok, err := path.Between(ctx, p.g, p.works[c.B].Items, p.works[c.A].Items)
		if err != nil {
			return nil, err
		}
		if ok && (best == nil || len(back) < len(best)) {
			best = back
		}
	}
	return best, nil
}

// order is by time, then by the keys of both sides, then by kind.
func (p *Plan) order(x, y Conflict) int {
	other := func(c Conflict) string {
		if c.B < 0 {
			return ""
		}
		return p.works[c.B].Key
	}
	return cmp.Or(
		x.Overlap.From.Compare(y.Overlap.From), cmp.Compare(p.works[x.A].Key, p.works[y.A].Key), cmp.Compare(other(x), other(y)),
		slices.Index(domain.ConflictKinds, x.Kind)-slices.Index(domain.ConflictKinds, y.Kind), slices.Compare(x.Windows, y.Windows),
	)
}
