package asof

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/pace"
	"releasegraph/internal/store"
)

// course is what became of a node or edge: how it was, and how it is since.
type course struct {
	was     *store.Past
	exists  bool
	kind    string
	version int64
	store.Times
	made  *place      // where it was created since, if it was
	props store.Props // that changed since, or since then; nil values: absent
}

func (k *course) follow(e *store.Effect, now time.Time, at place) {
	k.was.Follow(e)
	k.exists, k.kind, k.version = e.After != nil, e.Kind, e.Version
	switch e.Verb() {
	case store.Created:
		k.Times, k.made, k.props = store.Times{CreatedAt: now, UpdatedAt: now}, &at, store.Props{}
	case store.Updated:
		k.Times = store.Times{CreatedAt: e.CreatedAt, UpdatedAt: now}
		for name := range e.Before {
			k.props[name] = nil
		}
		maps.Copy(k.props, e.After)
	case store.Removed:
		k.Times, k.made, k.props = store.Times{}, nil, store.Props{}
	}
}

// sides are the node or edge at the two revisions, but for the properties with
// which it was created since.
func (k *course) sides() (was, is side) {
	was = side{k.was.Existed, k.was.Kind, k.was.Version, k.was.Times, k.was.Props}
	is = side{k.exists, k.kind, k.version, k.Times, k.props}
	return was, is
}

// side is a node or edge at one of the two revisions.
type side struct {
	exists  bool
	kind    string
	version int64
	store.Times
	props store.Props
}

// over lays later properties over those of a side.
func (s side) over(later store.Props) store.Props {
	props := make(store.Props, len(s.props)+len(later))
	maps.Copy(props, s.props)
	maps.Copy(props, later)
	return props
}

// following is the log between two revisions as far as it was followed.
type following struct {
	*Difference
	nodeCourses map[uint32]*course
	edgeCourses map[edgeNumber]*course
	// What was created since, and not touched again.
	bornNodes map[uint32]bornNode
	bornEdges map[edgeNumber]place
	born      int // how often something was
	// wants chooses what is followed; nil: everything.
	wants func(*store.Effect) bool
}

// newFollowing returns a following of which nothing was followed yet.
func newFollowing(d *Difference, wants func(*store.Effect) bool) *following {
	d.nodes, d.names = newNumbering[store.ID](), newNumbering[string]()
	return &following{
		Difference: d, wants: wants, nodeCourses: map[uint32]*course{}, edgeCourses: map[edgeNumber]*course{},
		bornNodes: map[uint32]bornNode{}, bornEdges: map[edgeNumber]place{},
	}
}

type bornNode struct {
	kind uint32
	made place
}

// read follows the log from one revision to the other.
func (d *Difference) read(ctx context.Context, h *History) error {
	f := newFollowing(d, nil)
	low, high := min(d.from, d.to), max(d.from, d.to)
	err := h.run(ctx, low, high, func(changes []store.Change) error {
		for i := range changes {
			f.change(&changes[i])
		}
		h.fit(d)
		if d.size() > h.max {
			return &TooMuchError{low, changes[len(changes)-1].Revision, h.max}
		}
		return nil
	})
	if err != nil {
		return err
	}
	courses := d.size() - bornBytes*int64(f.born)
	if err := f.effects(ctx); err != nil {
		return err
	}
	d.bytes.Store(courses + listedBytes*int64(len(d.list))) // what was born is a line of the list now
	d.known.Store(true)
	return nil
}

// run reads the log after one revision up to another, a run of change sets at a
// time.
func (h *History) run(ctx context.Context, low, high store.Revision, see func([]store.Change) error) error {
	for at := low; at < high; {
		changes, err := h.store.Undo(ctx, at, min(longestRun, int(high-at)))
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return fmt.Errorf("%w: the log ends at revision %d, before revision %d", store.ErrUnavailable, at, high)
		}
		if err := errors.Join(ctx.Err(), see(changes)); err != nil {
			return err
		}
		at = changes[len(changes)-1].Revision
	}
	return nil
}

func (f *following) change(c *store.Change) {
	numbered := len(f.nodes.list)
	at := place{logged: uint32(len(f.logged))} //nolint:gosec // there are fewer
	makes := false
	for i := range c.Effects {
		e := &c.Effects[i]
		at.effect = uint32(i) //nolint:gosec // there are fewer
		if f.wants != nil && !f.wants(e) {
			continue
		}
		makes = makes || e.Verb() == store.Created
		var k *course
		if e.Node != "" {
			k = f.node(e, at)
		} else {
			k = f.edge(e, at)
		}
		if k == nil {
			continue
		}
		k.follow(e, c.At, at)
		bytes := int64(pastBytes)
		for name, v := range e.After {
			bytes += propBytes(name, v) + propBytes(name, e.Before[name])
		}
		f.bytes.Add(bytes)
	}
	f.bytes.Add(numberBytes * int64(len(f.nodes.list)-numbered))
	if makes {
		f.logged = append(f.logged, store.Change{Revision: c.Revision, At: c.At})
	}
}

