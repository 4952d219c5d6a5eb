package mirror

import (
	"context"

	"releasegraph/internal/store"
)

// Nodes returns those of the nodes that exist. What is left out the store
// beneath may have.
func (s *Store) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	snapshot, ok := s.view(ctx)
	if !ok {
		return s.Store.Nodes(ctx, ids...)
	}
	found, r := make(map[store.ID]store.Node, len(ids)), newReader(ctx, snapshot)
	for _, id := range ids {
		row, there := r.row(string(id))
		switch {
		case there:
			n := r.node(row)
			found[n.ID] = n
		case r.without != nil:
			return s.Store.Nodes(ctx, ids...)
		}
		if !r.step() {
			return nil, r.err
		}
	}
	return found, nil
}

// Lookup finds nodes of one kind by the values of a unique property.
func (s *Store) Lookup(ctx context.Context, kind, name string, values ...string) (map[string]store.Node, error) {
	snapshot, ok := s.view(ctx, kind)
	if !ok {
		return s.Store.Lookup(ctx, kind, name, values...)
	}
	if err := s.Declared().CheckLookup(kind, name); err != nil {
		return nil, err
	}
	found, r := make(map[string]store.Node, len(values)), newReader(ctx, snapshot)
	p := r.property(r.kindOf[kind], name)
	for _, v := range values {
		if row, there := r.holder(&p, v); there {
			found[v] = r.node(row)
		}
		if !r.step() {
			return nil, r.err
		}
	}
	return found, nil
}

// EdgesBetween returns those of the edges that exist.
func (s *Store) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	snapshot, ok := s.view(ctx)
	for i := 0; ok && i < len(keys); i++ {
		ok = snapshot.covers(keys[i].Rel)
	}
	if !ok {
		return s.Store.EdgesBetween(ctx, keys...)
	}
	found, r := make(map[store.EdgeKey]store.Edge, len(keys)), newReader(ctx, snapshot)
	var last string // the near end of the key before
	var from uint32
	var there bool
	for _, k := range keys {
		rel, declared := r.relOf[k.Rel]
		if !r.step() {
			return nil, r.err
		}
		if last != string(k.From) || last == "" {
			last = string(k.From)
			from, there = r.row(last)
		}
		if !declared || !there {
			continue
		}
		relation := r.relations[rel]
		list := relation.arcs[store.Out].of(from)
		if i, exists := r.find(list, relation, string(k.To), k.Tag); exists {
			e := relation.edge(store.Out, string(k.From), string(k.To), list[i].label)
			found[e.EdgeKey] = e
		}
	}
	return found, nil
}
