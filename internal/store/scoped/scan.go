package scoped

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Scan hands over the part of the graph that is seen. Which nodes those are is
// found out first; the edges are then kept by their ends.
func (r *Reader) Scan(ctx context.Context, s store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	if err := r.Declared().CheckScan(s); err != nil {
		return 0, err
	}
	scope, err := r.scope(ctx)
	if err != nil {
		return 0, err
	}
	schema := r.Declared().Schema()
	if scope.all(names(schema.Kinds)) {
		return r.beneath.Scan(ctx, s, yield)
	}
	k := &scan{wanted: s.Kinds, seen: map[store.ID]bool{}, scope: scope}
	if s.Kinds == nil {
		k.wanted = names(schema.Kinds)
	}
	wide := s
	wide.Kinds = slices.Clone(k.wanted)
	for _, rel := range schema.Rels { // of whose ends it must be known whether they are seen
		if s.Rels == nil || slices.Contains(s.Rels, rel.Name) {
			wide.Kinds = append(wide.Kinds, rel.From, rel.To)
		}
	}
	slices.Sort(wide.Kinds)
	wide.Kinds = slices.DeleteFunc(slices.Compact(wide.Kinds), func(kind string) bool { return scope[kind].none() })
	if err := r.findSeen(ctx, k, wide.Kinds); err != nil {
		return 0, err
	}
	return r.beneath.Scan(ctx, wide, func(b store.Batch) error {
		if part := k.part(b); len(part.Nodes)+len(part.Edges) > 0 {
			return yield(part)
		}
		return nil
	})
}

func names(kinds []store.KindSchema) []string {
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = k.Name
	}
	return list
}

// scan is one Scan under way.
type scan struct {
	wanted []string
	scope  Scope
	seen   map[store.ID]bool
}

// findSeen lists the seen nodes of those kinds that are not seen whole.
func (r *Reader) findSeen(ctx context.Context, k *scan, kinds []string) error {
	for _, kind := range kinds {
		if !k.scope[kind].limited() {
			continue
		}
		if err := r.EachSeen(ctx, kind, func(n store.Node) error { k.seen[n.ID] = true; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// EachSeen hands over all nodes of a kind that are seen, by id.
func (r *Reader) EachSeen(ctx context.Context, kind string, yield func(store.Node) error) error {
	q := store.Query{Kind: kind, First: atOnce}
	for {
		page, err := r.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, n := range page.Nodes {
			if err := yield(n); err != nil {
				return err
			}
		}
		if !page.HasNext || len(page.Cursors) == 0 {
			return nil
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}

// part keeps what is seen of a batch, and wanted. Nodes come before edges.
func (k *scan) part(b store.Batch) (part store.Batch) {
	for _, n := range b.Nodes {
		switch {
		case k.scope[n.Kind].All:
			k.seen[n.ID] = true
		case !k.seen[n.ID]:
			continue
		}
		if slices.Contains(k.wanted, n.Kind) {
			part.Nodes = append(part.Nodes, n)
		}
	}
	for _, e := range b.Edges {
		if k.seen[e.From] && k.seen[e.To] {
			part.Edges = append(part.Edges, e)
		}
	}
	return part
}