const (
	// bornBytes is about what something takes that was created and not touched
	// again, while the log is followed.
	bornBytes = edgeBytes + 32
	// listedBytes is about what an effect takes in the list.
	listedBytes = 40
)

// node is the course that an effect goes on, nil where there is none to be kept.
func (f *following) node(e *store.Effect, at place) *course {
	n := f.nodes.add(e.Node)
	if k := f.nodeCourses[n]; k != nil {
		return k
	}
	born, isBorn := f.bornNodes[n]
	if e.Verb() == store.Created {
		f.bornNodes[n] = bornNode{f.names.add(e.Kind), at}
		f.bear()
		return nil
	}
	delete(f.bornNodes, n)
	k := courseOf(e, isBorn, born.made)
	if k != nil {
		f.nodeCourses[n] = k
	}
	return k
}

// edge does for an edge what node does for a node.
func (f *following) edge(e *store.Effect, at place) *course {
	n := edgeNumber{f.names.add(e.Edge.Rel), f.nodes.add(e.Edge.From), f.nodes.add(e.Edge.To), f.names.add(e.Edge.Tag)}
	if k := f.edgeCourses[n]; k != nil {
		return k
	}
	made, isBorn := f.bornEdges[n]
	if e.Verb() == store.Created {
		f.bornEdges[n] = at
		f.bear()
		return nil
	}
	delete(f.bornEdges, n)
	k := courseOf(e, isBorn, made)
	if k != nil {
		f.edgeCourses[n] = k
	}
	return k
}

func (f *following) bear() {
	f.born++
	f.bytes.Add(bornBytes)
}

// courseOf begins a course: with what was there, or was created since. What was
// created since and is removed leaves nothing.
func courseOf(e *store.Effect, born bool, made place) *course {
	switch {
	case !born:
		return &course{was: store.NewPast(e), props: store.Props{}}
	case e.Verb() == store.Removed:
		return nil
	}
	return &course{was: &store.Past{}, made: &made, props: store.Props{}}
}

// effects lists what differs.
func (f *following) effects(ctx context.Context) error {
	steps := pace.Of(ctx)
	f.list = make([]differing, 0, len(f.bornNodes)+len(f.bornEdges)+len(f.nodeCourses)+len(f.edgeCourses))
	appeared := created
	if f.from > f.to {
		appeared = removed
	}
	for n, b := range f.bornNodes {
		f.list = append(f.list, differing{key: edgeNumber{rel: b.kind, from: n}, course: -1, made: b.made, node: true, verb: appeared})
		if err := steps.Step(); err != nil {
			return err
		}
	}
	for n, made := range f.bornEdges {
		f.list = append(f.list, differing{key: n, course: -1, made: made, verb: appeared})
		if err := steps.Step(); err != nil {
			return err
		}
	}
	for n, k := range f.nodeCourses {
		f.add(k, edgeNumber{from: n}, true)
		if err := steps.Step(); err != nil {
			return err
		}
	}
	for n, k := range f.edgeCourses {
		f.add(k, n, false)
		if err := steps.Step(); err != nil {
			return err
		}
	}
	f.sort()
	return nil
}

// add lists what a course comes to.
func (f *following) add(k *course, key edgeNumber, node bool) {
	was, is := k.sides()
	if f.from > f.to {
		was, is = is, was
	}
	e := store.Effect{}
	if node {
		e.Node = f.nodes.list[key.from]
	}
	for i, e := range between(e, was, is) {
		x := differing{key: key, course: int32(len(f.courses)), node: node, second: i > 0, verb: verbOf(&e)} //nolint:gosec // there are fewer
		if node {
			x.key.rel = f.names.add(e.Kind)
		}
		f.list = append(f.list, x)
	}
	f.courses = append(f.courses, k)
}

// sort orders what differs so that it can be applied one by one; of a node that
// comes back as another kind the old one goes first of all.
func (f *following) sort() {
	ids, names := ranks(f.nodes.list), ranks(f.names.list)
	slices.SortFunc(f.list, func(a, b differing) int {
		if c := cmp.Compare(a.turn(), b.turn()); c != 0 {
			return c
		}
		if a.node {
			return cmp.Compare(ids[a.key.from], ids[b.key.from])
		}
		return cmp.Or(cmp.Compare(names[a.key.rel], names[b.key.rel]), cmp.Compare(ids[a.key.from], ids[b.key.from]),
			cmp.Compare(ids[a.key.to], ids[b.key.to]), cmp.Compare(names[a.key.tag], names[b.key.tag]))
	})
}

// turn is when an effect is to be applied.
func (x *differing) turn() int {
	switch {
	case !x.node && x.verb == removed:
		return 0
	case x.node && x.verb == removed:
		return 1
	case x.node:
		return 2
	}
	return 3
}

// ranks are the places of texts in their order.
func ranks[T cmp.Ordered](list []T) []uint32 {
	order := make([]uint32, len(list))
	for i := range order {
		order[i] = uint32(i) //nolint:gosec // there are fewer
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(list[a], list[b]) })
	ranks := make([]uint32, len(list))
	for rank, i := range order {
		ranks[i] = uint32(rank) //nolint:gosec // there are fewer
	}
	return ranks
}
