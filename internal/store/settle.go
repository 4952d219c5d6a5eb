package store

// settle gives versions and times to what the set changed, and returns the net
// effects in the order of first touch.
func (a *applying) settle(cs Changeset) []Effect {
	effects := make([]Effect, 0, len(a.order))
	for _, t := range a.order {
		var e Effect
		var changed bool
		if t.node != "" {
			e, changed = a.settleNode(t.node, cs)
		} else {
			e, changed = a.settleEdge(t.edge)
		}
		if changed {
			effects = append(effects, e)
		}
	}
	return effects
}

func (a *applying) settleNode(id ID, cs Changeset) (Effect, bool) {
	was, is := a.nodeWas[id], a.nodes[id]
	switch {
	case was == nil && is == nil:
		return Effect{}, false
	case is == nil:
		return Effect{
			Node: id, Kind: was.Kind, Version: was.Version, CreatedAt: was.CreatedAt, UpdatedAt: was.UpdatedAt, Before: present(was.Props),
		}, true
	case was == nil:
		is.Version, is.CreatedAt, is.UpdatedAt = 1, cs.At, cs.At
		return Effect{Node: id, Kind: is.Kind, Version: 1, After: is.Props}, true
	}
	before, after := difference(was.Props, is.Props)
	if len(before)+len(after) == 0 {
		a.nodes[id] = was
		return Effect{}, false
	}
	is.Version, is.CreatedAt, is.UpdatedAt = was.Version+1, was.CreatedAt, cs.At
	return Effect{
		Node: id, Kind: is.Kind, Version: is.Version, CreatedAt: was.CreatedAt, UpdatedAt: was.UpdatedAt, Before: before, After: after,
	}, true
}

func (a *applying) settleEdge(k EdgeKey) (Effect, bool) {
	was, is := a.edgeWas[k], a.edges[k]
	switch {
	case was == nil && is == nil:
		return Effect{}, false
	case is == nil:
		return Effect{Edge: k, Version: was.Version, Before: present(was.Props)}, true
	case was == nil:
		is.Version = 1
		return Effect{Edge: k, Version: 1, After: is.Props}, true
	}
	before, after := difference(was.Props, is.Props)
	if len(before)+len(after) == 0 {
		a.edges[k] = was
		return Effect{}, false
	}
	is.Version = was.Version + 1
	return Effect{Edge: k, Version: is.Version, Before: before, After: after}, true
}

// present makes sure that no properties are told from absent ones.
func present(p Props) Props {
	if p == nil {
		return Props{}
	}
	return p
}

func difference(was, is Props) (before, after Props) {
	before, after = Props{}, Props{}
	for name, v := range was {
		w, stays := is[name]
		if stays && EqualValues(v, w) {
			continue
		}
		before[name] = v
		if stays {
			after[name] = w
		}
	}
	for name, w := range is {
		if _, had := was[name]; !had {
			after[name] = w
		}
	}
	return before, after
}

// Handovers lists the updated nodes whose former unique value another node
// holds after the effects. A store whose index refuses a passing double must
// clear those values before it writes the effects.
func Handovers(d *Declared, effects []Effect) []ID {
	taken := map[Holding]bool{}
	for _, e := range effects {
		each(d, e, e.After, func(h Holding) { taken[h] = true })
	}
	var list []ID
	for _, e := range effects {
		if e.Verb() != Updated || e.Node == "" {
			continue
		}
		passes := false
		each(d, e, e.Before, func(h Holding) { passes = passes || taken[h] })
		if passes {
			list = append(list, e.Node)
		}
	}
	return list
}

// each visits the unique values among a node's properties.
func each(d *Declared, e Effect, props Props, visit func(Holding)) {
	if e.Node == "" || len(props) == 0 {
		return
	}
	for _, p := range d.kinds[e.Kind].unique {
		if v, ok := props[p.Name].(string); ok {
			visit(Holding{e.Kind, p.Name, v})
		}
	}
}
