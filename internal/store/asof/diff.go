package asof

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"releasegraph/internal/pace"
	"releasegraph/internal/store"
)

// Diff lists the net effects between two revisions, in either order: applied to
// the graph as of the one they give the graph as of the other. What goes
// comes first, edges before nodes, then nodes that appear or changed, then such
// edges; each group by id or key. Becomes tells a node's times after them. What was changed and changed back has neither
// Before nor After properties, only another version and time. A node that went
// and came back as another kind has two effects. The cost is that of the
// changes between, once: the list is kept, and shared by all who ask, so that it
// must not be changed. Errors are those of At.
func (h *History) Diff(ctx context.Context, from, to store.Revision) ([]store.Effect, error) {
	if err := h.between(ctx, from, to); err != nil {
		return nil, err
	}
	same := func(d *difference) bool { return d.from == from && d.to == to && d.known.Load() }
	if d := use(h, same, nil); d != nil {
		return d.list, nil
	}
	done, err := h.follow(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if d := use(h, same, nil); d != nil { // found by who was waited for
		return d.list, nil
	}
	d := newDifference(from, to)
	use(h, func(*difference) bool { return false }, func() *difference { return d })
	if err := d.read(ctx, h); err != nil {
		h.drop(d)
		return nil, err
	}
	return d.list, nil
}

// between tells what is wrong with asking for what is between two revisions.
func (h *History) between(ctx context.Context, from, to store.Revision) error {
	head, err := h.store.Settled(ctx)
	if err != nil {
		return err
	}
	if min(from, to) < 0 || max(from, to) > head {
		return fmt.Errorf("%w: the revisions %d and %d must lie between 0 and the head, %d", store.ErrInvalid, from, to, head)
	}
	oldest, err := h.store.Oldest(ctx)
	if err == nil && min(from, to) < oldest {
		err = fmt.Errorf("%w: revision %d can no longer be read, the oldest is %d", store.ErrCompacted, min(from, to), oldest)
	}
	return err
}

// Diff lists the net effects between two revisions of a store; see
// History.Diff.
func Diff(ctx context.Context, s store.Store, from, to store.Revision) ([]store.Effect, error) {
	return New(s, Options{}).Diff(ctx, from, to)
}

// difference follows what the changes between two revisions touched, and then
// holds the list of it.
type difference struct {
	from, to store.Revision
	nodes    map[store.ID]*course
	edges    map[store.EdgeKey]*course
	bytes    atomic.Int64

	known atomic.Bool // the list is there
	list  []store.Effect
}

func newDifference(from, to store.Revision) *difference {
	return &difference{from: from, to: to, nodes: map[store.ID]*course{}, edges: map[store.EdgeKey]*course{}}
}

func (d *difference) size() int64 { return d.bytes.Load() }

// read follows the log from one revision to the other.
func (d *difference) read(ctx context.Context, h *History) error {
	low, high := min(d.from, d.to), max(d.from, d.to)
	for at := low; at < high; {
		changes, err := h.store.Changes(ctx, at, min(longestRun, int(high-at)))
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return fmt.Errorf("%w: the log ends at revision %d, before revision %d", store.ErrUnavailable, at, high)
		}
		for i := range changes {
			if err := ctx.Err(); err != nil {
				return err
			}
			d.follow(&changes[i])
		}
		at = changes[len(changes)-1].Revision
		h.fit(d)
		if d.size() > h.max {
			return &TooMuchError{low, at, h.max}
		}
	}
	var err error
	if d.list, err = d.effects(ctx); err != nil {
		return err
	}
	d.nodes, d.edges = nil, nil
	d.known.Store(true)
	return nil
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
			k = courseOf(d.nodes, e.Node, e)
		} else {
			k = courseOf(d.edges, e.Edge, e)
		}
		k.was.Follow(e)
		k.follow(e, c.At)
		bytes := int64(pastBytes)
		for name, v := range e.After {
			bytes += propBytes(name, v) + propBytes(name, e.Before[name])
		}
		d.bytes.Add(bytes)
	}
}

func courseOf[K comparable](all map[K]*course, key K, e *store.Effect) *course {
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

func (d *difference) effects(ctx context.Context) ([]store.Effect, error) {
	list, p := make([]store.Effect, 0, len(d.nodes)+len(d.edges)), pace.Of(ctx)
	add := func(e store.Effect, k *course) error {
		was, is := k.sides()
		if d.from > d.to {
			was, is = is, was
		}
		list = append(list, between(e, was, is)...)
		return p.Step()
	}
	for id, k := range d.nodes {
		if err := add(store.Effect{Node: id}, k); err != nil {
			return nil, err
		}
	}
	for key, k := range d.edges {
		if err := add(store.Effect{Edge: key}, k); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b store.Effect) int {
		return cmp.Or(cmp.Compare(place(&a), place(&b)), cmp.Compare(a.Node, b.Node), store.CompareKeys(a.Edge, b.Edge))
	})
	return list, nil
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
