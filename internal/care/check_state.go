package care

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/store"
)

// state looks into the buckets in which the graph is not what its log made of
// it: the nodes and edges of these are read again, and followed one by one.
func (c *checker) state() error {
	if !c.whole {
		c.done.Skipped = append(c.done.Skipped,
			"whether the graph follows from the log: the log does not reach back to the beginning, or has gaps")
		return nil
	}
	differing := c.sums.differing()
	if differing == nil {
		return nil
	}
	r := &replay{checker: c, in: differing, is: map[string]*image{}, was: map[string]*image{}}
	revision, err := c.Scan(c.ctx, store.Scan{}, func(b store.Batch) error {
		for i := range b.Nodes {
			n := &b.Nodes[i]
			r.see(nodeName(n.ID), &image{node: n.ID, kind: n.Kind, version: n.Version, times: store.Times{CreatedAt: n.CreatedAt, UpdatedAt: n.UpdatedAt}, props: n.Props})
		}
		for i := range b.Edges {
			e := &b.Edges[i]
			r.see(edgeName(e.EdgeKey), &image{edge: e.EdgeKey, version: e.Version, props: e.Props})
		}
		return c.ctx.Err()
	})
	if err != nil {
		return err
	}
	if err := c.followLog(revision, r.follow); err != nil {
		return err
	}
	r.compare()
	return nil
}

// image is a node or edge as it is, or as the log has it.
type image struct {
	node    store.ID
	edge    store.EdgeKey
	kind    string
	version int64
	times   store.Times
	props   store.Props
}

type replay struct {
	*checker
	in      map[uint64]bool
	is, was map[string]*image
}

func (r *replay) see(name string, i *image) {
	if r.in[r.sums.bucket(name)] {
		i.props = i.props.Clone()
		r.is[name] = i
	}
}

func (r *replay) follow(c *store.Change) {
	for n := range c.Effects {
		e := &c.Effects[n]
		name := edgeName(e.Edge)
		if e.Node != "" {
			name = nodeName(e.Node)
		}
		if r.in[r.sums.bucket(name)] {
			r.step(name, e, c.At)
		}
	}
}

func (r *replay) step(name string, e *store.Effect, at time.Time) {
	if e.Verb() == store.Removed {
		delete(r.was, name)
		return
	}
	i := r.was[name]
	if i == nil {
		i = &image{node: e.Node, edge: e.Edge, kind: e.Kind, times: store.Times{CreatedAt: at}, props: store.Props{}}
		r.was[name] = i
	}
	i.version, i.times.UpdatedAt = e.Version, at
	for property := range e.Before {
		delete(i.props, property)
	}
	maps.Copy(i.props, e.After)
}

func (r *replay) compare() {
	all := map[string]bool{}
	for name := range r.is {
		all[name] = true
	}
	for name := range r.was {
		all[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		is, was := r.is[name], r.was[name]
		switch {
		case was == nil:
			r.find(CheckState, r.subject(is), "is there, but the log does not have it")
		case is == nil:
			r.find(CheckState, r.subject(was), "is not there, but the log has it")
		default:
			r.differences(is, was)
		}
	}
}

func (r *replay) subject(i *image) func() string {
	if i.node != "" {
		return r.checker.node(i.node)
	}
	return r.checker.edge(i.edge)
}

func (r *replay) differences(is, was *image) {
	differ := func(what string, a, b any) {
		if fmt.Sprint(a) != fmt.Sprint(b) {
			r.find(CheckState, r.subject(is), "%s is %v, but the log says %v", what, a, b)
		}
	}
	differ("its version", is.version, was.version)
	if is.node != "" {
		differ("its kind", is.kind, was.kind)
		differ("its time of creation", is.times.CreatedAt, was.times.CreatedAt)
		differ("its time of change", is.times.UpdatedAt, was.times.UpdatedAt)
	}
	names := map[string]bool{}
	for name := range is.props {
		names[name] = true
	}
	for name := range was.props {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a, b := is.props[name], was.props[name]; !store.EqualValues(a, b) {
			r.find(CheckState, r.subject(is), "%s is %s, but the log says %s", name, shown(a), shown(b))
		}
	}
}

func shown(v any) string {
	if v == nil {
		return "absent"
	}
	return fmt.Sprintf("%q", fmt.Sprint(v))
}
