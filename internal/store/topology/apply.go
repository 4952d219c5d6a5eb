package topology

import (
	"fmt"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// errDiverged says that the log does not fit what is in memory. Only loading
// anew helps, as when the log no longer reaches back.
var errDiverged = fmt.Errorf("the log does not fit the topology: %w", store.ErrCompacted)

// applying brings the effects of changes into an Editor.
type applying[F any, L comparable] struct {
	s       *Store[F, L]
	e       *adjacency.Editor[F, L]
	partial map[string]bool
}

// change applies one change set. Nodes that appear come first and nodes that go
// last, so that each edge comes and goes, by its own effect, between its ends.
func (a *applying[F, L]) change(c *store.Change) error {
	for _, nodes := range []bool{true, false} {
		for i := range c.Effects {
			if f := &c.Effects[i]; (f.Node != "") == nodes {
				if err := a.effect(f); err != nil {
					return err
				}
			}
		}
	}
	for i := range c.Effects {
		if f := &c.Effects[i]; f.Node != "" && a.s.kinds[f.Kind] && f.Verb() == store.Removed {
			n, ok := a.e.Lookup(string(f.Node))
			if !ok {
				return fmt.Errorf("%w: no node %s to remove", errDiverged, f.Node)
			}
			a.e.RemoveNode(n)
		}
	}
	return nil
}

func (a *applying[F, L]) effect(f *store.Effect) error {
	if f.Node != "" {
		if !a.s.kinds[f.Kind] {
			return nil
		}
		return a.node(f)
	}
	if !a.s.rels[f.Edge.Rel] {
		return nil
	}
	from, ok := a.e.Lookup(string(f.Edge.From))
	to, both := a.e.Lookup(string(f.Edge.To))
	if !ok || !both {
		a.partial = withPartial(a.partial, f.Edge.Rel)
		return nil
	}
	return a.edge(f, from, to)
}

func (a *applying[F, L]) node(f *store.Effect) error {
	switch f.Verb() {
	case store.Created:
		key, facts := a.s.codec.Node(f.Kind, a.s.keep.of(f.After))
		a.e.PutNode(string(f.Node), key, facts)
	case store.Updated:
		if !a.s.keep.touchedBy(f) {
			return nil
		}
		n, ok := a.e.Lookup(string(f.Node))
		if !ok {
			return fmt.Errorf("%w: no node %s to update", errDiverged, f.Node)
		}
		props := a.s.keep.merge(a.s.codec.NodeProps(a.e.Key(n), a.e.Facts(n)), f)
		key, facts := a.s.codec.Node(f.Kind, props)
		a.e.PutNode(string(f.Node), key, facts)
	}
	return nil
}

func (a *applying[F, L]) edge(f *store.Effect, from, to adjacency.Node) error {
	same := func(l L) bool {
		rel, tag := a.s.codec.EdgeID(l)
		return rel == f.Edge.Rel && tag == f.Edge.Tag
	}
	switch f.Verb() {
	case store.Created:
		a.e.PutArc(from, to, a.s.codec.Edge(f.Edge.Rel, f.Edge.Tag, a.s.keep.of(f.After)), same)
	case store.Removed:
		if !a.e.RemoveArc(from, to, same) {
			return fmt.Errorf("%w: no %s from %s to %s to remove", errDiverged, f.Edge.Rel, f.Edge.From, f.Edge.To)
		}
	case store.Updated:
		if !a.s.keep.touchedBy(f) {
			return nil
		}
		l, ok := a.e.Arc(from, to, same)
		if !ok {
			return fmt.Errorf("%w: no %s from %s to %s to update", errDiverged, f.Edge.Rel, f.Edge.From, f.Edge.To)
		}
		props := a.s.keep.merge(a.s.codec.EdgeProps(l), f)
		a.e.PutArc(from, to, a.s.codec.Edge(f.Edge.Rel, f.Edge.Tag, props), same)
	}
	return nil
}

// touchedBy tells whether an update changed a property of the set.
func (s set) touchedBy(f *store.Effect) bool {
	for name := range f.Before {
		if s[name] {
			return true
		}
	}
	for name := range f.After {
		if s[name] {
			return true
		}
	}
	return false
}

// merge brings an update into the properties from before it.
func (s set) merge(props store.Props, f *store.Effect) store.Props {
	merged := s.of(props)
	for name := range f.Before {
		delete(merged, name)
	}
	for name, v := range f.After {
		if s[name] {
			merged[name] = v
		}
	}
	return merged
}
