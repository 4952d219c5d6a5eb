package mirror

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// batchSize is about how many nodes or edges a scan hands over at once.
const batchSize = 1024

// Scan hands over the whole graph as of one revision. It waits for the loading:
// who reads all is sooner served by what has been read once.
func (s *Store) Scan(ctx context.Context, what store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	s.awaitLoading(ctx)
	snapshot, ok := s.view(ctx)
	if !ok || snapshot.without != nil {
		return s.Store.Scan(ctx, what, yield)
	}
	if err := s.Declared().CheckScan(what); err != nil {
		return 0, err
	}
	k := scanning{reader: newReader(ctx, snapshot), yield: yield}
	if what.Keep != nil {
		k.keep = map[string]bool{}
		for _, name := range what.Keep {
			k.keep[name] = true
		}
	}
	for _, kind := range k.kinds {
		if what.Kinds == nil || slices.Contains(what.Kinds, kind.name) {
			if err := k.kind(kind); err != nil {
				return 0, err
			}
		}
	}
	for _, r := range k.relations {
		if what.Rels == nil || slices.Contains(what.Rels, r.name) {
			if err := k.rel(r); err != nil {
				return 0, err
			}
		}
	}
	return snapshot.revision, nil
}

// scanning answers one Scan.
type scanning struct {
	*reader
	keep  map[string]bool
	yield func(store.Batch) error
	nodes []store.Node
	edges []store.Edge
}

func (k *scanning) kind(kind *kind) error {
	for rows := k.reader.nodes[kind.number].rows.Iterator(); rows.HasNext(); {
		k.nodes = append(k.nodes, k.part(k.rows.at(rows.Next()), k.keep))
		if err := k.hand(batchSize); err != nil {
			return err
		}
	}
	return k.hand(1)
}

func (k *scanning) rel(r *relation) error {
	for rows := r.joined(store.Out).Iterator(); rows.HasNext(); {
		row := rows.Next()
		from := k.rows.at(row).id()
		for _, a := range r.arcs[store.Out].of(row) {
			e := r.edge(store.Out, from, k.rows.at(a.far).id(), a.label)
			if k.keep != nil {
				e.Props = r.shape.props(r.labels[a.label].props, k.keep)
			}
			k.edges = append(k.edges, e)
			if err := k.hand(batchSize); err != nil {
				return err
			}
		}
	}
	return k.hand(1)
}

// hand hands over what has gathered, if it is as much.
func (k *scanning) hand(least int) error {
	if len(k.nodes)+len(k.edges) < least {
		return nil
	}
	if err := k.reader.ctx.Err(); err != nil {
		return err
	}
	err := k.yield(store.Batch{Nodes: k.nodes, Edges: k.edges})
	k.nodes, k.edges = k.nodes[:0], k.edges[:0]
	return err
}
