package adjacency

import "slices"

// Editor makes the next graph of a line. Only one Editor of a line may be in
// use at a time, and it starts from the line's newest graph (an Editor that was
// given up left none); for a graph beside the line, edit a Branch.
type Editor[F any, L comparable] struct {
	g       Graph[F, L]
	owned   map[int32]bool // pages copied by this editor
	ownsOut map[Node]bool  // arc lists copied by this editor
	ownsIn  map[Node]bool
}

// Edit starts the next graph of g's line.
func (g *Graph[F, L]) Edit() *Editor[F, L] {
	next := *g
	next.pages = slices.Clone(g.pages)
	return &Editor[F, L]{g: next, owned: map[int32]bool{}, ownsOut: map[Node]bool{}, ownsIn: map[Node]bool{}}
}

// Branch returns a graph equal to g whose line is its own: what is added to it
// is unknown to g's line.
func (g *Graph[F, L]) Branch() *Graph[F, L] {
	b := *g
	b.names = g.names.branch(g.size)
	b.labelIDs = g.labelIDs.branch(int32(len(g.labels)))
	b.labels = slices.Clip(g.labels)
	return &b
}

// Graph ends the editing and returns the new graph, which stands for the
// revision. The Editor must not be used afterwards.
func (e *Editor[F, L]) Graph(revision int64) *Graph[F, L] {
	e.g.revision = revision
	g := e.g
	return &g
}

// Lookup finds a node by its id, in the graph as edited so far.
func (e *Editor[F, L]) Lookup(id string) (Node, bool) { return e.g.Lookup(id) }

// Facts tells what is known of the node, as edited so far.
func (e *Editor[F, L]) Facts(n Node) F { return *e.g.Facts(n) }

// Key is the node's key, as edited so far.
func (e *Editor[F, L]) Key(n Node) string { return e.g.Key(n) }

// PutNode adds the node, or replaces key and facts of the one with this id.
func (e *Editor[F, L]) PutNode(id, key string, facts F) Node {
	// A number may also be left over from an Editor that was given up.
	n, known := e.g.names.number(id)
	if !known || n >= e.g.size || e.g.ID(n) != id {
		n = e.g.size
		e.g.names.add(id, n)
	}
	e.putAt(n, id, key, facts)
	return n
}

// putAt puts a node in its place, which may be the next one.
func (e *Editor[F, L]) putAt(n Node, id, key string, facts F) {
	if n == e.g.size {
		e.g.size++
		if int(n>>pageBits) == len(e.g.pages) {
			e.g.pages = append(e.g.pages, &page[F]{})
			e.owned[n>>pageBits] = true
		}
	}
	p, i := e.page(n), n&pageMask
	if !p.live[i] {
		p.live[i] = true
		e.g.live++
	}
	e.g.text += len(id) + len(key) - len(p.ids[i]) - len(p.keys[i])
	p.ids[i], p.keys[i], p.heads[i], p.facts[i] = id, key, Head(key), facts
}

// RemoveNode removes the node and all its arcs. Its number stays its own: the
// same id put again gets it back.
func (e *Editor[F, L]) RemoveNode(n Node) {
	if !e.g.Live(n) {
		return
	}
	out, in := e.g.Out(n), e.g.In(n)
	e.g.arcs -= len(out) + len(in)
	for _, a := range out {
		if a.Node == n { // counted on both sides
			e.g.arcs++
			continue
		}
		drop(e.in(a.Node), Arc{n, a.Label})
	}
	for _, a := range in {
		if a.Node != n {
			drop(e.out(a.Node), Arc{n, a.Label})
		}
	}
	p, i := e.page(n), n&pageMask
	var none F
	e.g.text -= len(p.keys[i])
	p.live[i], p.keys[i], p.facts[i], p.out[i], p.in[i] = false, "", none, nil, nil
	e.g.live--
}

func drop(arcs *[]Arc, a Arc) {
	i := slices.Index(*arcs, a)
	*arcs = slices.Delete(*arcs, i, i+1)
}

// PutArc replaces the first arc between the two nodes whose label is the same
// (as the caller sees it), or adds one.
func (e *Editor[F, L]) PutArc(from, to Node, label L, same func(L) bool) {
	l := e.label(label)
	out, in := e.out(from), e.in(to)
	if i := e.find(*out, to, same); i >= 0 {
		old := (*out)[i].Label
		(*out)[i].Label = l
		j := slices.Index(*in, Arc{from, old})
		(*in)[j].Label = l
		return
	}
	*out = append(*out, Arc{to, l})
	*in = append(*in, Arc{from, l})
	e.g.arcs++
}

// Arc finds the first arc between the two nodes whose label is the same.
func (e *Editor[F, L]) Arc(from, to Node, same func(L) bool) (label L, ok bool) {
	out := e.g.Out(from)
	if i := e.find(out, to, same); i >= 0 {
		return e.g.labels[out[i].Label], true
	}
	return label, false
}

// RemoveArc removes the first arc between the two nodes whose label is the
// same, and reports whether there was one.
func (e *Editor[F, L]) RemoveArc(from, to Node, same func(L) bool) bool {
	i := e.find(e.g.Out(from), to, same)
	if i < 0 {
		return false
	}
	out, in := e.out(from), e.in(to)
	drop(in, Arc{from, (*out)[i].Label})
	*out = slices.Delete(*out, i, i+1)
	e.g.arcs--
	return true
}

func (e *Editor[F, L]) find(arcs []Arc, to Node, same func(L) bool) int {
	return slices.IndexFunc(arcs, func(a Arc) bool { return a.Node == to && same(e.g.labels[a.Label]) })
}

func (e *Editor[F, L]) page(n Node) *page[F] {
	i := n >> pageBits
	if !e.owned[i] {
		c := *e.g.pages[i]
		e.g.pages[i] = &c
		e.owned[i] = true
	}
	return e.g.pages[i]
}

// out and in return the node's arcs for changing: copied once for each Editor,
// so that a batch of changes at a hub copies its arcs once.
func (e *Editor[F, L]) out(n Node) *[]Arc {
	arcs := &e.page(n).out[n&pageMask]
	if !e.ownsOut[n] {
		*arcs = slices.Clone(*arcs)
		e.ownsOut[n] = true
	}
	return arcs
}

func (e *Editor[F, L]) in(n Node) *[]Arc {
	arcs := &e.page(n).in[n&pageMask]
	if !e.ownsIn[n] {
		*arcs = slices.Clone(*arcs)
		e.ownsIn[n] = true
	}
	return arcs
}

func (e *Editor[F, L]) label(l L) int32 {
	if n, ok := e.g.labelIDs.number(l); ok && int(n) < len(e.g.labels) && e.g.labels[n] == l {
		return n
	}
	n := int32(len(e.g.labels))
	e.g.labels = append(e.g.labels, l)
	e.g.labelIDs.add(l, n)
	return n
}
