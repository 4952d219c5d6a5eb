package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// reference is the model: obvious maps and sorts, nothing shared with the
// stores beside the port itself.
type reference struct {
	head  store.Revision
	at    time.Time // of the head
	nodes map[store.ID]store.Node
	edges map[store.EdgeKey]store.Edge
	log   []store.Change
}

func newReference(head store.Revision, at time.Time) *reference {
	return &reference{head: head, at: at, nodes: map[store.ID]store.Node{}, edges: map[store.EdgeKey]store.Edge{}}
}

// commit applies a change set to copies, and keeps them when all went well.
func (r *reference) commit(cs store.Changeset) (store.Change, error) {
	for _, c := range r.log {
		if cs.Key != "" && c.Key == cs.Key {
			return c, nil
		}
	}
	for _, g := range cs.Guards {
		if err := r.guard(g); err != nil {
			return store.Change{}, err
		}
	}
	if cs.At.Before(r.at) {
		cs.At = r.at
	}
	next := &reference{nodes: maps.Clone(r.nodes), edges: maps.Clone(r.edges)}
	var touched []any
	for i, op := range cs.Ops {
		ids, err := next.perform(op)
		if err != nil {
			return store.Change{}, &store.FailedOp{Index: i, Err: err}
		}
		touched = append(touched, ids...)
	}
	effects := r.compare(next, touched, cs)
	change := store.Change{
		Revision: r.head, At: cs.At, Actor: cs.Actor, Reason: cs.Reason, Source: cs.Source, Key: cs.Key, Effects: effects,
	}
	if len(effects) > 0 {
		change.Revision++
		r.head, r.at, r.nodes, r.edges = change.Revision, cs.At, next.nodes, next.edges
		r.log = append(r.log, change)
	}
	return change, nil
}

// history goes through the whole log.
func (r *reference) history(q store.HistoryQuery) []store.Change {
	var found []store.Change
	for _, c := range slices.Backward(r.log) {
		if q.Before > 0 && c.Revision >= q.Before || q.First > 0 && len(found) == q.First {
			continue
		}
		var effects []store.Effect
		for _, e := range c.Effects {
			if id := q.Nodes[0]; e.Node == id || e.Node == "" && (e.Edge.From == id || e.Edge.To == id) {
				effects = append(effects, e)
			}
		}
		if len(effects) > 0 {
			c.Effects = effects
			found = append(found, c)
		}
	}
	return found
}

func (r *reference) guard(g store.Guard) error {
	holds, current := true, int64(0)
	switch g := g.(type) {
	case store.NodeAt:
		current = r.nodes[g.ID].Version
		holds = current == g.Version
	case store.EdgeAt:
		current = r.edges[g.EdgeKey].Version
		holds = current == g.Version
	case store.NoEdges:
		for k := range r.edges {
			near, _ := sides(k, g.Direction)
			if near == g.ID && (g.Rel == "" || g.Rel == k.Rel) {
				holds = false
			}
		}
	case store.Unchanged:
		for _, c := range r.log {
			for _, e := range c.Effects {
				holds = holds && (c.Revision <= g.Since || (e.Node == "" || e.Kind != g.Kind) && (e.Node != "" || e.Edge.Rel != g.Rel))
			}
		}
	}
	if holds {
		return nil
	}
	return &store.ConflictError{Guard: g, Current: current}
}

func sides(k store.EdgeKey, d store.Direction) (near, far store.ID) {
	if d == store.In {
		return k.To, k.From
	}
	return k.From, k.To
}

// perform does one operation and lists what it touched.
func (r *reference) perform(op store.Op) ([]any, error) {
	switch op := op.(type) {
	case store.CreateNode:
		if _, taken := r.nodes[op.ID]; taken {
			return nil, &store.TakenError{Kind: op.Kind, Value: string(op.ID), Holder: op.ID}
		}
		return r.putNode(store.Node{ID: op.ID, Kind: op.Kind}, op.Props)
	case store.UpdateNode:
		n, ok := r.nodes[op.ID]
		if !ok {
			return nil, &store.MissingError{Node: op.ID}
		}
		return r.putNode(n, op.Set)
	case store.RemoveNode:
		return r.removeNode(op.ID)
	case store.PutEdge:
		for _, end := range []store.ID{op.From, op.To} {
			if _, ok := r.nodes[end]; !ok {
				return nil, &store.MissingError{Node: end}
			}
		}
		if !joins(op.Rel, r.nodes[op.From].Kind, r.nodes[op.To].Kind) {
			return nil, store.ErrInvalid
		}
		r.edges[op.EdgeKey] = store.Edge{EdgeKey: op.EdgeKey, Version: 1, Props: op.Props.Clone()}
		return []any{op.EdgeKey}, nil
	case store.RemoveEdge:
		if _, ok := r.edges[op.EdgeKey]; !ok {
			return nil, &store.MissingError{Edge: &op.EdgeKey}
		}
		delete(r.edges, op.EdgeKey)
		return []any{op.EdgeKey}, nil
	}
	panic(fmt.Sprintf("%T", op))
}

