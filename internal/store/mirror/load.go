package mirror

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/pace"
	"releasegraph/internal/store"
)

// load reads the whole graph from the store beneath, but for what is left out.
// Where it takes more memory than it may, it finds out what to leave out and
// reads again.
func (s *Store) load(ctx context.Context, without map[string]bool) (*snapshot, *maker, error) {
	for {
		l := newLoading(s.Declared(), without, s.opts)
		revision, err := s.Store.Scan(ctx, l.scan(), l.add)
		if err != nil {
			return nil, nil, err
		}
		if !l.large {
			if err := l.finish(ctx, revision); err != nil {
				return nil, nil, err
			}
		}
		if l.max == 0 || l.bytes <= l.max {
			return l.snapshot, l.m, nil
		}
		without = l.smaller()
	}
}

// loading is a load under way.
type loading struct {
	*snapshot
	m      *maker
	page   []int  // ends in text of the records of the page at hand
	text   []byte // of these records
	joins  [][]join
	tables []*roaring.Bitmap
	last   string // the near end of the edge before: those of one node often come in a row
	from   uint32
	max    int64
	sizes  map[string]int64 // bytes by kind and relationship
	large  bool             // it is larger than it may be: only counted on
}

// join is an edge while it is loaded.
type join struct{ from, to, label uint32 }

