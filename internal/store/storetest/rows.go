package storetest

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"releasegraph/internal/store"
)

// scanRows collects what ScanRows hands over, as a Scan would have done.
func scanRows(ctx context.Context, r store.Reader, what store.Scan) (store.Batch, store.Revision, error) {
	c := &rowCollector{declared: r.Declared(), nodes: map[int]store.Node{}}
	at, err := store.ScanRows(ctx, r, what, c)
	if err != nil {
		return store.Batch{}, 0, err
	}
	for _, k := range r.Declared().Schema().Kinds { // in the order of a Scan
		for place := range c.places {
			if n, ok := c.nodes[place]; ok && n.Kind == k.Name {
				c.batch.Nodes = append(c.batch.Nodes, n)
			}
		}
	}
	return c.batch, at, nil
}

// rowCollector takes rows. Edges whose ends are not handed over have none.
type rowCollector struct {
	declared *store.Declared
	places   int
	mu       sync.Mutex // guards what follows
	nodes    map[int]store.Node
	labels   []store.Edge
	batch    store.Batch
}

// Nodes collects nodes of a kind.
func (c *rowCollector) Nodes(kind string) store.NodeRows {
	k, _ := c.declared.Kind(kind)
	return &nodeCollector{c: c, kind: k}
}

// NodesTaken checks the places of all nodes.
func (c *rowCollector) NodesTaken(places int) error {
	c.places = places
	for place := range c.nodes {
		if place < 0 || place >= places {
			return fmt.Errorf("a node is at place %d of %d", place, places)
		}
	}
	return nil
}

// Edges collects edges.
func (c *rowCollector) Edges(rel string) store.EdgeRows { return &edgeCollector{c, rel} }

type nodeCollector struct {
	c     *rowCollector
	kind  store.KindSchema
	place int
	node  store.Node
	last  int // the number of the property before
}

// Node begins a node.
func (n *nodeCollector) Node(place int, id string, version, created, updated int64) {
	n.place, n.last = place, -1
	n.node = store.Node{
		ID: store.ID(strings.Clone(id)), Kind: n.kind.Name, Version: version,
		CreatedAt: time.UnixMicro(created).UTC(), UpdatedAt: time.UnixMicro(updated).UTC(), Props: store.Props{},
	}
}

func (n *nodeCollector) put(property int, v any) {
	if property <= n.last {
		v = fmt.Sprintf("property %d comes after %d", property, n.last)
	}
	n.last = property
	n.node.Props[n.kind.Properties[property].Name] = v
}

// Text collects a property.
func (n *nodeCollector) Text(property int, v string) { n.put(property, strings.Clone(v)) }

// Int collects a property.
func (n *nodeCollector) Int(property int, v int64) {
	switch n.kind.Properties[property].Type {
	case store.Bool:
		n.put(property, v != 0)
	case store.Time:
		n.put(property, time.UnixMicro(v).UTC())
	default:
		n.put(property, v)
	}
}

// Float collects a property.
func (n *nodeCollector) Float(property int, v float64) { n.put(property, v) }

// List collects a property.
func (n *nodeCollector) List(property int, v []string) { n.put(property, v) }

// Open collects a property.
func (n *nodeCollector) Open(name, v string) { n.node.Props[strings.Clone(name)] = strings.Clone(v) }

// EndNode collects the node.
func (n *nodeCollector) EndNode() error {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if other, taken := n.c.nodes[n.place]; taken {
		return fmt.Errorf("%s and %s are at the same place", other.ID, n.node.ID)
	}
	n.c.nodes[n.place] = n.node
	return nil
}

// End ends the part.
func (n *nodeCollector) End() error { return nil }

type edgeCollector struct {
	c   *rowCollector
	rel string
}

// Label collects what edges have in common.
func (e *edgeCollector) Label(like *store.Edge) (uint32, error) {
	e.c.mu.Lock()
	defer e.c.mu.Unlock()
	label := *like
	label.Props = maps.Clone(like.Props)
	e.c.labels = append(e.c.labels, label)
	return uint32(len(e.c.labels) - 1), nil
}

// Edge collects an edge.
func (e *edgeCollector) Edge(from, to int, label uint32) error {
	e.c.mu.Lock()
	defer e.c.mu.Unlock()
	edge := e.c.labels[label]
	edge.Rel, edge.From, edge.To = e.rel, e.c.nodes[from].ID, e.c.nodes[to].ID
	e.c.batch.Edges = append(e.c.batch.Edges, edge)
	return nil
}

// End ends the part.
func (e *edgeCollector) End() error { return nil }
