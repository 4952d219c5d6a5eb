package mirror

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// load reads the whole graph from the store beneath, but for what is left out.
// Where it takes more memory than it may, it finds out what to leave out and
// reads again.
func (s *Store) load(ctx context.Context, without map[string]bool) (*snapshot, *maker, error) {
	for {
		l := newLoading(s.Declared(), without, s.opts)
		revision, err := store.ScanRows(ctx, s.Store, l.scan(), l)
		if err != nil {
			return nil, nil, err
		}
		if !l.large.Load() {
			if err := l.finish(ctx, revision); err != nil {
				return nil, nil, err
			}
		}
		if l.bytes = l.sum.Load(); l.max == 0 || l.bytes <= l.max {
			return l.snapshot, l.m, nil
		}
		without = l.smaller()
	}
}

// loading is a load under way: it takes the rows of a graph.
type loading struct {
	*snapshot
	m      *maker
	max    int64
	sum    atomic.Int64 // bytes so far
	large  atomic.Bool  // it is larger than it may be: only counted on
	nodes  []*nodePart
	edges  [][]*edgePart // by number of the relationship
	places []uint32      // rows by place, counted from 1
	orders []idOrder     // by number of the kind
	found  sync.WaitGroup

	labelling sync.Mutex // held by who gives a label its number

	mu      sync.Mutex // guards what follows
	sizes   map[string]int64
	packers map[*kind][]*packer // that nobody uses
}

func newLoading(d *store.Declared, without map[string]bool, o Options) *loading {
	layout := newLayout(d)
	l := &loading{
		snapshot: &snapshot{layout: layout, finder: newFinder(), indexes: newIndexes(o.Few), kept: &kept{}, without: without},
		m:        &maker{gone: map[string]uint32{}}, max: o.MaxBytes, sizes: map[string]int64{}, packers: map[*kind][]*packer{},
	}
	names := make([]string, len(layout.rels))
	for name, i := range layout.relOf {
		names[i] = name
	}
	for i, shape := range layout.rels {
		l.relations = append(l.relations, &relation{shape: shape, name: names[i], kept: &keptLabels{}})
		l.m.labels = append(l.m.labels, map[string]uint32{})
	}
	l.edges, l.orders = make([][]*edgePart, len(layout.rels)), make([]idOrder, len(layout.kinds))
	return l
}

// scan asks for what is not left out.
func (l *loading) scan() store.Scan {
	what := store.Scan{Kinds: []string{}, Rels: []string{}}
	for _, k := range l.kinds {
		if !l.without[k.name] {
			what.Kinds = append(what.Kinds, k.name)
		}
	}
	for _, r := range l.relations {
		if !l.without[r.name] {
			what.Rels = append(what.Rels, r.name)
		}
	}
	return what
}

// grow counts what was loaded.
func (l *loading) grow(bytes int64) {
	if sum := l.sum.Add(bytes); l.max > 0 && sum > l.max {
		l.large.Store(true)
	}
}

// size notes how much a kind or relationship takes.
func (l *loading) size(name string, bytes int64) {
	l.mu.Lock()
	l.sizes[name] += bytes
	l.mu.Unlock()
}

// Nodes returns who takes a part of the nodes of a kind.
func (l *loading) Nodes(kind string) store.NodeRows {
	p := &nodePart{l: l, kind: l.kindOf[kind]}
	l.nodes = append(l.nodes, p)
	return p
}

// NodesTaken gives the nodes their rows: those of a part begin a page.
func (l *loading) NodesTaken(places int) error {
	tables := make([]*nodes, len(l.kinds))
	for i := range tables {
		tables[i] = &nodes{rows: roaring.New()}
	}
	l.places = make([]uint32, places)
	entries := 0
	for _, p := range l.nodes {
		first := uint32(len(l.rows) * pageRows)
		l.rows = append(l.rows, p.pages...)
		for i, place := range p.places {
			l.places[place] = first + uint32(i) + 1
		}
		if n := len(p.places); n > 0 {
			tables[p.kind.number].rows.AddRange(uint64(first), uint64(first)+uint64(n))
			l.orders[p.kind.number].follow(p)
		}
		for i := range p.entries {
			p.entries[i] += uint64(first)
		}
		p.places = nil
		entries += len(p.entries)
	}
	l.snapshot.nodes = tables
	// New rows begin a new page.
	l.m.next = uint32(len(l.rows) * pageRows)
	parts := l.nodes
	l.nodes = nil
	l.found.Go(func() {
		l.finder.clear(entries)
		for _, p := range parts {
			l.finder.fill(p.entries)
			p.entries = nil
		}
	})
	return nil
}

// Edges returns who takes a part of the edges of a relationship.
func (l *loading) Edges(rel string) store.EdgeRows {
	number := l.relOf[rel]
	p := &edgePart{l: l, rel: number, relation: l.relations[number]}
	l.edges[number] = append(l.edges[number], p)
	return p
}

// smaller says what to leave out so that the rest fits: the largest first. A
// relationship of a kind that is left out is left out as well.
func (l *loading) smaller() map[string]bool {
	without, total := map[string]bool{}, int64(0)
	for name := range l.without {
		without[name] = true
	}
	var names []string
	for name, size := range l.sizes {
		names, total = append(names, name), total+size
	}
	slices.SortFunc(names, func(a, b string) int { return int(l.sizes[b] - l.sizes[a]) })
	leave := func(name string) {
		if !without[name] {
			without[name], total = true, total-l.sizes[name]
		}
	}
	// Some room is left to grow.
	for i := 0; i < len(names) && total > l.max-l.max/8; i++ {
		leave(names[i])
		for _, r := range l.declared.Schema().Rels {
			if without[r.From] || without[r.To] {
				leave(r.Name)
			}
		}
	}
	return without
}

// finish makes the snapshot of what was loaded.
func (l *loading) finish(ctx context.Context, revision store.Revision) error {
	l.found.Wait()
	l.revision = revision
	for _, n := range l.snapshot.nodes {
		n.rows.RunOptimize()
		n.stamp = revision
	}
	if err := l.joinAll(ctx, revision); err != nil {
		return err
	}
	l.edges, l.places = nil, nil
	return nil
}
