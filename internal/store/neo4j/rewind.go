package neo4j

import "releasegraph/internal/store"

// rewind undoes what the log says since a revision. Of each node and edge the
// log names it keeps what was there before.
type rewind struct {
	head  store.Revision // to which it rewinds
	seen  store.Revision // up to which it followed the log
	nodes map[store.ID]*past
	edges map[store.EdgeKey]*past
}

// past is how a node or edge was at the head.
type past struct {
	*store.Past
	done bool // handed over, or not to be
}

func newRewind(head store.Revision) *rewind {
	return &rewind{head: head, seen: head, nodes: map[store.ID]*past{}, edges: map[store.EdgeKey]*past{}}
}

// follow takes in the next entry of the log. passed tells what was handed over
// before the entry could be seen.
func (r *rewind) follow(entry store.Change, passed func(*store.Effect) bool) {
	r.seen = entry.Revision
	for i := range entry.Effects {
		e := &entry.Effects[i]
		p := r.nodes[e.Node]
		if e.Node == "" {
			p = r.edges[e.Edge]
		}
		if p == nil {
			p = &past{store.NewPast(e), passed(e)}
			if e.Node == "" {
				r.edges[e.Edge] = p
			} else {
				r.nodes[e.Node] = p
			}
		}
		p.Follow(e)
	}
}

// node turns a node as read into what it was, if it was there and is not yet
// handed over.
func (r *rewind) node(n store.Node) (store.Node, bool) {
	p := r.nodes[n.ID]
	if p == nil {
		return n, true
	}
	if !p.Existed || p.done {
		return n, false
	}
	p.done = true
	return p.Node(n.ID, n.Props), true
}

// edge does for an edge what node does for a node.
func (r *rewind) edge(e store.Edge) (store.Edge, bool) {
	p := r.edges[e.EdgeKey]
	if p == nil {
		return e, true
	}
	if !p.Existed || p.done {
		return e, false
	}
	p.done = true
	return p.Edge(e.EdgeKey, e.Props), true
}

// lostNodes are those of a kind that were removed before their page was read.
func (r *rewind) lostNodes(kind string) []store.Node {
	var list []store.Node
	for id, p := range r.nodes {
		if p.Kind == kind && p.Existed && p.Whole && !p.done {
			p.done = true
			list = append(list, p.Node(id, nil))
		}
	}
	return list
}

// lostEdges are those of a relationship that were removed before their page was
// read.
func (r *rewind) lostEdges(rel string) []store.Edge {
	var list []store.Edge
	for k, p := range r.edges {
		if k.Rel == rel && p.Existed && p.Whole && !p.done {
			p.done = true
			list = append(list, p.Edge(k, nil))
		}
	}
	return list
}
