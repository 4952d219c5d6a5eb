package topology

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// Walk answers from memory where it can: the hits always, their edges by one
// question for exactly those to the store beneath, which has their versions and
// the properties that are not kept. When that store has moved on meanwhile, or
// the graph is not at hand, the store beneath answers alone, so the answer is
// always of one revision.
func (s *Store[F, L]) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	st, ok := s.serves(ctx, w)
	if !ok {
		return s.Store.Walk(ctx, w)
	}
	k := walking[F, L]{
		w: w, g: st.graph, codec: s.codec, hit: newBits(st.graph.Size()),
		wanted: make([]verdict, len(st.graph.Labels())),
	}
	if !k.roots() { // unknown here; the store beneath may know them
		return s.Store.Walk(ctx, w)
	}
	k.walk()
	edges, err := s.Store.EdgesBetween(ctx, k.edges()...)
	if err != nil {
		return store.Subgraph{}, err
	}
	head, err := s.Store.Head(ctx)
	if err != nil {
		return store.Subgraph{}, err
	}
	if head != store.Revision(st.graph.Revision()) {
		return s.Store.Walk(ctx, w)
	}
	return k.subgraph(edges), nil
}

// serves finds the graph for a walk, unless the walk asks for more than it
// holds or the graph does not come in time.
func (s *Store[F, L]) serves(ctx context.Context, w store.Walk) (state[F, L], bool) {
	st, _, _ := s.now()
	if st.graph == nil || len(w.Rels) == 0 || w.Depth < 0 || w.Limit < 0 {
		return st, false
	}
	ctx, cancel := context.WithTimeout(ctx, s.opts.Patience)
	defer cancel()
	st, err := s.await(ctx, 0)
	if err != nil {
		return st, false
	}
	for _, rel := range w.Rels {
		if !s.rels[rel] || st.partial[rel] {
			return st, false
		}
	}
	return st, true
}

// walking is one Walk over a graph.
type walking[F any, L comparable] struct {
	w         store.Walk
	g         *adjacency.Graph[F, L]
	codec     Codec[F, L]
	hits      []adjacency.Node // in the order of the answer
	levels    []int            // levels[d] is where depth d begins in hits
	hit       bits
	wanted    []verdict // by label
	truncated bool
}

type verdict uint8

const (
	undecided verdict = iota
	yes
	no
)

// roots takes the first level; false when the graph lacks one of them.
func (k *walking[F, L]) roots() bool {
	var level []adjacency.Node
	for _, id := range k.w.Roots {
		n, ok := k.g.Lookup(string(id))
		if !ok {
			return false
		}
		if k.hit.set(n) {
			level = append(level, n)
		}
	}
	k.take(level)
	return true
}

func (k *walking[F, L]) walk() {
	for d := 0; d < len(k.levels) && k.expands(d) && !k.truncated; d++ {
		var level []adjacency.Node
		for _, n := range k.hits[k.levels[d]:] {
			for _, a := range k.arcs(n) {
				if k.wants(a.Label) && k.hit.set(a.Node) {
					level = append(level, a.Node)
				}
			}
		}
		k.take(level)
	}
}

// take adds a level to the hits, by id, as far as the limit allows.
func (k *walking[F, L]) take(level []adjacency.Node) {
	if len(level) == 0 {
		return
	}
	slices.SortFunc(level, func(a, b adjacency.Node) int { return strings.Compare(k.g.ID(a), k.g.ID(b)) })
	if room := k.w.Limit - len(k.hits); k.w.Limit > 0 && len(level) > room {
		k.truncated = true
		for _, n := range level[room:] {
			k.hit.clear(n)
		}
		level = level[:room]
	}
	k.levels = append(k.levels, len(k.hits))
	k.hits = append(k.hits, level...)
}

// expands tells whether hits of this depth were looked beyond.
func (k *walking[F, L]) expands(depth int) bool { return k.w.Depth == 0 || depth < k.w.Depth }

func (k *walking[F, L]) arcs(n adjacency.Node) []adjacency.Arc {
	if k.w.Direction == store.In {
		return k.g.In(n)
	}
	return k.g.Out(n)
}

func (k *walking[F, L]) wants(label int32) bool {
	if k.wanted[label] == undecided {
		k.wanted[label] = no
		if rel, _ := k.codec.EdgeID(k.g.Label(label)); slices.Contains(k.w.Rels, rel) {
			k.wanted[label] = yes
		}
	}
	return k.wanted[label] == yes
}

// edges names the edges of the answer.
func (k *walking[F, L]) edges() []store.EdgeKey {
	var keys []store.EdgeKey
	for d, start := range k.levels {
		if !k.expands(d) {
			break
		}
		end := len(k.hits)
		if d+1 < len(k.levels) {
			end = k.levels[d+1]
		}
		for _, n := range k.hits[start:end] {
			for _, a := range k.arcs(n) {
				if k.wants(a.Label) && k.hit.has(a.Node) {
					keys = append(keys, k.key(n, a))
				}
			}
		}
	}
	return keys
}

func (k *walking[F, L]) key(near adjacency.Node, a adjacency.Arc) store.EdgeKey {
	rel, tag := k.codec.EdgeID(k.g.Label(a.Label))
	from, to := near, a.Node
	if k.w.Direction == store.In {
		from, to = to, from
	}
	return store.EdgeKey{Rel: rel, From: store.ID(k.g.ID(from)), To: store.ID(k.g.ID(to)), Tag: tag}
}

func (k *walking[F, L]) subgraph(edges map[store.EdgeKey]store.Edge) store.Subgraph {
	sub := store.Subgraph{Truncated: k.truncated}
	depth := 0
	for i, n := range k.hits {
		for depth+1 < len(k.levels) && i >= k.levels[depth+1] {
			depth++
		}
		sub.Hits = append(sub.Hits, store.Hit{ID: store.ID(k.g.ID(n)), Depth: depth})
	}
	for _, e := range edges {
		sub.Edges = append(sub.Edges, e)
	}
	return sub
}

// bits is a set of nodes.
type bits []uint64

func newBits(size int) bits { return make(bits, (size+63)/64) }

func (b bits) has(n adjacency.Node) bool { return b[n>>6]&(1<<(n&63)) != 0 }

func (b bits) clear(n adjacency.Node) { b[n>>6] &^= 1 << (n & 63) }

// set adds the node, and tells whether it is new.
func (b bits) set(n adjacency.Node) bool {
	if b.has(n) {
		return false
	}
	b[n>>6] |= 1 << (n & 63)
	return true
}