func newLoading(d *store.Declared, without map[string]bool, o Options) *loading {
	layout := newLayout(d)
	l := &loading{
		snapshot: &snapshot{layout: layout, finder: newFinder(), indexes: newIndexes(o.Few), kept: &kept{}, without: without},
		m:        &maker{gone: map[string]uint32{}}, max: o.MaxBytes, sizes: map[string]int64{},
	}
	for range layout.kinds {
		l.tables = append(l.tables, roaring.New())
	}
	names := make([]string, len(layout.rels))
	for name, i := range layout.relOf {
		names[i] = name
	}
	for i, shape := range layout.rels {
		l.relations = append(l.relations, &relation{shape: shape, name: names[i], kept: &keptLabels{}})
		l.m.labels = append(l.m.labels, map[string]uint32{})
	}
	l.joins = make([][]join, len(layout.rels))
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

// add takes a batch in. Nothing of the store's own is kept.
func (l *loading) add(b store.Batch) error {
	for i := range b.Nodes {
		if err := l.addNode(&b.Nodes[i]); err != nil {
			return err
		}
	}
	for i := range b.Edges {
		if err := l.addEdge(&b.Edges[i]); err != nil {
			return err
		}
	}
	l.large = l.max > 0 && l.bytes > l.max
	return nil
}

func (l *loading) addNode(n *store.Node) error {
	k := l.kindOf[n.Kind]
	from := len(l.text)
	b, err := l.pack(l.text, n)
	if err != nil {
		return fmt.Errorf("%s %s: %w", n.Kind, n.ID, err)
	}
	l.text = b
	size := int64(len(b)-from) + rowBytes
	l.bytes += size
	l.sizes[k.name] += size
	if l.large {
		l.text = b[:from]
		return nil
	}
	l.page = append(l.page, len(b))
	row := l.m.next
	l.m.next++
	l.tables[k.number].Add(row)
	l.finder.add(l.finder.hash(idText, string(n.ID)), row)
	for i := range k.properties {
		if p := &k.properties[i]; p.Unique {
			if v, ok := n.Props[p.Name].(string); ok {
				l.finder.add(l.finder.hash(k.ofProperty(i), v), row)
			}
		}
	}
	if len(l.page) == pageRows {
		l.turn()
	}
	return nil
}

// rowBytes is about what a record takes beside its text: in its page, and where
// its id and its key are found.
const rowBytes = 16 + 2*24

// turn puts the page at hand in its place. Its records are parts of one text.
func (l *loading) turn() {
	text, from := string(l.text), 0
	page := &recordPage{}
	for i, to := range l.page {
		page[i] = record(text[from:to])
		from = to
	}
	l.rows = append(l.rows, page)
	l.text, l.page = l.text[:0], l.page[:0]
}

func (l *loading) addEdge(e *store.Edge) error {
	if len(l.page) > 0 && !l.large {
		l.turn()
	}
	rel := l.relOf[e.Rel]
	r := l.relations[rel]
	l.bytes += 2 * arcBytes
	l.sizes[e.Rel] += 2 * arcBytes
	b, err := r.packLabel(l.m.buffer[:0], e)
	if err != nil {
		return fmt.Errorf("%s from %s to %s: %w", e.Rel, e.From, e.To, err)
	}
	l.m.buffer = b
	label, known := l.m.labels[rel][string(b)]
	if !known {
		text := string(b)
		label = uint32(len(r.labels))
		if !l.large {
			r.labels = append(r.labels, unpackLabel(text))
			l.m.labels[rel][text] = label
		}
		l.bytes += int64(len(text)) + labelBytes
		l.sizes[e.Rel] += int64(len(text)) + labelBytes
	}
	if l.large {
		return nil
	}
	if string(e.From) != l.last {
		row, found := l.row(string(e.From))
		if !found {
			return fmt.Errorf("%w: %s leaves %s, which is not there", errDiverged, e.Rel, e.From)
		}
		l.last, l.from = strings.Clone(string(e.From)), row
	}
	to, found := l.row(string(e.To))
	if !found {
		return fmt.Errorf("%w: %s leads to %s, which is not there", errDiverged, e.Rel, e.To)
	}
	l.joins[rel] = append(l.joins[rel], join{l.from, to, label})
	return nil
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
	if len(l.page) > 0 {
		l.turn()
	}
	// New rows begin a new page.
	l.m.next = uint32(len(l.rows) * pageRows)
	l.revision = revision
	for _, t := range l.tables {
		t.RunOptimize()
		l.nodes = append(l.nodes, &nodes{t, revision})
	}
	for rel, r := range l.relations {
		r.count, r.stamp = len(l.joins[rel]), revision
		for d := range r.arcs {
			if err := l.lists(ctx, r, l.joins[rel], store.Direction(d)); err != nil {
				return err
			}
		}
		l.joins[rel] = nil
	}
	return nil
}

// lists makes the lists of a relationship in one direction, those of a page of
// one array.
func (l *loading) lists(ctx context.Context, r *relation, joins []join, d store.Direction) error {
	if len(joins) == 0 {
		return nil
	}
	ends := func(j join) (near, far uint32) {
		if d == store.In {
			return j.to, j.from
		}
		return j.from, j.to
	}
	starts := make([]uint32, len(l.rows)*pageRows+1)
	for _, j := range joins {
		near, _ := ends(j)
		starts[near+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	all := make([]arc, len(joins))
	next := slices.Clone(starts)
	for _, j := range joins {
		near, far := ends(j)
		all[next[near]] = arc{far, j.label}
		next[near]++
	}
	order := func(a, b arc) int {
		if c := strings.Compare(l.rows.at(a.far).id(), l.rows.at(b.far).id()); c != 0 {
			return c
		}
		return strings.Compare(r.labels[a.label].tag, r.labels[b.label].tag)
	}
	steps := pace.Of(ctx)
	r.arcs[d] = make(arcs, len(l.rows))
	for p := range l.rows {
		from, to := starts[p*pageRows], starts[(p+1)*pageRows]
		if from == to {
			continue
		}
		if err := steps.Steps(int(to - from)); err != nil {
			return err
		}
		text := slices.Clone(all[from:to])
		page := &arcPage{}
		for i := range page {
			a, b := starts[p*pageRows+i]-from, starts[p*pageRows+i+1]-from
			page[i] = text[a:b:b]
			if !slices.IsSortedFunc(page[i], order) {
				slices.SortFunc(page[i], order)
			}
		}
		r.arcs[d][p] = page
		l.bytes += pageRows * 24
		l.sizes[r.name] += pageRows * 24
	}
	return nil
}
