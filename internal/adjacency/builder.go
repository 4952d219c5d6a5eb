package adjacency

import "strings"

// Builder loads a whole graph at once, with arc lists that lie together.
type Builder[F any, L comparable] struct {
	e       Editor[F, L]
	unnamed bool // some nodes are not in the dictionary yet
	arcs    []NewArc
	text    strings.Builder // the chunk that ids and keys are packed into
}

// NewBuilder starts an empty graph.
func NewBuilder[F any, L comparable]() *Builder[F, L] {
	return &Builder[F, L]{e: *New[F, L]().Edit()}
}

// AddNode adds a node, or replaces key and facts of the one with this id.
func (b *Builder[F, L]) AddNode(id, key string, facts F) Node {
	return b.e.PutNode(b.pack(id), b.pack(key), facts)
}

// AddNewNode adds a node whose id is not there yet: who knows that spares looking.
// Lookup finds it once the loading has ended.
func (b *Builder[F, L]) AddNewNode(id, key string, facts F) Node {
	b.unnamed = true
	n := b.e.g.size
	b.e.putAt(n, b.pack(id), b.pack(key), facts)
	return n
}

// name fills the dictionary, which is made as large as it becomes.
func (b *Builder[F, L]) name() {
	g := &b.e.g
	names := make(map[string]int32, g.size)
	for n := range g.size {
		names[g.ID(n)] = n
	}
	g.names.numbers = names
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
	b.AddArcs([]NewArc{{from, to, b.Label(label)}})
}

// NewArc is an arc that is added; Label is a number that the Builder gave.
type NewArc struct {
	From, To Node
	Label    int32
}

// Label returns the number of a label.
func (b *Builder[F, L]) Label(label L) int32 { return b.e.label(label) }

// AddArcs adds arcs, as AddArc does.
func (b *Builder[F, L]) AddArcs(arcs []NewArc) { b.arcs = append(b.arcs, arcs...) }

// Len counts the nodes so far.
func (b *Builder[F, L]) Len() int { return b.e.g.live }

// Bytes estimates what the graph would take if the loading ended now.
func (b *Builder[F, L]) Bytes() int64 {
	g := b.e.g
	g.arcs = len(b.arcs)
	return g.Bytes()
}

// Graph ends the loading. The Builder must not be used afterwards.
func (b *Builder[F, L]) Graph(revision int64) *Graph[F, L] {
	if b.unnamed {
		b.name()
	}
	g := b.e.Graph(revision)
	g.arcs = len(b.arcs)
	lay(g, b.arcs, NewArc.out, func(p *page[F]) *[pageSize][]Arc { return &p.out })
	lay(g, b.arcs, NewArc.in, func(p *page[F]) *[pageSize][]Arc { return &p.in })
	return g
}

// out is the arc as it leaves its near node.
func (a NewArc) out() (near Node, arc Arc) { return a.From, Arc{a.To, a.Label} }

// in is the arc as it enters its near node.
func (a NewArc) in() (near Node, arc Arc) { return a.To, Arc{a.From, a.Label} }

// lay gives each near node its arcs, in the order they were added, cut from one
// array. Each list's capacity ends with it, so that appending copies.
func lay[F any, L comparable](g *Graph[F, L], added []NewArc, at func(NewArc) (Node, Arc), side func(*page[F]) *[pageSize][]Arc) {
	start := make([]int32, g.size+1)
	for _, a := range added {
		n, _ := at(a)
		start[n+1]++
	}
	for n := range g.size {
		start[n+1] += start[n]
	}
	arcs := make([]Arc, len(added))
	next := append([]int32(nil), start[:g.size]...)
	for _, a := range added {
		n, arc := at(a)
		arcs[next[n]] = arc
		next[n]++
	}
	for n := range g.size {
		if start[n] < start[n+1] {
			side(g.pages[n>>pageBits])[n&pageMask] = arcs[start[n]:start[n+1]:start[n+1]]
		}
	}
}
