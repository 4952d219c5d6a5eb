package store

import (
	"cmp"
	"slices"
)

// State is the part of the graph that some change sets touch. It holds the
// meaning of every operation and guard in one place: an adapter loads what the
// State needs, lets it Apply each set, and writes the effects.
//
//	s := NewState(d, sets...)    // each set passed Check before
//	s.Needs()                    // load: AddNode, AddEnd, AddEdge, AddRecent
//	s.Probes(), s.Holdings()     // load: AddProbe, AddHolder
//	effects, err := s.Apply(set) // for each set, in order
//
// Sets applied to one State see those before them; one that fails leaves no
// trace.
type State struct {
	declared *Declared
	sets     []Changeset
	nodes    map[ID]*Node      // those that live; Ends have ID and Kind only
	edges    map[EdgeKey]*Edge // those that are known: nil when dead
	stored   map[EdgeKey]bool  // known edges that were loaded
	holders  map[Holding]ID
	probes   map[Probe]probed
	near     map[ID]*known // nodes whose edges matter
	recent   recent
}

// known lists the edges at a node that the sets or the loading named.
type known struct{ out, in map[EdgeKey]bool }

// Needs is what to load first. A node or edge that does not exist is just not
// added.
type Needs struct {
	Nodes  []ID      // whole, by AddNode
	Ends   []ID      // their kind is enough, by AddEnd
	Edges  []EdgeKey // by AddEdge
	OutOf  []ID      // all edges that leave these, by AddEdge
	Recent bool      // all change sets after Since, by AddRecent; no others from then on
	Since  Revision
}

// Holding is a value of a unique property.
type Holding struct{ Kind, Property, Value string }

// Probe asks for edges at a node, of one relationship or (Rel empty) of any.
type Probe NoEdges

// ProbeNeed is what to load for a probe, by AddProbe: the first Limit edges in
// the order of their keys, and, where Count is set, how many there are.
type ProbeNeed struct {
	Probe
	Limit int
	Count bool
}

type probed struct {
	keys  []EdgeKey
	count int64
}

// NewState prepares to apply the sets.
func NewState(d *Declared, sets ...Changeset) *State {
	edges := 0
	for _, cs := range sets {
		edges += countPuts(cs)
	}
	s := &State{
		declared: d, sets: sets,
		nodes: map[ID]*Node{}, edges: make(map[EdgeKey]*Edge, edges), stored: map[EdgeKey]bool{},
		holders: map[Holding]ID{}, probes: map[Probe]probed{}, near: map[ID]*known{},
	}
	for _, cs := range sets {
		for _, g := range cs.Guards {
			if g, ok := g.(NoEdges); ok {
				s.watch(g.ID)
			}
		}
		for _, op := range cs.Ops {
			if op, ok := op.(RemoveNode); ok {
				s.watch(op.ID)
			}
		}
	}
	return s
}

// countPuts tells how many edges a set puts, so that the maps for those of a
// large import need not grow.
func countPuts(cs Changeset) (n int) {
	for _, op := range cs.Ops {
		if _, ok := op.(PutEdge); ok {
			n++
		}
	}
	return n
}

func (s *State) watch(id ID) {
	if s.near[id] == nil {
		s.near[id] = &known{map[EdgeKey]bool{}, map[EdgeKey]bool{}}
	}
}

// Needs lists what to load first.
func (s *State) Needs() Needs {
	c := collector{whole: map[ID]bool{}, out: map[ID]bool{}, end: map[ID]bool{}, edge: map[EdgeKey]bool{}}
	for _, cs := range s.sets {
		for _, g := range cs.Guards {
			c.guard(g)
		}
		for _, op := range cs.Ops {
			c.op(op)
		}
	}
	c.needs.Ends = slices.DeleteFunc(c.needs.Ends, func(id ID) bool { return c.whole[id] })
	return c.needs
}

type collector struct {
	needs           Needs
	whole, end, out map[ID]bool
	edge            map[EdgeKey]bool
}

func (c *collector) guard(g Guard) {
	switch g := g.(type) {
	case NodeAt:
		c.addNode(g.ID)
	case EdgeAt:
		c.addEdge(g.EdgeKey)
	case Unchanged:
		if !c.needs.Recent || g.Since < c.needs.Since {
			c.needs.Recent, c.needs.Since = true, g.Since
		}
	}
}

func (c *collector) op(op Op) {
	switch op := op.(type) {
	case CreateNode:
		c.addEnd(op.ID)
	case UpdateNode:
		c.addNode(op.ID)
	case RemoveNode:
		if !c.out[op.ID] {
			c.out[op.ID] = true
			c.needs.OutOf = append(c.needs.OutOf, op.ID)
		}
		c.addNode(op.ID)
	case PutEdge:
		c.addEnd(op.From)
		c.addEnd(op.To)
		c.addEdge(op.EdgeKey)
	case RemoveEdge:
		c.addEdge(op.EdgeKey)
	}
}

