package topology

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// load reads the whole graph from the store beneath.
func (s *Store[F, L]) load(ctx context.Context) (state[F, L], error) {
	l := &loading[F, L]{s: s, b: adjacency.NewBuilder[F, L](), partial: map[string]bool{}}
	revision, err := store.ScanRows(ctx, s.Store, s.scan, l)
	if err != nil {
		return state[F, L]{}, err
	}
	return state[F, L]{graph: l.b.Graph(int64(revision)), partial: l.partial, head: revision}, nil
}

// loading is a load under way: it takes the rows of a graph.
type loading[F any, L comparable] struct {
	s *Store[F, L]

	mu      sync.Mutex // guards what follows
	b       *adjacency.Builder[F, L]
	at      []placed // the nodes, as they came
	nodes   []adjacency.Node
	partial map[string]bool
}

// placed is a node and its place.
type placed struct {
	place int
	node  adjacency.Node
}

// atOnce is how many edges are built together, and after how many nodes it is
// asked whether there are too many.
const atOnce = 512

// nowhere stands for a node that is not kept.
const nowhere = -1

// Nodes returns who takes a part of the nodes of a kind.
func (l *loading[F, L]) Nodes(kind string) store.NodeRows {
	k, _ := l.s.Declared().Kind(kind)
	p := &nodePart[F, L]{l: l, kind: k, props: store.Props{}, texts: map[string]any{}, keep: make([]bool, len(k.Properties))}
	for i := range k.Properties {
		p.keep[i] = l.s.keep[k.Properties[i].Name]
	}
	return p
}

// NodesTaken notes which node is at which place.
func (l *loading[F, L]) NodesTaken(places int) error {
	l.nodes = make([]adjacency.Node, places)
	for i := range l.nodes {
		l.nodes[i] = nowhere
	}
	for _, p := range l.at {
		l.nodes[p.place] = p.node
	}
	l.at = nil
	return l.tooLarge()
}

func (l *loading[F, L]) tooLarge() error { return l.s.tooLarge(l.b.Len(), l.b.Bytes()) }

// Edges returns who takes a part of the edges of a relationship.
func (l *loading[F, L]) Edges(rel string) store.EdgeRows { return &edgePart[F, L]{l: l, rel: rel} }

// nodePart takes a part of the nodes of a kind.
type nodePart[F any, L comparable] struct {
	l     *loading[F, L]
	kind  store.KindSchema
	keep  []bool // by number of the property
	props store.Props
	place int
	id    string
	texts map[string]any // that recur
}

// Node begins a node.
func (p *nodePart[F, L]) Node(place int, id string, _, _, _ int64) {
	clear(p.props)
	p.place, p.id = place, id
}

// mostTexts is how many texts that may recur are remembered.
const mostTexts = 1024

// Text keeps a property.
func (p *nodePart[F, L]) Text(number int, v string) {
	if !p.keep[number] {
		return
	}
	property := &p.kind.Properties[number]
	text, known := p.texts[v]
	if !known {
		text = strings.Clone(v)
		if !property.Unique && len(p.texts) < mostTexts {
			p.texts[strings.Clone(v)] = text
		}
	}
	p.props[property.Name] = text
}

// Int keeps a property.
func (p *nodePart[F, L]) Int(number int, v int64) {
	if !p.keep[number] {
		return
	}
	switch property := &p.kind.Properties[number]; property.Type {
	case store.Bool:
		p.props[property.Name] = v != 0
	case store.Time:
		p.props[property.Name] = time.UnixMicro(v).UTC()
	default:
		p.props[property.Name] = v
	}
}

// Float keeps a property.
func (p *nodePart[F, L]) Float(number int, v float64) {
	if p.keep[number] {
		p.props[p.kind.Properties[number].Name] = v
	}
}

// List keeps a property.
func (p *nodePart[F, L]) List(number int, v []string) {
	if p.keep[number] {
		p.props[p.kind.Properties[number].Name] = v
	}
}

// Open keeps a property.
func (p *nodePart[F, L]) Open(name, v string) {
	if p.l.s.keep[name] {
		p.props[name] = strings.Clone(v)
	}
}

// EndNode builds the node.
func (p *nodePart[F, L]) EndNode() error {
	key, facts := p.l.s.codec.Node(p.kind.Name, p.props)
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	p.l.at = append(p.l.at, placed{p.place, p.l.b.AddNewNode(p.id, key, facts)})
	if len(p.l.at)%atOnce == 0 {
		return p.l.tooLarge()
	}
	return nil
}

// End ends the part.
func (p *nodePart[F, L]) End() error { return nil }

// edgePart takes a part of the edges of a relationship.
type edgePart[F any, L comparable] struct {
	l    *loading[F, L]
	rel  string
	arcs []adjacency.NewArc
	left bool // an edge was left out
}

// Label returns the number of what is kept of an edge.
func (p *edgePart[F, L]) Label(like *store.Edge) (uint32, error) {
	label := p.l.s.codec.Edge(like.Rel, like.Tag, like.Props)
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	return uint32(p.l.b.Label(label)), nil
}

// Edge takes an edge.
func (p *edgePart[F, L]) Edge(from, to int, label uint32) error {
	near, far := p.l.nodes[from], p.l.nodes[to]
	if near == nowhere || far == nowhere {
		p.left = true
		return nil
	}
	p.arcs = append(p.arcs, adjacency.NewArc{From: near, To: far, Label: int32(label)})
	if len(p.arcs) < atOnce {
		return nil
	}
	return p.build()
}

// build builds the edges so far.
func (p *edgePart[F, L]) build() error {
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	p.l.b.AddArcs(p.arcs)
	p.arcs = p.arcs[:0]
	return p.l.tooLarge()
}

// End builds the last edges.
func (p *edgePart[F, L]) End() error {
	if err := p.build(); err != nil {
		return err
	}
	p.l.mu.Lock()
	defer p.l.mu.Unlock()
	if p.left {
		p.l.partial[p.rel] = true
	}
	return nil
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
