package store

import (
	"fmt"
	"slices"
)

// maxNamed is how many edges an InUseError names.
const maxNamed = 10

// Apply performs a change set and returns its net effects. The first guard or
// operation that fails is reported, and leaves the State as it was.
func (s *State) Apply(cs Changeset) ([]Effect, error) {
	for _, g := range cs.Guards {
		if err := s.holds(g); err != nil {
			return nil, err
		}
	}
	a := &applying{State: s, nodeWas: map[ID]*Node{}, edgeWas: make(map[EdgeKey]*Edge, countPuts(cs))}
	for i, op := range cs.Ops {
		if err := a.perform(op); err != nil {
			a.undo()
			return nil, &FailedOp{i, err}
		}
	}
	effects := a.settle(cs)
	s.recent.follow(effects)
	return effects, nil
}

func (s *State) holds(g Guard) error {
	var current int64
	switch g := g.(type) {
	case NodeAt:
		if n := s.nodes[g.ID]; n != nil {
			current = n.Version
		}
		if current == g.Version {
			return nil
		}
	case EdgeAt:
		if e := s.edges[g.EdgeKey]; e != nil {
			current = e.Version
		}
		if current == g.Version {
			return nil
		}
	case NoEdges:
		if len(s.alive(Probe(g))) == 0 {
			return nil
		}
	case Unchanged:
		if s.recent.leaves(g) {
			return nil
		}
	}
	return &ConflictError{g, current}
}

// alive lists edges at the probe's node, in the order of their keys: those that
// the probe loaded and are not known to be dead, and the known ones.
func (s *State) alive(p Probe) []EdgeKey {
	var keys []EdgeKey
	for _, k := range s.probes[p].keys {
		if _, isKnown := s.edges[k]; !isKnown {
			keys = append(keys, k)
		}
	}
	for k := range s.knownAt(p) {
		if s.edges[k] != nil && (p.Rel == "" || p.Rel == k.Rel) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, CompareKeys)
	return keys
}

func (s *State) knownAt(p Probe) map[EdgeKey]bool {
	if p.Direction == In {
		return s.near[p.ID].in
	}
	return s.near[p.ID].out
}

// applying is one change set on its way, with what is needed to turn back.
type applying struct {
	*State
	order   []touched
	nodeWas map[ID]*Node
	edgeWas map[EdgeKey]*Edge
	heldWas []heldWas
}

// touched is a node, or with an empty node an edge.
type touched struct {
	node ID
	edge EdgeKey
}

type heldWas struct {
	Holding
	holder ID
}

func (a *applying) touchNode(id ID) {
	if _, again := a.nodeWas[id]; !again {
		a.nodeWas[id] = a.nodes[id]
		a.order = append(a.order, touched{node: id})
	}
}

func (a *applying) touchEdge(k EdgeKey) {
	if _, again := a.edgeWas[k]; !again {
		a.edgeWas[k] = a.edges[k]
		a.order = append(a.order, touched{edge: k})
	}
}

func (a *applying) undo() {
	for id, n := range a.nodeWas {
		a.setNode(id, n)
	}
	for k, e := range a.edgeWas {
		a.edges[k] = e
	}
	for _, h := range slices.Backward(a.heldWas) {
		a.holders[h.Holding] = h.holder
	}
}

func (a *applying) setNode(id ID, n *Node) {
	if n == nil {
		delete(a.nodes, id)
	} else {
		a.nodes[id] = n
	}
}

func (a *applying) perform(op Op) error {
	switch op := op.(type) {
	case CreateNode:
		return a.create(op)
	case UpdateNode:
		return a.update(op)
	case RemoveNode:
		return a.remove(op.ID)
	case PutEdge:
		return a.put(op)
	case RemoveEdge:
		return a.removeEdge(op.EdgeKey)
	}
	return fmt.Errorf("%w: %T is no operation", ErrInvalid, op)
}

// create adds a node. An id stands for one node for ever, so a set that
// removed it may bring it back, but not as another kind.
func (a *applying) create(op CreateNode) error {
	was, again := a.nodeWas[op.ID]
	if a.nodes[op.ID] != nil || again && was != nil && was.Kind != op.Kind {
		return &TakenError{Kind: op.Kind, Value: string(op.ID), Holder: op.ID}
	}
	props := merge(nil, op.Props)
	if err := a.hold(op.ID, op.Kind, nil, props); err != nil {
		return err
	}
	a.touchNode(op.ID)
	a.setNode(op.ID, &Node{ID: op.ID, Kind: op.Kind, Props: props})
	return nil
}

