package asof

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"releasegraph/internal/store"
)

// Difference is what differs between two revisions: net effects, which applied
// to the graph as of the one give the graph as of the other. What goes comes
// first, edges before nodes, then nodes that appear or changed, then such edges;
// each group by id or key. What was changed and changed back is there as well,
// with another version and time. A node that went and came back as another kind
// has two effects. The properties of what was created stay in the log until they
// are asked for. All methods may be called concurrently.
type Difference struct {
	store    store.Store
	from, to store.Revision
	bytes    atomic.Int64
	known    atomic.Bool // all below is complete, and changes no more

	nodes   numbering[store.ID]
	names   numbering[string] // of kinds, relationships and tags
	logged  []store.Change    // the heads of those between that created something
	courses []*course
	list    []differing
}

// differing is one effect of a difference.
type differing struct {
	key    edgeNumber // of a node: its kind, and from its number
	course int32      // its place among the courses; -1: it was created, and that is all
	made   place      // where
	node   bool
	second bool // the node comes back as another kind
	verb   verb
}

// place is where in the log an effect stands.
type place struct{ logged, effect uint32 }

// verb is a store.Verb, in the order in which effects are to be applied.
type verb uint8

const (
	removed verb = iota
	created
	updated
)

var verbs = [...]store.Verb{removed: store.Removed, created: store.Created, updated: store.Updated}

func verbOf(e *store.Effect) verb {
	switch e.Verb() {
	case store.Removed:
		return removed
	case store.Created:
		return created
	}
	return updated
}

// Len is how many effects there are.
func (d *Difference) Len() int { return len(d.list) }

// Verb is that of an effect.
func (d *Difference) Verb(i int) store.Verb { return verbs[d.list[i].verb] }

// unread stands for the properties in a head.
var unread = store.Props{}

// Head is an effect without its properties, versions and times: what it is about.
// Before and After are there or not as they are in the effect.
func (d *Difference) Head(i int) (e store.Effect) {
	x := &d.list[i]
	if x.node {
		e.Node, e.Kind = d.nodes.list[x.key.from], d.names.list[x.key.rel]
	} else {
		e.Edge = store.EdgeKey{Rel: d.names.list[x.key.rel], From: d.nodes.list[x.key.from], To: d.nodes.list[x.key.to], Tag: d.names.list[x.key.tag]}
	}
	if x.verb != created {
		e.Before = unread
	}
	if x.verb != removed {
		e.After = unread
	}
	return e
}

// Compare orders two effects for whoever reads them: those of nodes before those
// of edges, each by kind or relationship.
func (d *Difference) Compare(i, j int) int {
	x, y := &d.list[i], &d.list[j]
	switch {
	case x.node != y.node && x.node:
		return -1
	case x.node != y.node:
		return 1
	case x.key.rel == y.key.rel:
		return 0
	}
	return strings.Compare(d.names.list[x.key.rel], d.names.list[y.key.rel])
}

// Where reads the effects whose heads are wanted.
func (d *Difference) Where(ctx context.Context, wanted func(head *store.Effect) bool) ([]store.Effect, error) {
	var places []int32
	for i := range d.list {
		if h := d.Head(i); wanted(&h) {
			places = append(places, int32(i)) //nolint:gosec // there are fewer
		}
	}
	return d.Effects(ctx, places)
}

// Effects reads the effects at some places, whole. Their properties may be the
// Difference's own, and must not be changed. It costs as much as the entries of
// the log in which they were created.
func (d *Difference) Effects(ctx context.Context, places []int32) ([]store.Effect, error) {
	m := makings{}
	d.want(places, m)
	if err := m.read(ctx, d.store); err != nil {
		return nil, err
	}
	return d.tell(places, m), nil
}

// tell returns the effects at some places, the makings of which were read.
func (d *Difference) tell(places []int32, m makings) []store.Effect {
	effects := make([]store.Effect, len(places))
	for n, i := range places {
		x := &d.list[i]
		was, is := d.sides(x, m)
		if d.from > d.to {
			was, is = is, was
		}
		e := store.Effect{}
		if h := d.Head(int(i)); x.node {
			e.Node = h.Node
		} else {
			e.Edge = h.Edge
		}
		all := between(e, was, is)
		if effects[n] = all[0]; x.second {
			effects[n] = all[1]
		}
	}
	return effects
}

// sides are a node or edge at the earlier revision and at the later one.
func (d *Difference) sides(x *differing, m makings) (was, is side) {
	if x.course < 0 {
		return was, d.made(x.made, m)
	}
	k := d.courses[x.course]
	was, is = k.sides()
	if k.made != nil {
		is.props = d.made(*k.made, m).over(k.props)
	}
	return was, is
}

// made is what was created at a place in the log.
func (d *Difference) made(at place, m makings) side {
	logged := d.logged[at.logged]
	e := m[logged.Revision][at.effect]
	return side{true, e.Kind, e.Version, store.Times{CreatedAt: logged.At, UpdatedAt: logged.At}, e.After}
}

// want adds where what the effects at some places are about was created.
func (d *Difference) want(places []int32, m makings) {
	for _, i := range places {
		x := &d.list[i]
		at := &x.made
		if x.course >= 0 {
			at = d.courses[x.course].made
		}
		if at == nil {
			continue
		}
		r := d.logged[at.logged].Revision
		if m[r] == nil {
			m[r] = map[uint32]store.Effect{}
		}
		m[r][at.effect] = store.Effect{}
	}
}

// makings are effects that created something, by revision and place.
type makings map[store.Revision]map[uint32]store.Effect

// read reads all of them of the log.
func (m makings) read(ctx context.Context, s store.Store) error {
	if len(m) == 0 {
		return nil
	}
	queries := make([]store.EffectQuery, 0, len(m))
	for _, r := range slices.Sorted(maps.Keys(m)) {
		q := store.EffectQuery{Revision: r}
		for _, at := range slices.Sorted(maps.Keys(m[r])) {
			q.Places = append(q.Places, int(at))
		}
		queries = append(queries, q)
	}
	pages, err := s.Effects(ctx, queries...)
	if err != nil {
		return err
	}
	for i, q := range queries {
		if len(pages[i].Effects) < len(q.Places) {
			return fmt.Errorf("%w: revision %d was forgotten meanwhile", store.ErrCompacted, q.Revision)
		}
		for n, e := range pages[i].Effects {
			m[q.Revision][uint32(q.Places[n])] = e //nolint:gosec // it was one
		}
	}
	return nil
}

func (d *Difference) size() int64 { return d.bytes.Load() }