func joins(rel, from, to string) bool {
	return slices.ContainsFunc(Schema().Rels, func(r store.RelSchema) bool {
		return r.Name == rel && r.From == from && r.To == to
	})
}

func (r *reference) putNode(n store.Node, changes store.Props) ([]any, error) {
	n.Props = n.Props.Clone()
	if n.Props == nil {
		n.Props = store.Props{}
	}
	for name, v := range changes {
		if v == nil {
			delete(n.Props, name)
		} else {
			n.Props[name] = v
		}
	}
	for _, unique := range []string{"key", "serial"} {
		for _, other := range r.nodes {
			v, has := n.Props[unique]
			if has && other.Kind == n.Kind && other.ID != n.ID && other.Props[unique] == v {
				return nil, &store.TakenError{Kind: n.Kind, Property: unique, Value: v.(string), Holder: other.ID}
			}
		}
	}
	r.nodes[n.ID] = n
	return []any{n.ID}, nil
}

func (r *reference) removeNode(id store.ID) ([]any, error) {
	if _, ok := r.nodes[id]; !ok {
		return nil, &store.MissingError{Node: id}
	}
	var out, in []store.EdgeKey
	for k := range r.edges {
		if k.From == id {
			out = append(out, k)
		} else if k.To == id {
			in = append(in, k)
		}
	}
	slices.SortFunc(out, byKey)
	slices.SortFunc(in, byKey)
	if len(in) > 0 {
		return nil, &store.InUseError{Node: id, Edges: in[:min(10, len(in))], Count: int64(len(in))}
	}
	touched := []any{id}
	for _, k := range out {
		delete(r.edges, k)
		touched = append(touched, k)
	}
	delete(r.nodes, id)
	return touched, nil
}

func byKey(a, b store.EdgeKey) int {
	return cmp.Or(strings.Compare(a.Rel, b.Rel), strings.Compare(string(a.From), string(b.From)),
		strings.Compare(string(a.To), string(b.To)), strings.Compare(a.Tag, b.Tag))
}

// compare finds the net effects, in the order of first touch, and sets the
// versions and times of what changed.
func (r *reference) compare(next *reference, touched []any, cs store.Changeset) []store.Effect {
	var effects []store.Effect
	seen := map[any]bool{}
	for _, t := range touched {
		if seen[t] {
			continue
		}
		seen[t] = true
		var e store.Effect
		switch t := t.(type) {
		case store.ID:
			e = r.compareNode(next, t, cs)
		case store.EdgeKey:
			e = r.compareEdge(next, t)
		}
		if e.Before != nil || e.After != nil {
			effects = append(effects, e)
		}
	}
	return effects
}

func (r *reference) compareNode(next *reference, id store.ID, cs store.Changeset) store.Effect {
	was, had := r.nodes[id]
	is, has := next.nodes[id]
	e := store.Effect{Node: id, Kind: cmp.Or(is.Kind, was.Kind), CreatedAt: was.CreatedAt, UpdatedAt: was.UpdatedAt}
	if !has {
		e.Version, e.Before = was.Version, was.Props
		return e
	}
	is.CreatedAt, is.UpdatedAt = cs.At, cs.At
	if had {
		is.CreatedAt = was.CreatedAt
	}
	e.Before, e.After = parts(was.Props, is.Props, had)
	is.Version = was.Version + 1
	if e.Before == nil && e.After == nil {
		is = was
	}
	e.Version = is.Version
	next.nodes[id] = is
	return e
}

func (r *reference) compareEdge(next *reference, k store.EdgeKey) store.Effect {
	was, had := r.edges[k]
	is, has := next.edges[k]
	e := store.Effect{Edge: k}
	if !has {
		e.Version = was.Version
		if had {
			e.Before = store.Props{}
			maps.Copy(e.Before, was.Props)
		}
		return e
	}
	e.Before, e.After = parts(was.Props, is.Props, had)
	is.Version = was.Version + 1
	if e.Before == nil && e.After == nil {
		is = was
	}
	e.Version = is.Version
	next.edges[k] = is
	return e
}

// parts gives the properties that differ; both nil when none do.
func parts(was, is store.Props, had bool) (before, after store.Props) {
	before, after = store.Props{}, store.Props{}
	for name, v := range was {
		if w, stays := is[name]; !stays || !store.EqualValues(v, w) {
			before[name] = v
		}
	}
	for name, v := range is {
		if w, before := was[name]; !before || !store.EqualValues(v, w) {
			after[name] = v
		}
	}
	switch {
	case !had:
		return nil, after
	case len(before)+len(after) == 0:
		return nil, nil
	}
	return before, after
}
