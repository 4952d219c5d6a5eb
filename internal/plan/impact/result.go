package impact

import (
	"slices"
	"sync"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/reach"
)

// Result is the answer of an analysis. What costs more than the analysis is
// computed when first asked for. All methods may be called concurrently.
type Result struct {
	g       *Graph
	q       Query
	sources int32
	hits    []hit   // sources first, then level by level, each in node order
	levels  []int32 // where each depth begins in hits, and where the last ends
	// listed are the positions of the hits in the answer, by depth; nil when
	// all are from the sources to end.
	listed  []int32
	end     int32
	omitted int
	hidden  int
	// redundant counts the needs that others stand in for.
	redundant int
	stopAt    map[Node]bool

	indexed sync.Once
	index   *reach.Index // positions in hits, by node
	mu      sync.Mutex
	cameBy  map[int32]step // by position; guarded by mu
}

func newResult(s *spread) (*Result, error) {
	r := &Result{g: s.g, q: s.q, sources: s.sources, hits: slices.Clone(s.hits), stopAt: s.stopAt}
	r.levels = levelsOf(r.hits)
	r.end = int32(len(r.hits))
	if d := r.q.MaxDepth; d > 0 && d+1 < len(r.levels) {
		r.end = r.levels[d+1]
	}
	if wanted := r.siteFilter(); wanted != nil || r.q.Sees != nil || s.redundant > 0 {
		if err := r.list(wanted, s.pace); err != nil {
			return nil, err
		}
	} else {
		r.omitted = len(r.hits) - int(r.end)
	}
	return r, nil
}

// levelsOf tells where each depth begins. No depth between is empty.
func levelsOf(hits []hit) []int32 {
	levels := []int32{0}
	for p := 0; p < len(hits); {
		depth := hits[p].depth()
		n, _ := slices.BinarySearchFunc(hits[p:], depth+1, func(h hit, d int32) int { return int(h.depth() - d) })
		p += n
		levels = append(levels, int32(p))
	}
	return levels
}

// list picks the hits that are wanted, and counts those that may not be told
// of, and the needs that others stand in for, whatever their depth.
func (r *Result) list(wanted func(Node) bool, p *pace.Pace) error {
	r.listed = make([]int32, 0, r.end-r.sources)
	for i := r.sources; int(i) < len(r.hits); i++ {
		if err := p.Steps(1 + len(r.g.Out(r.hits[i].node))); err != nil {
			return err
		}
		switch {
		case wanted != nil && !wanted(r.hits[i].node):
		case !r.q.sees(r.hits[i].node):
			r.hidden++
		case r.hits[i].strength() == 0:
			r.redundant++
		case i < r.end:
			r.listed = append(r.listed, i)
		default:
			r.omitted++
		}
	}
	return nil
}

// at is the position of the i-th hit in the answer.
func (r *Result) at(i int) int32 {
	if r.listed == nil {
		return r.sources + int32(i)
	}
	return r.listed[i]
}

// level tells which hits of the answer, counted from 0, have a depth.
func (r *Result) level(depth int) (from, end int) {
	first, last := r.levels[depth], min(r.levels[depth+1], r.end)
	if r.listed == nil {
		return int(first - r.sources), int(last - r.sources)
	}
	from, _ = slices.BinarySearch(r.listed, first)
	end, _ = slices.BinarySearch(r.listed, last)
	return from, end
}

// depth is that of the deepest level in the answer.
func (r *Result) depth() int {
	d := len(r.levels) - 2
	for d > 0 && r.levels[d] >= r.end {
		d--
	}
	return d
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
func (r *Result) Len() int {
	if r.listed == nil {
		return int(r.end - r.sources)
	}
	return len(r.listed)
}

// Sees tells whether a node may be told of.
func (r *Result) Sees(n Node) bool { return r.q.sees(n) }

// Hidden counts the hits that may not be told of.
func (r *Result) Hidden() int { return r.hidden }

// Redundant counts the needs whose loss alone hurts no source, since others
// stand in for them (I5).
func (r *Result) Redundant() int { return r.redundant }

// Omitted counts the hits beyond the depth limit (I8).
func (r *Result) Omitted() int { return r.omitted }

// Sources lists the sources that may be told of, each once, by key.
func (r *Result) Sources() []Node {
	nodes := make([]Node, 0, r.sources)
	for i := range r.hits[:r.sources] {
		if n := r.hits[i].node; r.q.sees(n) {
			nodes = append(nodes, n)
		}
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

// findAt tells the position of a hit or source of some depth: a level is in the
// order of its nodes.
func (r *Result) findAt(depth int32, n Node) (int32, bool) {
	first, end := r.levels[depth], r.levels[depth+1]
	if depth == 0 { // the sources stand as they were given
		i := slices.IndexFunc(r.hits[:end], func(h hit) bool { return h.node == n })
		return int32(i), i >= 0
	}
	i, ok := slices.BinarySearchFunc(r.hits[first:end], n, func(h hit, n Node) int { return int(h.node) - int(n) })
	return first + int32(i), ok
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
	return min(r.q.passes(l), r.hits[at].strength())
}
