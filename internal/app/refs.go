package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// refs resolves many references to records at once: one question to the store
// for each kind and way of naming, whatever their number.
type refs struct {
	view    view
	wanted  []wantedRef
	assumed map[string]store.Node // hypothetical items by key
	free    map[string]string     // keys that no stored record of freeOf may have, with their fields
	freeOf  string                // a kind
	errs    domain.Errors
}

type wantedRef struct {
	kind  string
	ref   domain.Ref
	field string
	into  *store.Node
}

// want asks for one record; into is filled by resolve.
func (r *refs) want(kind string, ref domain.Ref, field string, into *store.Node) {
	if (ref.Key == nil) == (ref.ID == nil) {
		r.errs = append(r.errs, wrong(field, "give either key or id"))
		return
	}
	if ref.Key != nil {
		if n, ok := r.assumed[*ref.Key]; ok && n.Kind == kind {
			*into = n
			return
		}
	}
	r.wanted = append(r.wanted, wantedRef{kind, ref, field, into})
}

// wantAll asks for a list of records.
func (r *refs) wantAll(kind string, list []*domain.Ref, field string) []store.Node {
	nodes := make([]store.Node, len(list))
	for i, ref := range list {
		r.want(kind, *ref, element(field, i), &nodes[i])
	}
	return nodes
}

// resolve fills all that was wanted, and tells of all that is missing.
func (r *refs) resolve(ctx context.Context) error {
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
		if named, err = r.view.Nodes(ctx, sortedKeys(byID)...); err != nil {
			return storeError(err)
		}
	}
	for kind, keys := range byKey {
		if keyed[kind], err = r.view.Lookup(ctx, kind, "key", sortedKeys(keys)...); err != nil {
			return storeError(err)
		}
	}
	if err := r.checkFree(ctx); err != nil {
		return err
	}
	for _, w := range r.wanted {
		n, ok := r.pick(w, named, keyed)
		switch {
		case !ok || n.Kind != w.kind:
			r.errs = append(r.errs, missing(w.kind, w.ref, w.field))
		default:
			if err := r.view.app.may(ctx, authz.Read, n.Kind); err != nil {
				return err
			}
			*w.into = n
		}
	}
	return r.errs.Err()
}

// checkFree says which of the keys that should be free are held (C1).
func (r *refs) checkFree(ctx context.Context) error {
	if len(r.free) == 0 {
		return nil
	}
	held, err := r.view.Lookup(ctx, r.freeOf, "key", slices.Sorted(maps.Keys(r.free))...)
	if err != nil {
		return storeError(err)
	}
	for _, key := range slices.Sorted(maps.Keys(held)) {
		r.errs = append(r.errs, &domain.Error{
			Code: domain.Conflict, Rule: "C1", Field: r.free[key],
			Message: fmt.Sprintf("%q is the key of a stored record", key),
			Details: map[string]any{"holder": map[string]any{"id": string(held[key].ID), "key": key}},
		})
	}
	return nil
}

func (r *refs) pick(w wantedRef, named map[store.ID]store.Node, keyed map[string]map[string]store.Node) (n store.Node, ok bool) {
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

func sortedKeys[K ~string](set map[K]bool) []K {
	keys := make([]K, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// element is the field path of an element of a list.
func element(field string, i int) string { return field + "." + strconv.Itoa(i) }

// distinctIDs lists the nodes' ids, each once, in their order.
func distinctIDs(nodes []store.Node) []store.ID {
	seen := map[store.ID]bool{}
	var list []store.ID
	for _, n := range nodes {
		if n.ID != "" && !seen[n.ID] {
			seen[n.ID] = true
			list = append(list, n.ID)
		}
	}
	return list
}
