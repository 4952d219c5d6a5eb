package store

import (
	"cmp"
	"slices"
	"time"
)

// Inverse undoes a change of the log: applied to the graph after the change it
// gives the graph before it, with its versions and, where the log has them, its
// times. What was created is removed, what was removed created, and what was
// changed changed back. Effects come in an order in which they can be applied
// one by one: nodes that come back first, edges, nodes that go last.
func (c Change) Inverse() Change {
	effects := make([]Effect, len(c.Effects))
	for i, e := range c.Effects {
		effects[len(effects)-1-i] = e.inverse(c.At)
	}
	slices.SortStableFunc(effects, func(a, b Effect) int { return cmp.Compare(a.rank(), b.rank()) })
	c.Effects = effects
	return c
}

// rank orders effects so that an edge always has both its ends.
func (e *Effect) rank() int {
	switch {
	case e.Node == "":
		return 1
	case e.Verb() == Removed:
		return 2
	}
	return 0
}

func (e Effect) inverse(at time.Time) Effect {
	u := Effect{Node: e.Node, Kind: e.Kind, Edge: e.Edge, Version: e.Version, Before: e.After, After: e.Before}
	if e.Verb() == Updated {
		u.Version--
	}
	if e.Node == "" {
		return u
	}
	switch e.Verb() {
	case Created:
		u.CreatedAt, u.UpdatedAt = at, at
	case Updated:
		u.CreatedAt, u.UpdatedAt = e.CreatedAt, at
		u.Becomes = Times{e.CreatedAt, e.UpdatedAt}
	case Removed:
		u.Becomes = Times{e.CreatedAt, e.UpdatedAt}
	}
	return u
}
