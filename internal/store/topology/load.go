package topology

import (
	"context"
	"fmt"
	"maps"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// load reads the whole graph from the store beneath.
func (s *Store[F, L]) load(ctx context.Context) (state[F, L], error) {
	l := loading[F, L]{s: s, b: adjacency.NewBuilder[F, L](), partial: map[string]bool{}}
	revision, err := s.Store.Scan(ctx, s.scan, l.add)
	if err != nil {
		return state[F, L]{}, err
	}
	return state[F, L]{graph: l.b.Graph(int64(revision)), partial: l.partial, head: revision}, nil
}

// loading is a load under way.
type loading[F any, L comparable] struct {
	s       *Store[F, L]
	b       *adjacency.Builder[F, L]
	partial map[string]bool
	from    lookup // edges of one node often come in a row
}

type lookup struct {
	id   store.ID
	node adjacency.Node
	ok   bool
}

func (l *loading[F, L]) add(batch store.Batch) error {
	for i := range batch.Nodes {
		n := &batch.Nodes[i]
		key, facts := l.s.codec.Node(n.Kind, n.Props)
		l.b.AddNode(string(n.ID), key, facts)
	}
	for i := range batch.Edges {
		l.addEdge(&batch.Edges[i])
	}
	return l.s.tooLarge(l.b.Len(), l.b.Bytes())
}

func (l *loading[F, L]) addEdge(e *store.Edge) {
	if e.From != l.from.id {
		l.from.id = e.From
		l.from.node, l.from.ok = l.b.Lookup(string(e.From))
	}
	to, ok := l.b.Lookup(string(e.To))
	if !ok || !l.from.ok {
		l.partial[e.Rel] = true
		return
	}
	l.b.AddArc(l.from.node, to, l.s.codec.Edge(e.Rel, e.Tag, e.Props))
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
