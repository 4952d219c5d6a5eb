// Package scoped reads a part of a graph: what lies beyond is neither found
// nor counted, nor walked through, nor is it fetched to be thrown away where
// the store beneath can leave it out.
package scoped

import (
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/store"
)

// Rule says which nodes of a kind are seen. The zero Rule sees none.
type Rule struct {
	// All sees every node of the kind.
	All bool
	// Filter selects those that are seen; nil, unless All is set: none.
	Filter store.Filter
}

func (r Rule) none() bool { return !r.All && r.Filter == nil }

// limited tells whether some nodes of the kind may be seen and others not.
func (r Rule) limited() bool { return !r.All && r.Filter != nil }

// Scope is the rules of all kinds; of those that it does not name, no node is
// seen. An edge is seen when both its ends are.
type Scope map[string]Rule

// Reader is a store.Reader of what a Scope sees.
type Reader struct {
	beneath store.Reader
	scope   func(context.Context) (Scope, error)
}

// New reads what a scope sees. It is asked for when the first question comes;
// it must answer the same each time.
func New(beneath store.Reader, scope func(context.Context) (Scope, error)) *Reader {
	return &Reader{beneath, scope}
}

// Fixed is a scope that is known already.
func Fixed(s Scope) func(context.Context) (Scope, error) {
	return func(context.Context) (Scope, error) { return s, nil }
}

// Declared is the schema that the store was opened with.
func (r *Reader) Declared() *store.Declared { return r.beneath.Declared() }

// Nodes returns those of the nodes that are seen.
func (r *Reader) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return nil, err
	}
	found, err := r.beneath.Nodes(ctx, ids...)
	if err != nil {
		return nil, err
	}
	return found, r.keepSeen(ctx, s, ids, found)
}

// keepSeen takes away what is not seen of the nodes that were asked for.
func (r *Reader) keepSeen(ctx context.Context, s Scope, asked []store.ID, found map[store.ID]store.Node) error {
	doubtful := map[string][]store.ID{}
	for id, n := range found {
		switch rule := s[n.Kind]; {
		case rule.none():
			delete(found, id)
		case rule.limited():
			doubtful[n.Kind] = append(doubtful[n.Kind], id)
		}
	}
	for kind, ids := range doubtful {
		seen, err := r.seenOf(ctx, kind, s[kind].Filter, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !seen[id] {
				delete(found, id)
			}
		}
	}
	return r.askInVain(ctx, s, asked, found, doubtful)
}

// fewAsked is up to how many nodes asked for at once nobody can tell which of
// them are hidden and which are missing by the time that it takes.
const fewAsked = 16

// askInVain asks, where something that was asked for is not seen, as many
// questions as there would be if each of it were of a kind of its own: none were
// needed for what is missing.
func (r *Reader) askInVain(ctx context.Context, s Scope, asked []store.ID, seen map[store.ID]store.Node, done map[string][]store.ID) error {
	left := len(asked) - len(done)
	if len(seen) == len(asked) || len(asked) > fewAsked {
		return nil
	}
	for _, kind := range slices.Sorted(maps.Keys(s)) {
		if left <= 0 {
			return nil
		}
		if _, known := done[kind]; known || !s[kind].limited() {
			continue
		}
		if _, err := r.seenOf(ctx, kind, s[kind].Filter, asked); err != nil {
			return err
		}
		left--
	}
	return nil
}

// atOnce is how many ids are asked for in one question.
const atOnce = 1000

// seenOf tells which of some nodes of a kind a filter selects.
func (r *Reader) seenOf(ctx context.Context, kind string, f store.Filter, ids []store.ID) (map[store.ID]bool, error) {
	seen := make(map[store.ID]bool, len(ids))
	for chunk := range slices.Chunk(ids, atOnce) {
		values := make([]any, len(chunk))
		for i, id := range chunk {
			values[i] = string(id)
		}
		page, err := r.beneath.Find(ctx, store.Query{
			Kind: kind, Filter: store.And{store.Compare{Property: "id", Op: store.OneOf, Value: values}, f},
		})
		if err != nil {
			return nil, err
		}
		for _, n := range page.Nodes {
			seen[n.ID] = true
		}
	}
	return seen, nil
}

// Seen tells which of some nodes are seen.
func (r *Reader) Seen(ctx context.Context, ids ...store.ID) (map[store.ID]bool, error) {
	seen := make(map[store.ID]bool, len(ids))
	for chunk := range slices.Chunk(ids, atOnce) {
		found, err := r.Nodes(ctx, chunk...)
		if err != nil {
			return nil, err
		}
		for id := range maps.Keys(found) {
			seen[id] = true
		}
	}
	return seen, nil
}

// Lookup finds nodes of one kind, of those that are seen. What is hidden costs
// as much as what is missing: one question, with the rule in it.
func (r *Reader) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return nil, err
	}
	rule := s[kind]
	if err := r.Declared().CheckLookup(kind, property); err != nil || rule.none() {
		return map[string]store.Node{}, err
	}
	if rule.All {
		return r.beneath.Lookup(ctx, kind, property, values...)
	}
	found := make(map[string]store.Node, len(values))
	for chunk := range slices.Chunk(values, atOnce) {
		wanted := make([]any, len(chunk))
		for i, v := range chunk {
			wanted[i] = v
		}
		page, err := r.beneath.Find(ctx, store.Query{
			Kind: kind, Filter: store.And{store.Compare{Property: property, Op: store.OneOf, Value: wanted}, rule.Filter},
		})
		if err != nil {
			return nil, err
		}
		for _, n := range page.Nodes {
			value, _ := n.Props[property].(string)
			found[value] = n
		}
	}
	return found, nil
}

// Find returns a page of the nodes that are seen.
func (r *Reader) Find(ctx context.Context, q store.Query) (store.Page, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return store.Page{}, err
	}
	q.Filter, err = r.narrowed(s, q.Kind, q.Filter)
	if err != nil {
		return store.Page{}, err
	}
	return r.beneath.Find(ctx, q)
}

// Count counts the nodes that are seen.
func (r *Reader) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return 0, err
	}
	if f, err = r.narrowed(s, kind, f); err != nil {
		return 0, err
	}
	return r.beneath.Count(ctx, kind, f)
}

// Aggregate counts the nodes that are seen, by fields.
func (r *Reader) Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return nil, err
	}
	if a.Filter, err = r.narrowed(s, a.Kind, a.Filter); err != nil {
		return nil, err
	}
	return r.beneath.Aggregate(ctx, a)
}

// RevisionAt is that of the whole graph.
func (r *Reader) RevisionAt(ctx context.Context, t time.Time) (store.Revision, error) {
	return r.beneath.RevisionAt(ctx, t)
}

// Oldest is that of the whole graph.
func (r *Reader) Oldest(ctx context.Context) (store.Revision, error) { return r.beneath.Oldest(ctx) }
