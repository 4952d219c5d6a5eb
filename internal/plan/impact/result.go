package impact

import (
	"slices"
	"sync"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/reach"
)

// Result is the answer of an analysis. What costs more than the analysis is
// computed when first asked for. All methods may be called concurrently.
type Result struct {
	g       *Graph
	q       Query
	sources int32
	hits    []hit   // sources first, then by depth
	listed  []int32 // positions of the hits in the answer, by depth
	omitted int
	stopAt  map[Node]bool

	indexed sync.Once
	index   *reach.Index // positions in hits, by node
	mu      sync.Mutex
	cameBy  map[int32]step // by position; guarded by mu
}

func newResult(s *spread) *Result {
	r := &Result{g: s.g, q: s.q, sources: s.sources, hits: slices.Clone(s.hits), stopAt: s.stopAt}
	end := len(r.hits)
	if d := r.q.MaxDepth; d > 0 {
		end = r.depthStart(d + 1)
	}
	wanted := r.siteFilter()
	r.listed = make([]int32, 0, end-int(s.sources))
	for i := s.sources; int(i) < len(r.hits); i++ {
		switch {
		case wanted != nil && !wanted(r.hits[i].node):
		case int(i) < end:
			r.listed = append(r.listed, i)
		default:
			r.omitted++
		}
	}
	return r
}

// depthStart is the first position whose hit is at the depth or beyond it.
func (r *Result) depthStart(depth int) int {
	i, _ := slices.BinarySearchFunc(r.hits[r.sources:], depth, func(h hit, d int) int { return int(h.depth) - d })
	return i + int(r.sources)
}

func (r *Result) siteFilter() func(Node) bool {
	if r.q.Sites == nil {
		return nil
	}
	sites := reach.Of(r.q.Sites)
	return func(n Node) bool {
		for _, a := range r.g.Out(n) {
			if _, ok := sites.Find(a.Node); ok && r.g.Labels()[a.Label].Rel == domain.RelInstalledAt {
				return true
			}
		}
		return false
	}
}

// Graph is the graph that was analysed.
func (r *Result) Graph() *Graph { return r.g }

// Len counts the hits in the answer.
func (r *Result) Len() int { return len(r.listed) }

// Omitted counts the hits beyond the depth limit (I8).
func (r *Result) Omitted() int { return r.omitted }

// Sources lists the sources, each once, by key.
func (r *Result) Sources() []Node {
	nodes := make([]Node, r.sources)
	for i := range nodes {
		nodes[i] = r.hits[i].node
	}
	slices.SortFunc(nodes, r.byKey)
	return nodes
}

// find tells the position of a source or hit.
func (r *Result) find(n Node) (int32, bool) {
	r.indexed.Do(func() {
		nodes := make([]Node, len(r.hits))
		for i := range r.hits {
			nodes[i] = r.hits[i].node
		}
		r.index = reach.Of(nodes)
	})
	return r.index.Find(n)
}

// spreads tells whether the source or hit at the position passes on anything:
// where the caller wanted to stop it does not.
func (r *Result) spreads(position int32) bool {
	return position < r.sources || !r.stopAt[r.hits[position].node]
}

// hurts tells whether a dependency passes on something to the hit in the end.
func (r *Result) hurts(to Node, l *domain.Link) bool {
	if r.q.passes(l) == 0 {
		return false
	}
	if !r.q.grouped(l) {
		return true
	}
	return r.outcome(to, l.Group) > 0
}

// outcome works out again, from the strengths that were found, what a
// redundancy group of an item came to (I5): the few that are asked about need
// no memory of all.
func (r *Result) outcome(item Node, name string) uint8 {
	hurt := map[Node]uint8{} // what each member contributes
	g := group{minimum: 1}
	for _, a := range r.g.Out(item) {
		if l := &r.g.Labels()[a.Label]; l.Group == name && l.Rel == domain.RelDependsOn {
			hurt[a.Node] = max(hurt[a.Node], r.contribution(a.Node, l))
		}
	}
	g.members = int32(len(hurt))
	for _, a := range r.g.Out(item) {
		if l := &r.g.Labels()[a.Label]; l.Group == name && l.Rel == domain.RelDependsOn {
			g.minimum = max(g.minimum, l.Minimum, percent(l.MinimumPercent, g.members))
		}
	}
	for _, c := range hurt {
		switch c {
		case full:
			g.full++
		case degraded:
			g.degraded++
		}
	}
	if g.full+g.degraded == 0 {
		return 0
	}
	return g.evaluate()
}

// contribution is what a supplier passes on along one dependency.
func (r *Result) contribution(supplier Node, l *domain.Link) uint8 {
	at, hit := r.find(supplier)
	if !hit || !r.spreads(at) {
		return 0
	}
	return min(r.q.passes(l), r.hits[at].strength)
}
