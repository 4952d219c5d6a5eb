package mirror

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

var _ store.RowScanner = (*Store)(nil)

// ScanRows hands over the whole graph as of one revision. It waits for the
// loading, as Scan does.
func (s *Store) ScanRows(ctx context.Context, what store.Scan, to store.Rows) (store.Revision, error) {
	s.awaitLoading(ctx)
	snapshot, ok := s.view(ctx)
	if !ok || snapshot.without != nil {
		return store.ScanRows(ctx, s.Store, what, to)
	}
	if err := s.Declared().CheckScan(what); err != nil {
		return 0, err
	}
	k := rowScan{newReader(ctx, snapshot), what, to}
	for _, kind := range k.kinds {
		if what.Kinds == nil || slices.Contains(what.Kinds, kind.name) {
			if err := k.kind(kind); err != nil {
				return 0, err
			}
		}
	}
	if err := to.NodesTaken(len(k.rows) * pageRows); err != nil {
		return 0, err
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

// rowScan answers one ScanRows. A node's place is its row.
type rowScan struct {
	*reader
	store.Scan
	to store.Rows
}

// keeps tells which properties are handed over, nil: all.
func (k *rowScan) keeps(properties []store.Property) []bool {
	if k.Keep == nil {
		return nil
	}
	keep := make([]bool, len(properties))
	for i := range properties {
		keep[i] = slices.Contains(k.Keep, properties[i].Name)
	}
	return keep
}

func (k *rowScan) kind(kind *kind) error {
	to, keep := k.to.Nodes(kind.name), k.keeps(kind.properties)
	for rows := k.nodes[kind.number].rows.Iterator(); rows.HasNext(); {
		row := rows.Next()
		if err := k.pace.Step(); err != nil {
			return err
		}
		r := k.rows.at(row)
		props := r.props()
		to.Node(int(row), r.id(), r.version(), int64(number64(string(r[createdAt:]))), int64(number64(string(r[updatedAt:]))))
		kind.each(props, keep, to)
		kind.eachOpen(props, func(name string, v any) bool {
			if k.Keep == nil || slices.Contains(k.Keep, name) {
				to.Open(name, v.(string))
			}
			return true
		})
		if err := to.EndNode(); err != nil {
			return err
		}
	}
	return to.End()
}

func (k *rowScan) rel(r *relation) error {
	to := k.to.Edges(r.name)
	numbers := make([]uint32, len(r.labels)) // those of whom they are handed to, counted from 1
	for i, page := range r.arcs[store.Out] {
		for j := 0; page != nil && j < pageRows; j++ {
			if err := k.pace.Steps(len(page[j])); err != nil {
				return err
			}
			for _, a := range page[j] {
				if numbers[a.label] == 0 {
					number, err := to.Label(k.like(r, a.label))
					if err != nil {
						return err
					}
					numbers[a.label] = number + 1
				}
				if err := to.Edge(i*pageRows+j, int(a.far), numbers[a.label]-1); err != nil {
					return err
				}
			}
		}
	}
	return to.End()
}

// like is an edge with a label, and no ends.
func (k *rowScan) like(r *relation, number uint32) *store.Edge {
	l := &r.labels[number]
	var keep map[string]bool
	if k.Keep != nil {
		keep = map[string]bool{}
		for _, name := range k.Keep {
			keep[name] = true
		}
	}
	return &store.Edge{EdgeKey: store.EdgeKey{Rel: r.name, Tag: l.tag}, Version: l.version, Props: r.shape.props(l.props, keep)}
}
