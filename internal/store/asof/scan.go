package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Scan hands over the whole graph as it was. It costs as much as today's scan.
func (r *Reader) Scan(ctx context.Context, what store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	s := &scan{Reader: r, what: what, yield: yield, ctx: ctx, done: map[store.ID]bool{}, passed: map[store.EdgeKey]bool{}}
	if err := r.Declared().CheckScan(what); err != nil {
		return 0, err
	}
	if _, err := r.base().Scan(ctx, what, s.batch); err != nil {
		return 0, err
	}
	if err := s.begin(); err != nil {
		return 0, err
	}
	if err := s.lostNodes(); err != nil {
		return 0, err
	}
	return r.revision, s.lostEdges()
}

// scan is one Scan under way.
type scan struct {
	*Reader
	ctx    context.Context
	what   store.Scan
	yield  func(store.Batch) error
	o      *overlay
	done   map[store.ID]bool      // touched nodes that were handed over
	passed map[store.EdgeKey]bool // touched edges that were
	edges  bool                   // the nodes are through
	// What was gone when the scan began. What is removed while it runs is still
	// among what it hands over.
	goneNodes []store.ID
	goneEdges []store.EdgeKey
}

// begin makes sure of the overlay. A scan reads one revision, settled before
// its first batch comes: the overlay has reached it then.
func (s *scan) begin() (err error) {
	if s.o != nil {
		return nil
	}
	if s.o, err = s.overlay(s.ctx); err != nil {
		return err
	}
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	for id, p := range s.o.nodes {
		if p.Whole && s.wantsKind(p.Kind) {
			s.goneNodes = append(s.goneNodes, id)
		}
	}
	for k, p := range s.o.edges {
		if p.Whole && (s.what.Rels == nil || slices.Contains(s.what.Rels, k.Rel)) {
			s.goneEdges = append(s.goneEdges, k)
		}
	}
	return nil
}

func (s *scan) batch(b store.Batch) error {
	if err := s.begin(); err != nil {
		return err
	}
	if len(b.Edges) > 0 {
		if err := s.lostNodes(); err != nil {
			return err
		}
	}
	return s.hand(s.over(b))
}

// over lays the overlay over a batch, which is not to be changed.
func (s *scan) over(b store.Batch) store.Batch {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	out := store.Batch{Nodes: make([]store.Node, 0, len(b.Nodes)), Edges: make([]store.Edge, 0, len(b.Edges))}
	for i := range b.Nodes {
		n := b.Nodes[i]
		if !s.o.nodeTouched(n.ID) {
			out.Nodes = append(out.Nodes, n)
			continue
		}
		if was, existed := s.o.node(n.ID, &n); existed && s.wantsKind(was.Kind) {
			s.done[n.ID] = true
			was.Props = s.kept(was.Props)
			out.Nodes = append(out.Nodes, was)
		}
	}
	for i := range b.Edges {
		e := b.Edges[i]
		if !s.o.edgeTouched(e.EdgeKey) {
			out.Edges = append(out.Edges, e)
			continue
		}
		if was, existed := s.o.edge(e.EdgeKey, &e); existed {
			s.passed[e.EdgeKey] = true
			was.Props = s.kept(was.Props)
			out.Edges = append(out.Edges, was)
		}
	}
	return out
}

func (s *scan) wantsKind(kind string) bool {
	return s.what.Kinds == nil || slices.Contains(s.what.Kinds, kind)
}

func (s *scan) kept(props store.Props) store.Props {
	if s.what.Keep == nil {
		return props
	}
	kept := store.Props{}
	for _, name := range s.what.Keep {
		if v, ok := props[name]; ok {
			kept[name] = v
		}
	}
	return kept
}

// lostNodes hands over what was removed since, before the first edge.
func (s *scan) lostNodes() error {
	if s.edges {
		return nil
	}
	s.edges = true
	var b store.Batch
	s.o.mu.RLock()
	for _, id := range s.goneNodes {
		if !s.done[id] {
			n := s.o.nodes[id].Node(id, nil)
			n.Props = s.kept(n.Props)
			b.Nodes = append(b.Nodes, n)
		}
	}
	s.o.mu.RUnlock()
	return s.hand(b)
}

func (s *scan) lostEdges() error {
	var b store.Batch
	s.o.mu.RLock()
	for _, k := range s.goneEdges {
		if !s.passed[k] {
			e := s.o.edges[k].Edge(k, nil)
			e.Props = s.kept(e.Props)
			b.Edges = append(b.Edges, e)
		}
	}
	s.o.mu.RUnlock()
	return s.hand(b)
}

func (s *scan) hand(b store.Batch) error {
	if len(b.Nodes)+len(b.Edges) == 0 {
		return nil
	}
	return s.yield(b)
}
