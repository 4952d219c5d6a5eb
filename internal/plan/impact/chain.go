package impact

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Link is a dependency of a chain: From depends on To.
type Link struct {
	From, To Node
	domain.Link
}

// step is how the analysis came to a hit: from which nearer one, along what.
type step struct {
	position int32
	label    int32
}

// Chain is one shortest chain of dependencies that explains the hit (I3). It
// reads as the dependencies run, each link's To the next one's From: from the
// hit to a source, or among DEPENDENCIES from a source to the hit. Of several it is the one whose nodes, read from the
// hit, have the least keys, and of parallel links the strongest.
func (r *Result) Chain(ctx context.Context, h Hit) ([]Link, error) {
	steps := pace.Of(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	var chain []Link
	for p := h.position; p >= r.sources; {
		s, err := r.came(p, steps)
		if err != nil {
			return nil, err
		}
		chain = append(chain, r.link(p, s))
		p = s.position
	}
	if r.q.Dependencies {
		slices.Reverse(chain)
	}
	return chain, nil
}

func (r *Result) link(p int32, s step) Link {
	far, near := r.hits[p].node, r.hits[s.position].node
	l := r.g.Label(s.label)
	if r.q.Dependencies {
		return Link{near, far, l}
	}
	return Link{far, near, l}
}

// came finds the last step of a hit's chain.
func (r *Result) came(p int32, steps *pace.Pace) (step, error) {
	if s, ok := r.cameBy[p]; ok {
		return s, nil
	}
	best := step{position: -1}
	nearer := r.hits[p].depth() - 1
	for _, a := range r.q.back(r.g, r.hits[p].node) {
		if err := steps.Step(); err != nil {
			return step{}, err
		}
		from, ok := r.findAt(nearer, a.Node)
		if !ok || !r.spreads(from) {
			continue
		}
		s := step{from, a.Label}
		if r.hurts(r.hits[p].node, &r.g.Labels()[a.Label]) && (best.position < 0 || r.compare(s, best) < 0) {
			best = s
		}
	}
	if r.cameBy == nil {
		r.cameBy = map[int32]step{}
	}
	r.cameBy[p] = best
	return best, nil
}

func (r *Result) compare(a, b step) int {
	l, m := &r.g.Labels()[a.label], &r.g.Labels()[b.label]
	return cmp.Or(
		cmp.Compare(r.g.Key(r.hits[a.position].node), r.g.Key(r.hits[b.position].node)),
		cmp.Compare(r.q.passes(m), r.q.passes(l)),
		cmp.Compare(slices.Index(domain.DependencyKinds, l.Kind), slices.Index(domain.DependencyKinds, m.Kind)),
		cmp.Compare(l.Group, m.Group),
	)
}
