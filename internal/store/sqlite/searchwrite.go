package sqlite

import (
	"maps"
	"slices"

	"releasegraph/internal/store"
)

// searchWork is what a transaction has to change in the index, by the number
// of the node. It waits until all change sets are performed: the index would
// write a segment of its own for each savepoint.
type searchWork map[int64]*searchEntry

type searchEntry struct {
	was  bool // the index has the node from before
	is   bool
	id   store.ID
	text store.SearchText
}

// add takes in what a change set did to nodes.
func (w searchWork) add(l *layout, d *store.Declared, effects []store.Effect, t *touched) {
	for i := range effects {
		e := &effects[i]
		if e.Node == "" || l.kinds[e.Kind] == nil {
			continue
		}
		k, _ := d.Kind(e.Kind)
		if e.Verb() == store.Updated && !slices.ContainsFunc(changed(e), k.Searches) {
			continue
		}
		n := t.numbers[e.Node]
		entry := w[n]
		if entry == nil {
			entry = &searchEntry{was: e.Verb() != store.Created}
			w[n] = entry
		}
		entry.is = false
		if node, lives := t.Node(e.Node); lives && e.Verb() != store.Removed {
			entry.id = e.Node
			entry.text, entry.is = k.SearchText(node.Props)
		}
	}
}

// write brings the index up to date, in the order of numbers, which costs it
// least.
func (w searchWork) write(c *conn) error {
	numbers := slices.Sorted(maps.Keys(w))
	for _, n := range numbers {
		if w[n].was {
			if err := deleteSearch(c, n); err != nil {
				return err
			}
		}
	}
	for _, n := range numbers {
		if e := w[n]; e.is {
			if err := insertSearch(c, n, e.id, e.text); err != nil {
				return err
			}
		}
	}
	return nil
}
