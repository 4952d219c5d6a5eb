package impact

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/diagram"
)

// Drawing is the part of an answer that fits into a picture (I9): the hits in
// their order with the chains that lead to them, then what is left of the
// sources.
type Drawing struct {
	Nodes   []Drawn
	Links   []DrawnLink
	Omitted int // sources and hits that are not drawn (I8)
}

// Drawn is an item in a picture.
type Drawn struct {
	Node Node
	Role diagram.Role
}

// DrawnLink is a dependency between two items of a picture, by their positions.
type DrawnLink struct {
	From, To int
	Kind     domain.DependencyKind
}

// Draw lays out a picture of at most so many items.
func (r *Result) Draw(ctx context.Context, limit int) (Drawing, error) {
	d := drawing{ctx: ctx, r: r, limit: limit, at: map[Node]int{}}
	hits, _, err := r.Page(ctx, Place{}, limit)
	if err != nil {
		return Drawing{}, err
	}
	listed := make(map[Node]bool, len(hits))
	for _, h := range hits {
		listed[h.Node] = true
	}
	drawnHits := 0
	for _, h := range hits {
		drawn, err := d.chain(h, listed)
		if err != nil {
			return Drawing{}, err
		}
		if !drawn {
			break
		}
		drawnHits++
	}
	drawnSources := 0
	for _, n := range r.Sources() {
		if _, ok := d.at[n]; ok || d.add(n, diagram.Source) {
			drawnSources++
		}
	}
	d.Omitted = r.Len() - drawnHits + len(r.Sources()) - drawnSources
	return d.Drawing, nil
}

type drawing struct {
	Drawing
	ctx   context.Context
	r     *Result
	limit int
	at    map[Node]int
}

// chain draws what is still missing of a hit's chain; false when it does not
// fit.
func (d *drawing) chain(h Hit, listed map[Node]bool) (bool, error) {
	chain, err := d.r.Chain(d.ctx, h)
	if err != nil {
		return false, err
	}
	if !d.r.q.Dependencies {
		slices.Reverse(chain) // from the source on
	}
	for _, l := range chain {
		near, far := l.To, l.From
		if d.r.q.Dependencies {
			near, far = far, near
		}
		if !d.r.q.sees(near) || !d.r.q.sees(far) {
			if d.r.q.sees(far) && !d.add(far, d.role(far, listed)) {
				return false, nil
			}
			continue
		}
		if !d.add(near, d.role(near, listed)) {
			return false, nil
		}
		if _, ok := d.at[far]; ok {
			continue
		}
		if !d.add(far, d.role(far, listed)) {
			return false, nil
		}
		d.Links = append(d.Links, DrawnLink{d.at[l.From], d.at[l.To], l.Kind})
	}
	return true, nil
}

func (d *drawing) add(n Node, role diagram.Role) bool {
	if _, ok := d.at[n]; ok {
		return true
	}
	if len(d.Nodes) >= d.limit {
		return false
	}
	d.at[n] = len(d.Nodes)
	d.Nodes = append(d.Nodes, Drawn{n, role})
	return true
}

func (d *drawing) role(n Node, listed map[Node]bool) diagram.Role {
	p, _ := d.r.find(n)
	switch {
	case p < d.r.sources:
		return diagram.Source
	case !listed[n]:
		return diagram.Passed
	case d.r.hits[p].strength() == full:
		return diagram.Full
	}
	return diagram.Degraded
}
