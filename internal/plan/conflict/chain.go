package conflict

import "releasegraph/internal/plan/path"

// Chain is a shortest chain of dependencies by which a DEPENDENCY conflict
// comes about, from an item of the side that depends to one of the other; empty
// for other kinds. Where both depend on each other it is the shorter of the
// two, of A on B when they are equal.
func (p *Plan) Chain(c *Conflict) []path.Link {
	var best []path.Link
	if c.depends&aOnB != 0 {
		best, _ = path.Between(p.g, p.works[c.A].Items, p.works[c.B].Items)
	}
	if c.depends&bOnA != 0 {
		back, ok := path.Between(p.g, p.works[c.B].Items, p.works[c.A].Items)
		if ok && (best == nil || len(back) < len(best)) {
			best = back
		}
	}
	return best
}
