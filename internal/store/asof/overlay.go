package asof

import (
	"context"
	"fmt"
	"sync"

	"releasegraph/internal/store"
)

// overlay is what the log says of the nodes and edges that were touched since
// a revision.
type overlay struct {
	history  *History
	store    store.Store
	revision store.Revision
	max      int64
	unique   map[string]map[string]bool // kind, property

	extending chan struct{} // holds one token: of who reads the log

	mu      sync.RWMutex // guards all below
	reached store.Revision
	touched touched
	nodes   map[store.ID]*pastNode               // touched ones that existed
	edges   map[store.EdgeKey]*store.Past        // touched ones that existed
	ends    map[way]map[store.ID][]store.EdgeKey // those edges, by their near end
	holders map[store.Holding][]store.ID         // who may have held a unique value at the revision
	bytes   int64
}

// pastNode is a touched node. Of a complete one the properties are exactly
// those that it had.
type pastNode struct {
	store.Past
	Complete bool
}

// way is a direction of a relationship.
type way struct {
	rel       string
	direction store.Direction
}

func newOverlay(h *History, r store.Revision) *overlay {
	s := h.store
	o := &overlay{
		history: h, store: s, revision: r, max: h.max, extending: make(chan struct{}, 1), reached: r, unique: map[string]map[string]bool{},
		touched: newTouched(), nodes: map[store.ID]*pastNode{}, edges: map[store.EdgeKey]*store.Past{},
		ends: map[way]map[store.ID][]store.EdgeKey{}, holders: map[store.Holding][]store.ID{},
	}
	for _, k := range s.Declared().Schema().Kinds {
		o.unique[k.Name] = map[string]bool{}
		for _, p := range k.Properties {
			if p.Unique {
				o.unique[k.Name][p.Name] = true
			}
		}
	}
	return o
}

func (o *overlay) size() int64 {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.bytes
}

func (o *overlay) reachedAt() store.Revision {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.reached
}

// shortRun is up to how many revisions are followed without waiting for others.
const shortRun = 4

// reach follows the log to a revision.
func (o *overlay) reach(ctx context.Context, to store.Revision) error {
	if o.reachedAt() >= to {
		return nil
	}
	if to-o.reachedAt() > shortRun {
		done, err := o.history.follow(ctx)
		if err != nil {
			return err
		}
		defer done()
	}
	return o.extend(ctx, to)
}

// extend follows the log, one at a time, to where a later revision is known or
// is waited for. From there on both go together. Who extends one overlay waits
// for those of later revisions only, so that none waits for itself.
func (o *overlay) extend(ctx context.Context, to store.Revision) error {
	select {
	case o.extending <- struct{}{}:
		defer func() { <-o.extending }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for o.reachedAt() < to {
		later := o.history.later(o)
		var err error
		switch {
		case later == nil:
			err = o.read(ctx, to)
		case later.revision > o.reachedAt():
			err = o.read(ctx, min(to, later.revision))
		default:
			if err = later.extend(ctx, to); err == nil {
				o.join(later)
			}
		}
		if err != nil {
			return err
		}
		o.history.fit(o)
	}
	return nil
}

// read reads a run of the log, up to a revision at most.
func (o *overlay) read(ctx context.Context, to store.Revision) error {
	changes, err := o.store.Undo(ctx, o.reachedAt(), min(longestRun, int(to-o.reachedAt())))
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return fmt.Errorf("%w: the log ends at revision %d, before revision %d", store.ErrUnavailable, o.reachedAt(), to)
	}
	return o.follow(ctx, changes)
}

func (o *overlay) follow(ctx context.Context, changes []store.Change) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		known := len(o.touched.nodes.list)
		for j := range changes[i].Effects {
			o.effect(&changes[i].Effects[j])
		}
		o.bytes += numberBytes * int64(len(o.touched.nodes.list)-known)
		o.reached = changes[i].Revision
		if o.bytes > o.max {
			return &TooMuchError{o.revision, o.reached, o.max}
		}
	}
	return nil
}

func (o *overlay) effect(e *store.Effect) {
	if e.Node == "" {
		o.edgeEffect(e)
		return
	}
	n := o.touched.node(e.Node, e.Kind)
	p := o.nodes[e.Node]
	if p == nil {
		if e.Verb() == store.Created {
			o.touched.bornNodes.add(n)
		}
		if o.touched.bornNodes.has(n) {
			return
		}
		p = &pastNode{Past: *store.NewPast(e)}
		o.nodes[e.Node] = p
		o.bytes += pastBytes + 2*int64(len(e.Node))
	}
	for _, name := range o.learn(&p.Past, e) {
		o.hold(e.Node, p.Kind, name, p.Props[name])
	}
}

