package care

import (
	"hash/maphash"
	"slices"
	"time"

	"releasegraph/internal/store"
)

// logPage is how many entries are read at once.
const logPage = 64

// followLog reads the log from its oldest entry up to a revision.
func (c *checker) followLog(to store.Revision, visit func(*store.Change)) error {
	after, err := c.Oldest(c.ctx)
	if err != nil {
		return err
	}
	for after < to {
		changes, err := c.Changes(c.ctx, after, int(min(logPage, to-after)))
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return nil
		}
		for i := range changes {
			visit(&changes[i])
		}
		last := changes[len(changes)-1].Revision
		if last <= after {
			return nil
		}
		after = last
		c.tell("reading the log", int64(after))
	}
	return nil
}

// log looks for gaps and for times that fall, and sums up what it did.
func (c *checker) log() error {
	oldest, err := c.Oldest(c.ctx)
	if err != nil {
		return err
	}
	c.whole = oldest == 0
	last, at := oldest, time.Time{}
	err = c.followLog(c.done.Revision, func(change *store.Change) {
		c.done.Changes++
		if change.Revision != last+1 {
			c.find(CheckLog, plain("the log"), "after revision %d comes %d", last, change.Revision)
			c.whole = false
		}
		if change.At.Before(at) {
			c.find(CheckLog, plain("the log"), "revision %d is earlier than the one before", change.Revision)
		}
		last, at = change.Revision, change.At
		c.sums.follow(change)
	})
	if err == nil && last < c.done.Revision {
		c.find(CheckLog, plain("the log"), "it ends at revision %d, before the head, %d", last, c.done.Revision)
		c.whole = false
	}
	return err
}

// buckets is into how many sums the graph is divided.
const buckets = 1 << 16

// sums are two pictures of the graph in a fixed amount of memory: what it is,
// and what its log made of it. Each property, version and time of a node or edge
// adds its hash to the sum of one bucket, and takes it away again when it is
// changed, so that the order does not matter; buckets that differ are looked
// into.
type sums struct {
	seed    maphash.Seed
	is, was []uint64
	buf     []byte
}

func newSums(seed maphash.Seed) *sums {
	return &sums{seed: seed, is: make([]uint64, buckets), was: make([]uint64, buckets)}
}

// entityName is that of a node or edge in the sums.
func nodeName(id store.ID) string { return "n" + string(id) }

func edgeName(k store.EdgeKey) string {
	return "e" + k.Rel + "\x00" + string(k.From) + "\x00" + string(k.To) + "\x00" + k.Tag
}

func (s *sums) bucket(name string) uint64 { return maphash.String(s.seed, name) % buckets }

// term is the hash of one fact about a node or edge.
func (s *sums) term(name, fact string, v any) uint64 {
	s.buf = append(append(append(append(s.buf[:0], name...), 1), fact...), 2)
	s.buf, _ = store.AppendValue(s.buf, v) // what is no value is told by the check of the fields
	return maphash.Bytes(s.seed, s.buf)
}

func (s *sums) props(name string, props store.Props) (sum uint64) {
	for property, v := range props {
		sum += s.term(name, property, v)
	}
	return sum
}

// The facts that are no properties; no property is called so.
const (
	factVersion = "\x00version"
	factKind    = "\x00kind"
	factCreated = "\x00created"
	factUpdated = "\x00updated"
)

func (s *sums) times(name, kind string, created, updated time.Time) uint64 {
	return s.term(name, factKind, kind) + s.term(name, factCreated, created.UnixMicro()) + s.term(name, factUpdated, updated.UnixMicro())
}

func (s *sums) addNode(n *store.Node) {
	name := nodeName(n.ID)
	s.is[s.bucket(name)] += s.props(name, n.Props) + s.term(name, factVersion, n.Version) + s.times(name, n.Kind, n.CreatedAt, n.UpdatedAt)
}

func (s *sums) addEdge(e *store.Edge) {
	name := edgeName(e.EdgeKey)
	s.is[s.bucket(name)] += s.props(name, e.Props) + s.term(name, factVersion, e.Version)
}

// follow does to the second picture what a change did.
func (s *sums) follow(c *store.Change) {
	for i := range c.Effects {
		e := &c.Effects[i]
		name := edgeName(e.Edge)
		if e.Node != "" {
			name = nodeName(e.Node)
		}
		sum := &s.was[s.bucket(name)]
		*sum += s.props(name, e.After) - s.props(name, e.Before)
		verb := e.Verb()
		if verb != store.Removed {
			*sum += s.term(name, factVersion, e.Version)
		}
		switch verb {
		case store.Updated:
			*sum -= s.term(name, factVersion, e.Version-1)
		case store.Removed:
			*sum -= s.term(name, factVersion, e.Version)
		}
		if e.Node != "" {
			*sum += s.timesOf(name, e, c.At)
		}
	}
}

func (s *sums) timesOf(name string, e *store.Effect, at time.Time) uint64 {
	switch e.Verb() {
	case store.Created:
		return s.times(name, e.Kind, at, at)
	case store.Updated:
		return s.times(name, e.Kind, e.CreatedAt, at) - s.times(name, e.Kind, e.CreatedAt, e.UpdatedAt)
	}
	return -s.times(name, e.Kind, e.CreatedAt, e.UpdatedAt)
}

// differing lists the buckets in which the pictures differ.
func (s *sums) differing() map[uint64]bool {
	if slices.Equal(s.is, s.was) {
		return nil
	}
	list := map[uint64]bool{}
	for i := range s.is {
		if s.is[i] != s.was[i] {
			list[uint64(i)] = true
		}
	}
	return list
}
