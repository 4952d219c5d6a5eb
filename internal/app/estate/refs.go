package estate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Refs resolves many references to records at once: one question to the store
// for each kind and way of naming, whatever their number.
type Refs struct {
	View    View
	wanted  []wantedRef
	Assumed map[string]store.Node // hypothetical items by key
	Free    map[string]string     // keys that no stored record of FreeOf may have, with their fields
	FreeOf  string                // a kind
	Errs    domain.Errors
}

type wantedRef struct {
	kind  string
	ref   domain.Ref
	field string
	into  *store.Node
}

// Want asks for one record; into is filled by resolve.
func (r *Refs) Want(kind string, ref domain.Ref, field string, into *store.Node) {
	if (ref.Key == nil) == (ref.ID == nil) {
		r.Errs = append(r.Errs, refusal.Wrong(field, "give either key or id"))
		return
	}
	if ref.Key != nil {
		if n, ok := r.Assumed[*ref.Key]; ok && n.Kind == kind {
			*into = n
			return
		}
	}
	r.wanted = append(r.wanted, wantedRef{kind, ref, field, into})
}

// WantAll asks for a list of records.
func (r *Refs) WantAll(kind string, list []*domain.Ref, field string) []store.Node {
	nodes := make([]store.Node, len(list))
	for i, ref := range list {
		r.Want(kind, *ref, refusal.Element(field, i), &nodes[i])
	}
	return nodes
}

// Resolve fills all that was wanted, and tells of all that is missing.
func (r *Refs) Resolve(ctx context.Context) error {
	byID := map[store.ID]bool{}
	byKey := map[string]map[string]bool{}
	for _, w := range r.wanted {
		if w.ref.ID != nil {
			byID[store.ID(*w.ref.ID)] = true
			continue
		}
		if byKey[w.kind] == nil {
			byKey[w.kind] = map[string]bool{}
		}
		for _, key := range domain.SpellingsOfKey(*w.ref.Key) {
			byKey[w.kind][key] = true
		}
	}
	var named map[store.ID]store.Node
	keyed := map[string]map[string]store.Node{}
	var err error
	if len(byID) > 0 {
		if named, err = r.View.Nodes(ctx, slices.Sorted(maps.Keys(byID))...); err != nil {
			return refusal.OfStore(err)
		}
	}
	for kind, keys := range byKey {
		if keyed[kind], err = r.View.Lookup(ctx, kind, "key", slices.Sorted(maps.Keys(keys))...); err != nil {
			return refusal.OfStore(err)
		}
	}
	if err := r.checkFree(ctx); err != nil {
		return err
	}
	for _, w := range r.wanted {
		n, ok := r.pick(w, named, keyed)
		switch {
		case !ok || n.Kind != w.kind:
			r.Errs = append(r.Errs, refusal.Missing(w.kind, w.ref, w.field))
		default:
			if err := r.View.App.May(ctx, authz.Read, n.Kind); err != nil {
				return err
			}
			*w.into = n
		}
	}
	return r.Errs.Err()
}

// checkFree says which of the keys that should be free are held (C1).
func (r *Refs) checkFree(ctx context.Context) error {
	if len(r.Free) == 0 {
		return nil
	}
	held, err := r.View.Lookup(ctx, r.FreeOf, "key", slices.Sorted(maps.Keys(r.Free))...)
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, key := range slices.Sorted(maps.Keys(held)) {
		r.Errs = append(r.Errs, &domain.Error{
			Code: domain.Conflict, Rule: "C1", Field: r.Free[key],
			Message: fmt.Sprintf("%q is the key of a stored record", key),
			Details: map[string]any{"holder": map[string]any{"id": string(held[key].ID), "key": key}},
		})
	}
	return nil
}

func (r *Refs) pick(w wantedRef, named map[store.ID]store.Node, keyed map[string]map[string]store.Node) (n store.Node, ok bool) {
	if w.ref.ID != nil {
		n, ok = named[store.ID(*w.ref.ID)]
		return n, ok
	}
	return spelt(keyed[w.kind], *w.ref.Key)
}

// spelt finds the record that a caller names by a key, among those that were
// found by its spellings (C1).
func spelt(found map[string]store.Node, key string) (n store.Node, ok bool) {
	for _, key := range domain.SpellingsOfKey(key) {
		if n, ok = found[key]; ok {
			return n, true
		}
	}
	return store.Node{}, false
}
