package impact

import "releasegraph/internal/adjacency"

// lookahead fetches the arcs of several hits before the first of them is
// worked on. A traversal waits for memory most of its time; loads that do not
// depend on each other wait together.
type lookahead struct {
	arcs [16][]adjacency.Arc
	sum  int32 // of first labels, so that the arcs themselves are fetched too
}

// load fetches the arcs of as many of the hits as fit, and tells how many.
func load[T any](l *lookahead, hits []T, of func(*T) []adjacency.Arc) int32 {
	n := min(len(hits), len(l.arcs))
	for k := range n {
		l.arcs[k] = of(&hits[k])
	}
	for _, arcs := range l.arcs[:n] {
		if len(arcs) > 0 {
			l.sum += arcs[0].Label
		}
	}
	return int32(n)
}
