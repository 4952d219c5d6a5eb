package asof

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/store"
)

// Diff lists the net effects between two revisions, in either order: applied to
// the graph as of the one they give the graph as of the other. What goes
// comes first, edges before nodes, then nodes that appear or changed, then such
// edges; each group by id or key. Becomes tells a node's times after them. What was changed and changed back has neither
// Before nor After properties, only another version and time. A node that went
// and came back as another kind has two effects. The cost is that of the
// changes between. Errors are those of At.
func (h *History) Diff(ctx context.Context, from, to store.Revision) ([]store.Effect, error) {
	low, high := min(from, to), max(from, to)
	head, err := h.store.Settled(ctx)
	if err != nil {
		return nil, err
	}
	if low < 0 || high > head {
		return nil, fmt.Errorf("%w: the revisions %d and %d must lie between 0 and the head, %d", store.ErrInvalid, from, to, head)
	}
	d := &difference{nodes: map[store.ID]*course{}, edges: map[store.EdgeKey]*course{}}
	for at, limit := low, 16; at < high; limit = min(2*limit, 512) {
		changes, err := h.store.Changes(ctx, at, min(limit, int(high-at)))
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			return nil, fmt.Errorf("%w: the log ends at revision %d, before its head at %d", store.ErrUnavailable, at, head)
		}
		for i := range changes {
			d.follow(&changes[i])
		}
		if at = changes[len(changes)-1].Revision; d.bytes > h.max {
			return nil, &TooMuchError{low, at, h.max}
		}
	}
	return d.effects(from > to), nil
}

// Diff lists the net effects between two revisions of a store; see
// History.Diff.
func Diff(ctx context.Context, s store.Store, from, to store.Revision) ([]store.Effect, error) {
	return New(s, Options{}).Diff(ctx, from, to)
}

// difference follows what the changes between two revisions touched.
type difference struct {
	nodes map[store.ID]*course
	edges map[store.EdgeKey]*course
	bytes int64
}

// course is what became of a node or edge: how it was, and how it is since.
type course struct {
	was     *store.Past
	exists  bool
	kind    string
	version int64
	store.Times
	props store.Props // that changed since; nil values: absent
}

func (d *difference) follow(c *store.Change) {
	for i := range c.Effects {
		e := &c.Effects[i]
		var k *course
		if e.Node != "" {
			k = at(d.nodes, e.Node, e)
		} else {
			k = at(d.edges, e.Edge, e)
		}
		k.was.Follow(e)
		k.follow(e, c.At)
		d.bytes += pastBytes
		for name, v := range e.After {
			d.bytes += propBytes(name, v) + propBytes(name, e.Before[name])
		}
	}
}

func at[K comparable](all map[K]*course, key K, e *store.Effect) *course {
	k := all[key]
	if k == nil {
		k = &course{was: store.NewPast(e), props: store.Props{}}
		all[key] = k
	}
	return k
}

func (k *course) follow(e *store.Effect, now time.Time) {
	k.exists, k.kind, k.version = e.After != nil, e.Kind, e.Version
	switch e.Verb() {
	case store.Created:
		k.Times, k.props = store.Times{CreatedAt: now, UpdatedAt: now}, maps.Clone(e.After)
	case store.Updated:
		k.Times = store.Times{CreatedAt: e.CreatedAt, UpdatedAt: now}
		for name := range e.Before {
			k.props[name] = nil
		}
		maps.Copy(k.props, e.After)
	case store.Removed:
		k.Times, k.props = store.Times{}, store.Props{}
	}
}

// side is a node or edge at one of the two revisions.
type side struct {
	exists  bool
	kind    string
	version int64
	store.Times
	props store.Props
}

func (k *course) sides() (was, is side) {
	was = side{k.was.Existed, k.was.Kind, k.was.Version, k.was.Times, k.was.Props}
	is = side{k.exists, k.kind, k.version, k.Times, k.props}
	return was, is
}

func (d *difference) effects(backward bool) []store.Effect {
	var list []store.Effect
	add := func(e store.Effect, k *course) {
		was, is := k.sides()
		if backward {
			was, is = is, was
		}
		list = append(list, between(e, was, is)...)
	}
	for id, k := range d.nodes {
		add(store.Effect{Node: id}, k)
	}
	for key, k := range d.edges {
		add(store.Effect{Edge: key}, k)
	}
	slices.SortFunc(list, func(a, b store.Effect) int {
		return cmp.Or(cmp.Compare(place(&a), place(&b)), cmp.Compare(a.Node, b.Node), store.CompareKeys(a.Edge, b.Edge))
	})
	return list
}

// place orders effects so that they can be applied one by one; of a node that
// comes back as another kind the old one goes first of all.
func place(e *store.Effect) int {
	switch {
	case e.Node == "" && e.Verb() == store.Removed:
		return 0
	case e.Node != "" && e.Verb() == store.Removed:
		return 1
	case e.Node != "":
		return 2
	}
	return 3
}
