package topology

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// load reads the whole graph from the store beneath. One goroutine reads while
// another builds, since either takes about as long.
func (s *Store[F, L]) load(ctx context.Context) (state[F, L], error) {
	l := &loading[F, L]{s: s, parts: make(chan part[F, L], waiting), spare: make(chan part[F, L], waiting+2), ended: make(chan struct{})}
	b := &building[F, L]{b: adjacency.NewBuilder[F, L](), partial: map[string]bool{}}
	go func() {
		defer close(l.ended)
		l.err = l.build(b)
	}()
	revision, err := s.Store.Scan(ctx, s.scan, l.add)
	close(l.parts)
	<-l.ended
	if err = cmp.Or(l.err, err); err != nil {
		return state[F, L]{}, err
	}
	return state[F, L]{graph: b.b.Graph(int64(revision)), partial: b.partial, head: revision}, nil
}

// waiting is how many parts may wait for being built of.
const waiting = 4

// loading is a load under way.
type loading[F any, L comparable] struct {
	s     *Store[F, L]
	parts chan part[F, L]
	spare chan part[F, L] // those that were built of, to be filled anew
	ended chan struct{}   // closed when the building has ended
	err   error           // why the building ended early; read it after ended
}

// part is a batch, decoded. Nothing of the store's own is kept.
type part[F any, L comparable] struct {
	nodes []node[F]
	edges []edge[L]
}

type node[F any] struct {
	id, key string
	facts   F
}

type edge[L any] struct {
	from, to string
	rel      string
	label    L
}

// add decodes a batch and passes it on.
func (l *loading[F, L]) add(batch store.Batch) error {
	var p part[F, L]
	select {
	case p = <-l.spare:
	default:
	}
	p.nodes = slices.Grow(p.nodes[:0], len(batch.Nodes))
	p.edges = slices.Grow(p.edges[:0], len(batch.Edges))
	for i := range batch.Nodes {
		n := &batch.Nodes[i]
		key, facts := l.s.codec.Node(n.Kind, n.Props)
		p.nodes = append(p.nodes, node[F]{string(n.ID), key, facts})
	}
	for i := range batch.Edges {
		e := &batch.Edges[i]
		p.edges = append(p.edges, edge[L]{string(e.From), string(e.To), e.Rel, l.s.codec.Edge(e.Rel, e.Tag, e.Props)})
	}
	select {
	case l.parts <- p:
		return nil
	case <-l.ended:
		return l.err
	}
}

// build takes the parts until there are no more, or the graph is too large.
func (l *loading[F, L]) build(b *building[F, L]) error {
	for p := range l.parts {
		for i := range p.nodes {
			b.addNode(&p.nodes[i])
		}
		for i := range p.edges {
			b.addEdge(&p.edges[i])
		}
		if err := l.s.tooLarge(b.b.Len(), b.b.Bytes()); err != nil {
			return err
		}
		select {
		case l.spare <- p:
		default:
		}
	}
	return nil
}

// building is what has been built so far.
type building[F any, L comparable] struct {
	b       *adjacency.Builder[F, L]
	partial map[string]bool
	ends    ends
	anew    bool   // ends is not used
	id      string // the near end of the edge before: those of one node often come in a row
	from    adjacency.Node
	ok      bool
}

func (b *building[F, L]) addNode(n *node[F]) {
	added := b.b.AddNode(n.id, n.key, n.facts)
	if !b.anew {
		b.ends.add(n.id, added)
	}
}

func (b *building[F, L]) addEdge(e *edge[L]) {
	if e.from != b.id {
		b.id = e.from
		b.from, b.ok = b.lookup(e.from)
	}
	to, ok := b.lookup(e.to)
	if !ok || !b.ok {
		b.partial[e.rel] = true
		return
	}
	b.b.AddArc(b.from, to, e.label)
}

func (b *building[F, L]) lookup(id string) (adjacency.Node, bool) {
	if n, ok := b.ends.find(id); ok {
		return n, true
	}
	n, ok := b.b.Lookup(id)
	if ok { // this store makes its ids anew: remembering them is in vain
		b.anew, b.ends = true, ends{}
	}
	return n, ok
}

// tooLargeError says that the graph exceeds what the Options allow. It is an
// ErrUnavailable.
type tooLargeError struct {
	nodes int
	bytes int64
	opts  Options
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the topology is off: the graph of %d nodes or more (about %d bytes) is larger than allowed (%d nodes, %d bytes; 0: any)",
		e.nodes, e.bytes, e.opts.MaxNodes, e.opts.MaxBytes)
}

func (e *tooLargeError) Unwrap() error { return store.ErrUnavailable }

func (s *Store[F, L]) tooLarge(nodes int, bytes int64) error {
	if s.opts.MaxNodes > 0 && nodes > s.opts.MaxNodes || s.opts.MaxBytes > 0 && bytes > s.opts.MaxBytes {
		return &tooLargeError{nodes, bytes, s.opts}
	}
	return nil
}

// withPartial adds a relationship to the partial ones of a state.
func withPartial(partial map[string]bool, rel string) map[string]bool {
	if partial[rel] {
		return partial
	}
	next := maps.Clone(partial)
	next[rel] = true
	return next
}