func (o *overlay) edgeEffect(e *store.Effect) {
	n := o.touched.edge(e.Edge)
	p := o.edges[e.Edge]
	if p == nil {
		if e.Verb() == store.Created {
			o.touched.bornEdges[n] = struct{}{}
			o.bytes += edgeBytes
			return
		}
		if _, born := o.touched.bornEdges[n]; born {
			return
		}
		p = store.NewPast(e)
		o.addEdge(e.Edge, p)
	}
	o.learn(p, e)
}

// addEdge begins with an edge that existed.
func (o *overlay) addEdge(k store.EdgeKey, p *store.Past) {
	o.edges[k] = p
	o.addEnd(way{k.Rel, store.Out}, k.From, k)
	o.addEnd(way{k.Rel, store.In}, k.To, k)
	o.bytes += 2*pastBytes + 4*int64(len(k.From)+len(k.To)+len(k.Tag))
}

// hold notes a unique value that a node had at the revision.
func (o *overlay) hold(id store.ID, kind, name string, v any) {
	if value, ok := v.(string); ok && o.unique[kind][name] {
		h := store.Holding{Kind: kind, Property: name, Value: value}
		o.holders[h] = append(o.holders[h], id)
		o.bytes += pastBytes
	}
}

func (o *overlay) addEnd(w way, id store.ID, k store.EdgeKey) {
	if o.ends[w] == nil {
		o.ends[w] = map[store.ID][]store.EdgeKey{}
	}
	o.ends[w][id] = append(o.ends[w][id], k)
}

func (o *overlay) learn(p *store.Past, e *store.Effect) []string {
	learnt := p.Follow(e)
	for _, name := range learnt {
		o.bytes += propBytes(name, p.Props[name])
	}
	return learnt
}

// pastBytes is about what a touched node or edge takes beside its text.
const pastBytes = 240

// propBytes is about what a property takes.
func propBytes(name string, v any) int64 {
	const each = 48
	n := int64(each + len(name))
	switch v := v.(type) {
	case string:
		n += int64(len(v))
	case []string:
		for _, s := range v {
			n += int64(16 + len(s))
		}
	}
	return n
}

// node gives a node as it was, which is as it is now unless it was touched.
// Now is nil for one that does not exist, or was not read: then only one whose
// past is known whole is told.
func (o *overlay) node(id store.ID, now *store.Node) (n store.Node, existed bool) {
	p := o.nodes[id]
	switch {
	case p != nil && now != nil:
		return p.Node(id, now.Props), true
	case p != nil && p.Whole:
		return p.Node(id, nil), true
	case p != nil || now == nil || o.touched.bornNode(id):
		return n, false
	}
	return *now, true
}

// edge does for an edge what node does for a node.
func (o *overlay) edge(k store.EdgeKey, now *store.Edge) (e store.Edge, existed bool) {
	p := o.edges[k]
	switch {
	case p != nil && now != nil:
		return p.Edge(k, now.Props), true
	case p != nil && p.Whole:
		return p.Edge(k, nil), true
	case p != nil || now == nil || o.touched.bornEdge(k):
		return e, false
	}
	return *now, true
}

// nodeTouched tells whether a node was touched.
func (o *overlay) nodeTouched(id store.ID) bool { return o.nodes[id] != nil || o.touched.bornNode(id) }

// edgeTouched tells whether an edge was touched.
func (o *overlay) edgeTouched(k store.EdgeKey) bool {
	return o.edges[k] != nil || o.touched.bornEdge(k)
}

// lost lists the edges at a node that were removed since.
func (o *overlay) lost(w way, near store.ID) []store.EdgeKey {
	var list []store.EdgeKey
	for _, k := range o.ends[w][near] {
		if o.edges[k].Whole {
			list = append(list, k)
		}
	}
	return list
}

// complete keeps the whole of a touched node that was read, so that the next
// read of it costs nothing.
func (o *overlay) complete(nodes map[store.ID]store.Node) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, n := range nodes {
		p := o.nodes[id]
		if o.bytes > o.max/4*3 { // the rest is for the log
			return
		}
		if p == nil || p.Whole {
			continue
		}
		for name, v := range n.Props {
			if _, known := p.Props[name]; !known {
				o.bytes += propBytes(name, v)
				o.hold(id, p.Kind, name, v) // the log teaches nothing more of it
			}
		}
		p.Props, p.Whole, p.Complete = n.Props.Clone(), true, true
	}
}