func (a *applying) update(op UpdateNode) error {
	n := a.nodes[op.ID]
	if n == nil {
		return &MissingError{Node: op.ID}
	}
	if err := a.declared.kinds[n.Kind].check(op.Set); err != nil {
		return err
	}
	props := merge(n.Props, op.Set)
	if err := a.hold(op.ID, n.Kind, n.Props, props); err != nil {
		return err
	}
	a.touchNode(op.ID)
	next := *n
	next.Props = props
	a.setNode(op.ID, &next)
	return nil
}

// merge returns old with the properties of set; nil values remove.
func merge(old, set Props) Props {
	props := make(Props, len(old)+len(set))
	for name, v := range old {
		props[name] = v
	}
	for name, v := range set {
		switch v := v.(type) {
		case nil:
			delete(props, name)
		case []string:
			props[name] = append(make([]string, 0, len(v)), v...)
		default:
			props[name] = v
		}
	}
	return props
}

// hold moves a node's unique values from its old to its new properties.
func (a *applying) hold(id ID, kind string, before, after Props) error {
	for _, p := range a.declared.kinds[kind].unique {
		v, ok := after[p.Name].(string)
		h := Holding{kind, p.Name, v}
		if holder := a.holders[h]; ok && holder != "" && holder != id {
			return &TakenError{Kind: kind, Property: p.Name, Value: v, Holder: holder}
		}
	}
	for _, p := range a.declared.kinds[kind].unique {
		if v, ok := before[p.Name].(string); ok {
			a.setHolder(Holding{kind, p.Name, v}, "")
		}
		if v, ok := after[p.Name].(string); ok {
			a.setHolder(Holding{kind, p.Name, v}, id)
		}
	}
	return nil
}

func (a *applying) setHolder(h Holding, id ID) {
	a.heldWas = append(a.heldWas, heldWas{h, a.holders[h]})
	a.holders[h] = id
}

// remove deletes a node and its outgoing edges, if no others come in.
func (a *applying) remove(id ID) error {
	n := a.nodes[id]
	if n == nil {
		return &MissingError{Node: id}
	}
	a.touchNode(id)
	for _, k := range a.alive(Probe{ID: id, Direction: Out}) {
		if err := a.removeEdge(k); err != nil {
			return err
		}
	}
	incoming := Probe{ID: id, Direction: In}
	if count := a.countIncoming(incoming); count > 0 {
		keys := a.alive(incoming)
		return &InUseError{Node: id, Edges: keys[:min(len(keys), maxNamed)], Count: count}
	}
	if err := a.hold(id, n.Kind, n.Props, nil); err != nil {
		return err
	}
	delete(a.nodes, id)
	return nil
}

// countIncoming corrects the stored count by what the sets did since.
func (a *applying) countIncoming(p Probe) int64 {
	count := a.probes[p].count
	for k := range a.near[p.ID].in {
		switch alive := a.edges[k] != nil; {
		case alive && !a.stored[k]:
			count++
		case !alive && a.stored[k]:
			count--
		}
	}
	return count
}

func (a *applying) put(op PutEdge) error {
	from, to := a.nodes[op.From], a.nodes[op.To]
	if from == nil {
		return &MissingError{Node: op.From}
	}
	if to == nil {
		return &MissingError{Node: op.To}
	}
	i := slices.IndexFunc(a.declared.rels[op.Rel], func(r *declaredRel) bool { return r.From == from.Kind && r.To == to.Kind })
	if i < 0 {
		return fmt.Errorf("%w: %s does not lead from %s to %s", ErrInvalid, op.Rel, from.Kind, to.Kind)
	}
	if err := a.declared.rels[op.Rel][i].check(op.Props); err != nil {
		return err
	}
	a.touchEdge(op.EdgeKey)
	a.setEdge(op.EdgeKey, &Edge{EdgeKey: op.EdgeKey, Props: merge(nil, op.Props)})
	return nil
}

func (a *applying) removeEdge(k EdgeKey) error {
	if a.edges[k] == nil {
		return &MissingError{Edge: &k}
	}
	a.touchEdge(k)
	a.setEdge(k, nil)
	return nil
}
