package mirror

import (
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// errDiverged says that the log does not fit what is in memory. Only loading
// anew helps, as when the log no longer reaches back.
var errDiverged = fmt.Errorf("the log does not fit the mirror: %w", store.ErrCompacted)

// maker is what only the making of snapshots needs: one goroutine at a time has
// it.
type maker struct {
	labels []map[string]uint32 // by relationship: the numbers of labels
	gone   map[string]uint32   // rows of ids of which there is no node
	next   uint32              // the next new row
	buffer []byte
	// touched counts the pages that were copied since the indexes were brought up.
	touched int
}

// editor makes the next snapshot. It copies what it changes, once.
type editor struct {
	*snapshot // the next
	m         *maker
	ownRows   map[int]bool
	ownArcs   map[arcsPlace]bool
	ownKinds  map[int]bool
	ownRels   map[int]bool
}

type arcsPlace struct {
	rel, page int
	direction store.Direction
}

func (m *maker) edit(s *snapshot, to store.Revision) *editor {
	next := *s
	next.revision = to
	next.rows, next.nodes, next.relations = slices.Clone(s.rows), slices.Clone(s.nodes), slices.Clone(s.relations)
	return &editor{&next, m, map[int]bool{}, map[arcsPlace]bool{}, map[int]bool{}, map[int]bool{}}
}

// change applies one change set. Nodes that appear come first and nodes that go
// last, so that each edge comes and goes, by its own effect, between its ends.
func (e *editor) change(c *store.Change) error {
	for _, nodes := range []bool{true, false} {
		for i := range c.Effects {
			if f := &c.Effects[i]; (f.Node != "") == nodes && f.Verb() != store.Removed || !nodes && f.Node == "" && f.Verb() == store.Removed {
				if err := e.effect(c, f); err != nil {
					return err
				}
			}
		}
	}
	for i := range c.Effects {
		if f := &c.Effects[i]; f.Node != "" && f.Verb() == store.Removed {
			if err := e.removeNode(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *editor) effect(c *store.Change, f *store.Effect) error {
	if f.Node != "" {
		return e.node(c, f)
	}
	rel, ok := e.relOf[f.Edge.Rel]
	if !ok {
		return fmt.Errorf("%w: there is no relationship %q", errDiverged, f.Edge.Rel)
	}
	if e.without[f.Edge.Rel] {
		return nil
	}
	return e.edge(rel, f)
}

func (e *editor) node(c *store.Change, f *store.Effect) error {
	k := e.kindOf[f.Kind]
	if k == nil {
		return fmt.Errorf("%w: there is no kind %q", errDiverged, f.Kind)
	}
	if e.without[f.Kind] {
		return nil
	}
	n := store.Node{ID: f.Node, Kind: f.Kind, Version: f.Version, CreatedAt: c.At, UpdatedAt: c.At, Props: f.After}
	row, found := e.row(string(f.Node))
	if f.Verb() == store.Updated {
		if !found {
			return fmt.Errorf("%w: no node %s to update", errDiverged, f.Node)
		}
		old := e.layout.node(e.rows.at(row))
		n.CreatedAt, n.Props = old.CreatedAt, merged(old.Props, f)
	}
	return e.putNode(&n, k)
}

// merged brings an update into the properties from before it.
func merged(props store.Props, f *store.Effect) store.Props {
	for name := range f.Before {
		delete(props, name)
	}
	for name, v := range f.After {
		props[name] = v
	}
	return props
}

func (e *editor) putNode(n *store.Node, k *kind) error {
	b, err := e.pack(e.m.buffer[:0], n)
	if err != nil {
		return fmt.Errorf("%w: %s %s: %w", errDiverged, n.Kind, n.ID, err)
	}
	e.m.buffer = b
	row := e.rowFor(string(n.ID))
	r := record(b)
	e.bytes += int64(len(r) - len(e.rows.at(row)))
	e.setRow(row, r)
	for i := range k.properties {
		if p := &k.properties[i]; p.Unique {
			if v, ok := n.Props[p.Name].(string); ok {
				e.finder.add(e.finder.hash(k.ofProperty(i), v), row)
			}
		}
	}
	e.rowsOf(k.number).Add(row)
	return nil
}

func (e *editor) removeNode(f *store.Effect) error {
	k := e.kindOf[f.Kind]
	if k != nil && e.without[f.Kind] {
		return nil
	}
	row, found := e.row(string(f.Node))
	if !found {
		return fmt.Errorf("%w: no node %s to remove", errDiverged, f.Node)
	}
	e.rowsOf(e.rows.at(row).kind()).Remove(row)
	e.bytes -= int64(len(e.rows.at(row)))
	e.setRow(row, "")
	e.m.gone[strings.Clone(string(f.Node))] = row
	return nil
}

// rowFor returns the row of an id, which it gets if it has none.
func (e *editor) rowFor(id string) uint32 {
	if row, found := e.row(id); found {
		return row
	}
	row, gone := e.m.gone[id]
	if gone {
		delete(e.m.gone, id)
		return row
	}
	row = e.m.next
	e.m.next++
	e.bytes += rowBytes
	e.finder.add(e.finder.hash(idText, id), row)
	return row
}

func (e *editor) setRow(row uint32, r record) {
	page := int(row / pageRows)
	for page >= len(e.rows) {
		e.ownRows[len(e.rows)] = true
		e.rows = append(e.rows, &recordPage{})
	}
	if !e.ownRows[page] {
		copied := *e.rows[page]
		e.rows[page], e.ownRows[page] = &copied, true
	}
	e.rows[page][row%pageRows] = r
}

// rowsOf are the rows of a kind, to be changed.
func (e *editor) rowsOf(kind int) *roaring.Bitmap {
	if !e.ownKinds[kind] {
		e.ownKinds[kind] = true
		e.nodes[kind] = &nodes{e.nodes[kind].rows.Clone(), e.revision}
	}
	return e.nodes[kind].rows
}

// relation is a relationship's edges, to be changed.
func (e *editor) relation(rel int) *relation {
	if !e.ownRels[rel] {
		e.ownRels[rel] = true
		old := e.relations[rel]
		r := &relation{shape: old.shape, name: old.name, labels: old.labels, count: old.count, stamp: e.revision, kept: old.kept}
		for d := range r.arcs {
			r.arcs[d] = slices.Clone(old.arcs[d])
		}
		e.relations[rel] = r
	}
	return e.relations[rel]
}

func (e *editor) edge(rel int, f *store.Effect) error {
	from, ok := e.row(string(f.Edge.From))
	to, both := e.row(string(f.Edge.To))
	if !ok || !both {
		return fmt.Errorf("%w: %s from %s to %s lacks an end", errDiverged, f.Edge.Rel, f.Edge.From, f.Edge.To)
	}
	r := e.relation(rel)
	number, exists := e.find(r.arcs[store.Out].of(from), r, string(f.Edge.To), f.Edge.Tag)
	if exists != (f.Verb() != store.Created) {
		return fmt.Errorf("%w: %s from %s to %s is there: %t", errDiverged, f.Edge.Rel, f.Edge.From, f.Edge.To, exists)
	}
	if f.Verb() == store.Removed {
		e.removeArc(rel, store.Out, from, string(f.Edge.To), f.Edge.Tag)
		e.removeArc(rel, store.In, to, string(f.Edge.From), f.Edge.Tag)
		r.count--
		return nil
	}
	edge := store.Edge{EdgeKey: f.Edge, Version: f.Version, Props: f.After}
	if exists {
		old := r.labels[r.arcs[store.Out].of(from)[number].label]
		edge.Props = merged(r.shape.props(old.props, nil), f)
	} else {
		r.count++
	}
	label, err := e.labelOf(rel, &edge)
	if err != nil {
		return err
	}
	e.putArc(rel, store.Out, from, arc{to, label})
	e.putArc(rel, store.In, to, arc{from, label})
	return nil
}

// labelOf returns the number of an edge's label.
func (e *editor) labelOf(rel int, edge *store.Edge) (uint32, error) {
	r := e.relations[rel]
	b, err := r.packLabel(e.m.buffer[:0], edge)
	if err != nil {
		return 0, fmt.Errorf("%w: %s: %w", errDiverged, edge.Rel, err)
	}
	e.m.buffer = b
	n, known := e.m.labels[rel][string(b)]
	if !known {
		text := string(b)
		n = uint32(len(r.labels))
		r.labels = append(r.labels, unpackLabel(text))
		e.m.labels[rel][text] = n
		e.bytes += int64(len(text)) + labelBytes
	}
	return n, nil
}

// labelBytes is about what a label takes beside its text.
const labelBytes = 96

// find tells where in a list the edge to a far end with a tag stands, or would.
func (s *snapshot) find(list []arc, r *relation, far, tag string) (int, bool) {
	return slices.BinarySearchFunc(list, far, func(a arc, far string) int {
		if c := strings.Compare(s.rows.at(a.far).id(), far); c != 0 {
			return c
		}
		return strings.Compare(r.labels[a.label].tag, tag)
	})
}

// list returns the edges at a row, to be changed.
func (e *editor) list(rel int, d store.Direction, row uint32) *[]arc {
	r, page := e.relation(rel), int(row/pageRows)
	for page >= len(r.arcs[d]) {
		r.arcs[d] = append(r.arcs[d], nil)
	}
	place := arcsPlace{rel, page, d}
	if !e.ownArcs[place] {
		e.ownArcs[place] = true
		copied := &arcPage{}
		if old := r.arcs[d][page]; old != nil {
			*copied = *old
		} else {
			e.bytes += pageRows * 24
		}
		r.arcs[d][page] = copied
	}
	return &r.arcs[d][page][row%pageRows]
}

// putArc puts an edge into the list of one of its ends. Behind the end of a list
// no earlier snapshot looks: there it grows in place.
func (e *editor) putArc(rel int, d store.Direction, row uint32, a arc) {
	list, r := e.list(rel, d, row), e.relations[rel]
	i, exists := e.find(*list, r, e.rows.at(a.far).id(), r.labels[a.label].tag)
	switch {
	case exists:
		*list = slices.Clone(*list)
		(*list)[i] = a
	case i == len(*list):
		*list = append(*list, a)
		e.bytes += arcBytes
	default:
		grown := make([]arc, 0, len(*list)+1+len(*list)/8)
		*list = append(append(append(grown, (*list)[:i]...), a), (*list)[i:]...)
		e.bytes += arcBytes
	}
}

const arcBytes = 8

func (e *editor) removeArc(rel int, d store.Direction, row uint32, far, tag string) {
	list, r := e.list(rel, d, row), e.relations[rel]
	if i, exists := e.find(*list, r, far, tag); exists {
		kept := make([]arc, 0, len(*list)-1)
		*list = append(append(kept, (*list)[:i]...), (*list)[i+1:]...)
		e.bytes -= arcBytes
	}
}

// mostBehind is how many copied pages the indexes may be behind.
const mostBehind = 1024

// end ends the editing: after much of it the indexes are brought up, so that
// they keep no old records from being freed.
func (e *editor) end() {
	e.m.touched += len(e.ownRows)
	if e.m.touched > mostBehind {
		e.m.touched = 0
		e.indexes.refresh(e.snapshot)
	}
}
