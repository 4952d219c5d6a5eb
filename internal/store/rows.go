package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// RowScanner is a reader that hands a graph over row by row. What a row holds is
// handed over where it lies, and edges name their ends by numbers, so that
// loading a graph takes a fraction of what it takes with a Scan.
type RowScanner interface {
	// ScanRows hands over what Scan does, as of one revision.
	ScanRows(ctx context.Context, s Scan, to Rows) (Revision, error)
}

// Rows takes a graph that is handed over row by row: all nodes, then NodesTaken,
// then all edges. One goroutine calls its methods. The first error ends it.
type Rows interface {
	// Nodes returns who takes a part of the nodes of a kind. Several parts are
	// taken at the same time, each by one goroutine.
	Nodes(kind string) NodeRows
	// NodesTaken tells that no nodes follow, and that the places of all nodes are
	// below a number.
	NodesTaken(places int) error
	// Edges returns who takes a part of the edges of a relationship. Several parts
	// are taken at the same time, each by one goroutine.
	Edges(rel string) EdgeRows
}

// NodeRows takes nodes: Node begins one, the methods of values tell the
// properties that it has, in the order in which its kind declares them and by
// their numbers in there, and EndNode ends it. No text may be kept beyond EndNode
// unless it is copied.
type NodeRows interface {
	// Node begins a node. Edges name it by its place; times are microseconds.
	Node(place int, id string, version, created, updated int64)
	// Text is a property that is a String.
	Text(property int, v string)
	// Int is a property that is a Bool (0 or 1), an Int or a Time (microseconds).
	Int(property int, v int64)
	// Float is a property that is a Float.
	Float(property int, v float64)
	// List is a property that is Strings.
	List(property int, v []string)
	// Open is a property within the open prefix.
	Open(name, v string)
	// EndNode ends the node.
	EndNode() error
	// End ends the part.
	End() error
}

// EdgeRows takes edges.
type EdgeRows interface {
	// Label returns the number by which edges are named that are like this one but
	// for their ends.
	Label(like *Edge) (uint32, error)
	// Edge is an edge between the nodes at two places. Either may be of a kind that
	// is not handed over.
	Edge(from, to int, label uint32) error
	// End ends the part.
	End() error
}

// ScanRows hands over the rows of any reader: by its own way where it has one.
func ScanRows(ctx context.Context, r Reader, s Scan, to Rows) (Revision, error) {
	if own, ok := r.(RowScanner); ok {
		return own.ScanRows(ctx, s, to)
	}
	b := &batchRows{declared: r.Declared(), to: to, places: map[ID]int{}, nodes: map[string]NodeRows{}, edges: map[string]EdgeRows{}}
	for _, k := range b.declared.Schema().Kinds {
		b.nodes[k.Name] = to.Nodes(k.Name)
	}
	at, err := r.Scan(ctx, s, b.add)
	if err == nil {
		err = b.end()
	}
	return at, err
}

// batchRows hands over the batches of a Scan as rows.
type batchRows struct {
	declared *Declared
	to       Rows
	places   map[ID]int
	nodes    map[string]NodeRows
	edges    map[string]EdgeRows // nil: nodes still come
	taken    bool
	last     ID // the near end of the edge before: those of one node often come in a row
	from     int
}

func (b *batchRows) add(batch Batch) error {
	for i := range batch.Nodes {
		if err := b.node(&batch.Nodes[i]); err != nil {
			return err
		}
	}
	for i := range batch.Edges {
		if err := b.edge(&batch.Edges[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *batchRows) node(n *Node) error {
	kind, _ := b.declared.Kind(n.Kind)
	place := len(b.places)
	b.places[ID(strings.Clone(string(n.ID)))] = place
	to := b.nodes[n.Kind]
	to.Node(place, string(n.ID), n.Version, n.CreatedAt.UnixMicro(), n.UpdatedAt.UnixMicro())
	told := 0
	for i := range kind.Properties {
		v, ok := n.Props[kind.Properties[i].Name]
		if !ok {
			continue
		}
		told++
		if err := tell(to, i, kind.Properties[i].Type, v); err != nil {
			return fmt.Errorf("%s %s: %s: %w", n.Kind, n.ID, kind.Properties[i].Name, err)
		}
	}
	for name, v := range n.Props {
		if told == len(n.Props) {
			break
		}
		if _, declared := b.declared.kinds[n.Kind].properties[name]; declared {
			continue
		}
		text, ok := v.(string)
		if !ok || kind.OpenPrefix == "" || !strings.HasPrefix(name, kind.OpenPrefix) {
			return fmt.Errorf("%s %s: %s: a %T is not declared", n.Kind, n.ID, name, v)
		}
		to.Open(name, text)
	}
	return to.EndNode()
}

// tell tells a declared property.
func tell(to NodeRows, property int, is Type, v any) error {
	switch v := v.(type) {
	case string:
		if is == String {
			to.Text(property, v)
			return nil
		}
	case bool:
		if is == Bool {
			n := int64(0)
			if v {
				n = 1
			}
			to.Int(property, n)
			return nil
		}
	case int64:
		if is == Int {
			to.Int(property, v)
			return nil
		}
	case time.Time:
		if is == Time {
			to.Int(property, v.UnixMicro())
			return nil
		}
	case float64:
		if is == Float {
			to.Float(property, v)
			return nil
		}
	case []string:
		if is == Strings {
			to.List(property, v)
			return nil
		}
	}
	return fmt.Errorf("a %T is no %s", v, is)
}

func (b *batchRows) edge(e *Edge) error {
	if err := b.nodesTaken(); err != nil {
		return err
	}
	to := b.edges[e.Rel]
	if to == nil {
		to = b.to.Edges(e.Rel)
		b.edges[e.Rel] = to
	}
	label, err := to.Label(e)
	if err != nil {
		return err
	}
	if e.From != b.last {
		b.last, b.from = ID(strings.Clone(string(e.From))), b.place(e.From)
	}
	return to.Edge(b.from, b.place(e.To), label)
}

// place is that of a node, one that no node has where it was not handed over.
func (b *batchRows) place(id ID) int {
	if place, ok := b.places[id]; ok {
		return place
	}
	return len(b.places)
}

func (b *batchRows) nodesTaken() error {
	if b.taken {
		return nil
	}
	b.taken = true
	for _, k := range b.declared.Schema().Kinds {
		if err := b.nodes[k.Name].End(); err != nil {
			return err
		}
	}
	return b.to.NodesTaken(len(b.places) + 1)
}

func (b *batchRows) end() error {
	if err := b.nodesTaken(); err != nil {
		return err
	}
	for _, to := range b.edges {
		if err := to.End(); err != nil {
			return err
		}
	}
	return nil
}
