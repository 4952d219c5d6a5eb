package neo4j

import (
	"time"

	"releasegraph/internal/store"
)

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
	existed bool
	whole   bool // it is gone since, and props are all it had
	done    bool // handed over, or not to be
	kind    string
	version int64
	created time.Time
	updated time.Time
	props   store.Props // nil values: absent
}

func newRewind(head store.Revision) *rewind {
	return &rewind{head: head, seen: head, nodes: map[store.ID]*past{}, edges: map[store.EdgeKey]*past{}}
}

// follow takes in the next entry of the log. passed tells what was handed over
// before the entry could be seen.
func (r *rewind) follow(entry logged, passed func(store.Effect) bool) {
	r.seen = entry.Revision
	stamps := entry.stamps
	for _, e := range entry.Effects {
		p := r.nodes[e.Node]
		if e.Node == "" {
			p = r.edges[e.Edge]
		}
		if p == nil {
			p = newPast(e)
			p.done = passed(e)
			if e.Node == "" {
				r.edges[e.Edge] = p
			} else {
				r.nodes[e.Node] = p
			}
			if e.Node != "" && e.Before != nil && len(stamps) >= 2 {
				p.created, p.updated = time.UnixMicro(stamps[0]).UTC(), time.UnixMicro(stamps[1]).UTC()
			}
		}
		if e.Node != "" && e.Before != nil && len(stamps) >= 2 {
			stamps = stamps[2:]
		}
		p.undo(e)
	}
}

// newPast begins with the first effect after the head.
func newPast(e store.Effect) *past {
	p := &past{kind: e.Kind, existed: e.Verb() != store.Created, version: e.Version, props: store.Props{}}
	if e.Verb() == store.Updated {
		p.version--
	}
	return p
}

// undo keeps what the effect took away, unless an earlier one changed it too.
func (p *past) undo(e store.Effect) {
	if !p.existed || p.whole {
		return
	}
	for name, v := range e.Before {
		if _, known := p.props[name]; !known {
			p.props[name] = v
		}
	}
	for name := range e.After {
		if _, known := p.props[name]; !known {
			p.props[name] = nil
		}
	}
	p.whole = e.Verb() == store.Removed
}

// over returns the properties at the head, of one that has these now.
func (p *past) over(now store.Props) store.Props {
	if p.whole {
		now = store.Props{}
	}
	for name, v := range p.props {
		if v == nil {
			delete(now, name)
		} else {
			now[name] = v
		}
	}
	return now
}

// node turns a node as read into what it was, if it was there and is not yet
// handed over.
func (r *rewind) node(n store.Node) (store.Node, bool) {
	p := r.nodes[n.ID]
	if p == nil {
		return n, true
	}
	if !p.existed || p.done {
		return n, false
	}
	return p.node(n.ID, n.Props), true
}

func (p *past) node(id store.ID, now store.Props) store.Node {
	p.done = true
	return store.Node{ID: id, Kind: p.kind, Version: p.version, CreatedAt: p.created, UpdatedAt: p.updated, Props: p.over(now)}
}

// edge does for an edge what node does for a node.
func (r *rewind) edge(e store.Edge) (store.Edge, bool) {
	p := r.edges[e.EdgeKey]
	if p == nil {
		return e, true
	}
	if !p.existed || p.done {
		return e, false
	}
	p.done = true
	return store.Edge{EdgeKey: e.EdgeKey, Version: p.version, Props: p.over(e.Props)}, true
}

// lostNodes are those of a kind that were removed before their page was read.
func (r *rewind) lostNodes(kind string) []store.Node {
	var list []store.Node
	for id, p := range r.nodes {
		if p.kind == kind && p.existed && p.whole && !p.done {
			list = append(list, p.node(id, nil))
		}
	}
	return list
}

// lostEdges are those of a relationship that were removed before their page was
// read.
func (r *rewind) lostEdges(rel string) []store.Edge {
	var list []store.Edge
	for k, p := range r.edges {
		if k.Rel == rel && p.existed && p.whole && !p.done {
			p.done = true
			list = append(list, store.Edge{EdgeKey: k, Version: p.version, Props: p.over(nil)})
		}
	}
	return list
}
