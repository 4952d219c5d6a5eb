package conflict

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Query says which conflicts are looked for. The zero value looks for all
// between pieces of work.
type Query struct {
	// Of is the key of the piece of work whose conflicts are looked for, empty:
	// of all.
	Of string
	// Windows and Freezes are what closes work, nil: nothing.
	Windows, Freezes *Windows
	// During leaves out what does not overlap in it, nil: nothing.
	During *domain.TimeRange
	// Kinds are those that are looked for, empty: all.
	Kinds []domain.ConflictKind
	// Most is how many are answered at most, 0: all.
	Most int
}

// wants reports whether any of some kinds is looked for.
func (q *Query) wants(kinds ...domain.ConflictKind) bool {
	return len(q.Kinds) == 0 || slices.ContainsFunc(kinds, func(k domain.ConflictKind) bool { return slices.Contains(q.Kinds, k) })
}

// Found is the answer to a Query, in order: by time, then by the keys of both
// sides, then by kind.
type Found struct {
	Conflicts []Conflict
	// Truncated tells that there are more: those that come after the last.
	Truncated bool
}

// Find finds conflicts: of all work (H6), or of one piece, for which nothing
// else is looked at than what overlaps it. It stops when its context ends.
func (p *Plan) Find(ctx context.Context, q Query) (Found, error) {
	f := newFinder(ctx, p, q)
	search := f.all
	if q.Of != "" {
		search = f.of
	}
	if err := search(); err != nil {
		return Found{}, err
	}
	f.cut()
	return Found{f.list, f.truncated}, nil
}

// gathering keeps the first conflicts of an answer, up to twice as many as are
// answered at most.
type gathering struct {
	plan      *Plan
	q         Query
	list      []Conflict
	truncated bool
	// until is when the last of those that are answered begins, zero: not that
	// many are known.
	until time.Time
	// depending tells where in the list the DEPENDENCY conflict of a pair is.
	depending map[pair]int
}

// late reports whether what begins at a time, or later, comes after all that is
// answered.
func (g *gathering) late(t time.Time) bool { return !g.until.IsZero() && t.After(g.until) }

// add keeps a conflict if it is looked for.
func (g *gathering) add(c Conflict) {
	if g.late(c.Overlap.From) || !g.q.wants(c.Kind) || g.q.During != nil && !c.Overlap.Overlaps(*g.q.During) {
		return
	}
	if c.Kind == domain.ConflictDependency {
		g.depending[pair{c.A, c.B}] = len(g.list)
	}
	g.list = append(g.list, c)
	if most := g.q.Most; most > 0 && len(g.list) >= 2*most {
		g.cut()
	}
}

// cut puts what is known in order, and lets go what comes too late.
func (g *gathering) cut() {
	slices.SortFunc(g.list, g.plan.order)
	if most := g.q.Most; most > 0 && len(g.list) > most {
		g.list, g.truncated = g.list[:most], true
		g.until = g.list[most-1].Overlap.From
	}
	clear(g.depending)
	for i := range g.list {
		if c := &g.list[i]; c.Kind == domain.ConflictDependency {
			g.depending[pair{c.A, c.B}] = i
		}
	}
}