func (c *collector) addNode(id ID) {
	if !c.whole[id] {
		c.whole[id] = true
		c.needs.Nodes = append(c.needs.Nodes, id)
	}
}

func (c *collector) addEnd(id ID) {
	if !c.end[id] {
		c.end[id] = true
		c.needs.Ends = append(c.needs.Ends, id)
	}
}

func (c *collector) addEdge(k EdgeKey) {
	if !c.edge[k] {
		c.edge[k] = true
		c.needs.Edges = append(c.needs.Edges, k)
	}
}

// AddNode tells of a node that exists.
func (s *State) AddNode(n Node) { s.nodes[n.ID] = &n }

// AddEnd tells of a node that exists, of which only the kind was loaded.
func (s *State) AddEnd(id ID, kind string) { s.nodes[id] = &Node{ID: id, Kind: kind} }

// AddEdge tells of an edge that exists.
func (s *State) AddEdge(e Edge) {
	s.stored[e.EdgeKey] = true
	s.setEdge(e.EdgeKey, &e)
}

// AddHolder tells who holds a unique value.
func (s *State) AddHolder(h Holding, id ID) { s.holders[h] = id }

// AddProbe answers a ProbeNeed.
func (s *State) AddProbe(p Probe, keys []EdgeKey, count int64) { s.probes[p] = probed{keys, count} }

func (s *State) setEdge(k EdgeKey, e *Edge) {
	s.edges[k] = e
	if near := s.near[k.From]; near != nil {
		near.out[k] = true
	}
	if near := s.near[k.To]; near != nil {
		near.in[k] = true
	}
}

// Probes lists which edges to look for, once Needs are met. The limits leave
// room for edges that the sets may remove.
func (s *State) Probes() []ProbeNeed {
	need := map[Probe]*ProbeNeed{}
	var order []Probe
	add := func(p Probe, limit int, count bool) {
		near := s.near[p.ID]
		limit += len(near.out) + len(near.in)
		if need[p] == nil {
			need[p] = &ProbeNeed{Probe: p}
			order = append(order, p)
		}
		need[p].Limit = max(need[p].Limit, limit)
		need[p].Count = need[p].Count || count
	}
	for _, cs := range s.sets {
		for _, g := range cs.Guards {
			if g, ok := g.(NoEdges); ok {
				add(Probe(g), 1, false)
			}
		}
		for _, op := range cs.Ops {
			if op, ok := op.(RemoveNode); ok && s.nodes[op.ID] != nil {
				add(Probe{ID: op.ID, Direction: In}, maxNamed, true)
			}
		}
	}
	list := make([]ProbeNeed, len(order))
	for i, p := range order {
		list[i] = *need[p]
	}
	return list
}

// Holdings lists the unique values whose holders to load, once Needs are met.
func (s *State) Holdings() []Holding {
	seen := map[Holding]bool{}
	var list []Holding
	created := map[ID][]string{}
	add := func(kind string, props Props) {
		k := s.declared.kinds[kind]
		for _, p := range k.unique {
			v, ok := props[p.Name].(string)
			h := Holding{kind, p.Name, v}
			if ok && !seen[h] {
				seen[h] = true
				list = append(list, h)
			}
		}
	}
	for _, cs := range s.sets {
		for _, op := range cs.Ops {
			switch op := op.(type) {
			case CreateNode:
				created[op.ID] = append(created[op.ID], op.Kind)
				add(op.Kind, op.Props)
			case UpdateNode:
				for _, kind := range created[op.ID] {
					add(kind, op.Set)
				}
				if n := s.nodes[op.ID]; n != nil {
					add(n.Kind, op.Set)
				}
			}
		}
	}
	return list
}

// Node is a node as the applied sets left it. Of one added by AddEnd and not
// changed, only ID and Kind are known.
func (s *State) Node(id ID) (Node, bool) {
	if n := s.nodes[id]; n != nil {
		return *n, true
	}
	return Node{}, false
}

// Edge is an edge as the applied sets left it.
func (s *State) Edge(k EdgeKey) (Edge, bool) {
	if e := s.edges[k]; e != nil {
		return *e, true
	}
	return Edge{}, false
}

// CompareKeys orders edges by relationship, ends and tag, bytewise.
func CompareKeys(a, b EdgeKey) int {
	return cmp.Or(cmp.Compare(a.Rel, b.Rel), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Tag, b.Tag))
}
