package asof

import (
	"maps"

	"releasegraph/internal/store"
)

// later is the nearest overlay of a later revision that lies ahead, nil when
// there is none.
func (h *History) later(o *overlay) *overlay {
	h.mu.Lock()
	defer h.mu.Unlock()
	var nearest *overlay
	for _, one := range h.kept {
		p, ok := one.(*overlay)
		if ok && p.revision > o.revision && p.revision >= o.reachedAt() && (nearest == nil || p.revision < nearest.revision) {
			nearest = p
		}
	}
	return nearest
}

// join takes over what is known of a later revision, which the overlay has
// reached itself: what was not touched in between was then as it was at the
// later one.
func (o *overlay) join(later *overlay) {
	later.mu.RLock()
	defer later.mu.RUnlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.joinTouched(&later.touched)
	for id, p := range later.nodes {
		if o.touched.bornNode(id) {
			continue
		}
		q := o.nodes[id]
		if q == nil {
			q = &pastNode{Past: begun(&p.Past)}
			o.nodes[id] = q
			o.bytes += pastBytes + 2*int64(len(id))
		}
		for _, name := range o.learnAll(&q.Past, &p.Past) {
			o.hold(id, q.Kind, name, q.Props[name])
		}
	}
	for k, p := range later.edges {
		if o.touched.bornEdge(k) {
			continue
		}
		q := o.edges[k]
		if q == nil {
			past := begun(p)
			q = &past
			o.addEdge(k, q)
		}
		o.learnAll(q, p)
	}
	o.reached = later.reached
}

// begun is a past of which no property is known yet.
func begun(p *store.Past) store.Past {
	q := *p
	q.Whole, q.Props = false, store.Props{}
	return q
}

// learnAll adds to a past what is known of that of a later revision.
func (o *overlay) learnAll(q, later *store.Past) (learnt []string) {
	if q.Whole {
		return nil
	}
	if q.Props == nil {
		q.Props = store.Props{}
	}
	for name, v := range later.Props {
		if _, known := q.Props[name]; !known {
			q.Props[name] = v
			o.bytes += propBytes(name, v)
			learnt = append(learnt, name)
		}
	}
	q.Whole = later.Whole
	return learnt
}

// joinTouched takes over what was touched, under the overlay's own numbers.
func (o *overlay) joinTouched(later *touched) {
	numbers, names := make([]uint32, len(later.nodes.list)), make([]uint32, len(later.names.list))
	numbered := len(o.touched.nodes.list)
	for i, id := range later.nodes.list {
		numbers[i] = o.touched.nodes.add(id)
	}
	for i, name := range later.names.list {
		names[i] = o.touched.names.add(name)
	}
	for kind, s := range later.kinds {
		for n := range s.all() {
			at(o.touched.kinds, kind).add(numbers[n])
		}
	}
	for w, s := range later.ends {
		for n := range s.all() {
			at(o.touched.ends, w).add(numbers[n])
		}
	}
	for n := range later.bornNodes.all() {
		if o.nodes[later.nodes.list[n]] == nil {
			o.touched.bornNodes.add(numbers[n])
		}
	}
	before := o.touched.bornEdges
	o.touched.bornEdges = make(map[edgeNumber]struct{}, len(before)+len(later.bornEdges))
	maps.Copy(o.touched.bornEdges, before)
	for n := range later.bornEdges {
		m := edgeNumber{names[n.rel], numbers[n.from], numbers[n.to], names[n.tag]}
		if len(o.edges) == 0 || o.edges[o.touched.key(m)] == nil {
			o.touched.bornEdges[m] = struct{}{}
		}
	}
	o.bytes += numberBytes*int64(len(o.touched.nodes.list)-numbered) + edgeBytes*int64(len(o.touched.bornEdges)-len(before))
}
