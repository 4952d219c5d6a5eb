package sqlite

import (
	"maps"
	"slices"

	"releasegraph/internal/store"
)

// searchWork is what a transaction has to change in the index, by the number
// of the node. It waits until all change sets are performed: the index would
// write a segment of its own for each.
type searchWork map[int64]*searchEntry

type searchEntry struct {
	was  bool // the index has the node from before
	is   bool
	id   store.ID
	text store.SearchText
}

// searched is what is searched of a node as it will be.
type searched struct {
	text  store.SearchText
	lives bool // there is something to be searched
}

// searchTexts works out, by the effects of a change on nodes, what changes in
// the index.
func searchTexts(d *store.Declared, effects []store.Effect, t *touched) map[int]searched {
	texts := map[int]searched{}
	for i := range effects {
		e := &effects[i]
		if e.Node == "" {
			continue
		}
		k, _ := d.Kind(e.Kind)
		if e.Verb() == store.Updated && !slices.ContainsFunc(changed(e), k.Searches) {
			continue
		}
		var s searched
		if node, lives := t.Node(e.Node); lives && e.Verb() != store.Removed {
			s.text, s.lives = k.SearchText(node.Props)
		}
		texts[i] = s
	}
	return texts
}

// add takes in what a change set did to nodes.
func (w searchWork) add(l *layout, effects []store.Effect, t *touched, texts map[int]searched) {
	for i := range effects {
		e := &effects[i]
		s, changes := texts[i]
		if !changes || l.kinds[e.Kind] == nil {
			continue
		}
		n := t.numbers[e.Node]
		entry := w[n]
		if entry == nil {
			entry = &searchEntry{was: e.Verb() != store.Created}
			w[n] = entry
		}
		if entry.is = s.lives; s.lives {
			entry.id, entry.text = e.Node, s.text
		}
	}
}

// manySearched is from how many nodes on their words gather in large portions,
// which are not merged with others at once.
const manySearched = 1000

// write brings the index up to date, in the order of numbers, which costs it
// least.
func (w searchWork) write(c *conn) error {
	if len(w) < manySearched {
		return w.writeEach(c)
	}
	if err := execAll(c, searchBulk); err != nil {
		return err
	}
	if err := w.writeEach(c); err != nil {
		return err
	}
	return execAll(c, searchUsual)
}

func (w searchWork) writeEach(c *conn) error {
	numbers := slices.Sorted(maps.Keys(w))
	for _, n := range numbers {
		if w[n].was {
			if err := deleteSearch(c, n); err != nil {
				return err
			}
		}
	}
	made := searchInto(c)
	for _, n := range numbers {
		if e := w[n]; e.is {
			if err := made.add(n, e.id, e.text); err != nil {
				return err
			}
		}
	}
	return made.write()
}
