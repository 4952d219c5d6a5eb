package adjacency

import "strings"

// Builder loads a whole graph at once, with arc lists that lie together.
type Builder[F any, L comparable] struct {
	e                Editor[F, L]
	from, to, labels []int32
	text             strings.Builder // the chunk that ids and keys are packed into
	label            L               // of the arc before: arcs of one kind often come in a row
	number           int32
}

// NewBuilder starts an empty graph.
func NewBuilder[F any, L comparable]() *Builder[F, L] {
	return &Builder[F, L]{e: *New[F, L]().Edit()}
}

// AddNode adds a node, or replaces key and facts of the one with this id.
func (b *Builder[F, L]) AddNode(id, key string, facts F) Node {
	return b.e.PutNode(b.pack(id), b.pack(key), facts)
}

// pack copies the text into a chunk shared with others. Millions of short
// strings on their own would cost their allocator's rounding each.
func (b *Builder[F, L]) pack(s string) string {
	const chunk = 64 << 10
	if b.text.Cap()-b.text.Len() < len(s) {
		b.text = strings.Builder{}
		b.text.Grow(max(chunk, len(s)))
	}
	start := b.text.Len()
	b.text.WriteString(s)
	return b.text.String()[start:]
}

// Lookup finds a node that was added, by its id. In a Builder nothing is removed
// and no number is left over, so the dictionary alone knows.
func (b *Builder[F, L]) Lookup(id string) (Node, bool) { return b.e.g.names.number(id) }

// AddArc adds an arc. Unlike Editor.PutArc it does not look for one to replace.
func (b *Builder[F, L]) AddArc(from, to Node, label L) {
	b.from = append(b.from, from)
	b.to = append(b.to, to)
	if len(b.labels) == 0 || label != b.label {
		b.label, b.number = label, b.e.label(label)
	}
	b.labels = append(b.labels, b.number)
}

// Len counts the nodes so far.
func (b *Builder[F, L]) Len() int { return b.e.g.live }

// Bytes estimates what the graph would take if the loading ended now.
func (b *Builder[F, L]) Bytes() int64 {
	g := b.e.g
	g.arcs = len(b.from)
	return g.Bytes()
}

// Graph ends the loading. The Builder must not be used afterwards.
func (b *Builder[F, L]) Graph(revision int64) *Graph[F, L] {
	g := b.e.Graph(revision)
	g.arcs = len(b.from)
	lay(g, b.from, b.to, b.labels, func(p *page[F]) *[pageSize][]Arc { return &p.out })
	lay(g, b.to, b.from, b.labels, func(p *page[F]) *[pageSize][]Arc { return &p.in })
	return g
}

// lay gives each near node its arcs, in the order they were added, cut from one
// array. Each list's capacity ends with it, so that appending copies.
func lay[F any, L comparable](g *Graph[F, L], near, far, labels []int32, side func(*page[F]) *[pageSize][]Arc) {
	start := make([]int32, g.size+1)
	for _, n := range near {
		start[n+1]++
	}
	for n := range g.size {
		start[n+1] += start[n]
	}
	arcs := make([]Arc, len(near))
	next := append([]int32(nil), start[:g.size]...)
	for i, n := range near {
		arcs[next[n]] = Arc{far[i], labels[i]}
		next[n]++
	}
	for n := range g.size {
		if start[n] < start[n+1] {
			side(g.pages[n>>pageBits])[n&pageMask] = arcs[start[n]:start[n+1]:start[n+1]]
		}
	}
}
