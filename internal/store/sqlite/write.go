package sqlite

import (
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// writer writes the net effects of one change set.
type writer struct {
	*Store
	c      *conn
	t      *touched
	at     time.Time
	made   *newRecords
	former map[store.ID][]int64 // numbers of nodes that were removed once, and come back
}

func (s *Store) newWriter(t *touched, at time.Time) *writer {
	return &writer{Store: s, c: s.writer, t: t, at: at, made: recordsInto(s.writer)}
}

// write removes before it adds, so that no value is held twice on the way, and
// adds nodes before edges, which need their numbers.
func (w *writer) write(effects []store.Effect) error {
	if err := w.findFormer(effects); err != nil {
		return err
	}
	steps := []struct {
		verb store.Verb
		node bool
		do   func(*store.Effect) error
	}{
		{store.Removed, false, w.deleteEdge},
		{store.Removed, true, w.deleteNode},
		{store.Updated, true, w.updateNode},
		{store.Created, true, w.insertNode},
		{store.Updated, false, w.updateEdge},
		{store.Created, false, w.insertEdge},
	}
	for _, step := range steps {
		for i := range effects {
			e := &effects[i]
			if e.Verb() != step.verb || (e.Node != "") != step.node {
				continue
			}
			if err := step.do(e); err != nil {
				return err
			}
		}
	}
	return w.made.write()
}

func (w *writer) deleteNode(e *store.Effect) error {
	n := w.t.numbers[e.Node]
	if err := w.c.exec("DELETE FROM node WHERE id = ?", string(e.Node)); err != nil {
		return err
	}
	if err := w.c.exec("INSERT INTO gone (n, id) VALUES (?, ?)", n, string(e.Node)); err != nil {
		return err
	}
	return w.c.exec("DELETE FROM "+w.layout.kinds[e.Kind].name+" WHERE n = ?", n)
}

func (w *writer) insertNode(e *store.Effect) error {
	t := w.layout.kinds[e.Kind]
	n, err := w.number(t, e.Node)
	if err != nil {
		return err
	}
	w.t.numbers[e.Node] = n
	return w.made.node(t, n, &store.Node{ID: e.Node, Version: 1, CreatedAt: w.at, UpdatedAt: w.at, Props: e.After})
}

// updateNode sets the changed columns only, so that the indexes of the others
// are left alone.
func (w *writer) updateNode(e *store.Effect) error {
	t := w.layout.kinds[e.Kind]
	set := []string{"version = ?", "updated = ?"}
	args := []any{e.Version, w.at.UnixMicro()}
	open := false
	for _, name := range changed(e) {
		c := t.named[name]
		if c == nil {
			open = true
			continue
		}
		v, err := toColumn(e.After[name])
		if err != nil {
			return err
		}
		set, args = append(set, c.name+" = ?"), append(args, v)
	}
	if open {
		node, _ := w.t.Node(e.Node)
		text, err := encodeOpen(t.open, node.Props)
		if err != nil {
			return err
		}
		set, args = append(set, "open = ?"), append(args, text)
	}
	return w.c.exec("UPDATE "+t.name+" SET "+strings.Join(set, ", ")+" WHERE n = ?", append(args, w.t.numbers[e.Node])...)
}

// changed lists the properties that differ, in order.
func changed(e *store.Effect) []string {
	names := slices.Collect(maps.Keys(e.Before))
	for name := range e.After {
		if _, both := e.Before[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (w *writer) key(k store.EdgeKey) []any {
	return []any{w.layout.rels[k.Rel], w.t.numbers[k.From], w.t.numbers[k.To], k.Tag}
}

func (w *writer) deleteEdge(e *store.Effect) error {
	return w.c.exec("DELETE FROM edge WHERE rel = ? AND src = ? AND dst = ? AND tag = ?", w.key(e.Edge)...)
}

func (w *writer) insertEdge(e *store.Effect) error {
	props, err := encodeEdge(e.After)
	if err != nil {
		return err
	}
	k := e.Edge
	return w.made.edges.add(w.layout.rels[k.Rel], w.t.numbers[k.From], w.t.numbers[k.To], k.Tag, int64(1), props)
}

func (w *writer) updateEdge(e *store.Effect) error {
	edge, _ := w.t.Edge(e.Edge)
	props, err := encodeEdge(edge.Props)
	if err != nil {
		return err
	}
	return w.c.exec("UPDATE edge SET version = ?, props = ? WHERE rel = ? AND src = ? AND dst = ? AND tag = ?",
		append([]any{e.Version, props}, w.key(e.Edge)...)...)
}
