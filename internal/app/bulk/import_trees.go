package bulk

import (
	"context"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// keepTrees refuses links that would make a record its own ancestor. Guards
// hold the ancestors that the store has as they were seen.
func (b links) keepTrees(ctx context.Context, list []*interchange.Item, keys []store.EdgeKey, index []int) error {
	parents := map[string]map[store.ID]store.ID{}
	for n, i := range list {
		if i.IsTree() && keys[n] != (store.EdgeKey{}) {
			if parents[i.Rel.Name] == nil {
				parents[i.Rel.Name] = map[store.ID]store.ID{}
			}
			parents[i.Rel.Name][keys[n].From] = keys[n].To
		}
	}
	for rel, up := range parents {
		if err := b.ancestors(ctx, rel, up); err != nil {
			return err
		}
	}
	for n, i := range list {
		if i.IsTree() && keys[n] != (store.EdgeKey{}) && circular(parents[i.Rel.Name], keys[n].From) {
			b.problem(index[n], NotATree(i))
		}
	}
	return nil
}

// NotATree says that a link would make a record its own ancestor.
func NotATree(i *interchange.Item) *domain.Error {
	return &domain.Error{
		Code: domain.RuleViolation, Rule: i.Name() + " tree", Field: "to",
		Message: i.Name() + " must stay a tree, and this would close a circle through " + i.From.String() + " and " + i.To.String(),
	}
}

// ancestors adds to the links of a batch those that the store has above them,
// a level at a time.
func (b links) ancestors(ctx context.Context, rel string, up map[store.ID]store.ID) error {
	seen := map[store.ID]bool{}
	for {
		var level []store.ID
		for _, parent := range up {
			if _, known := up[parent]; !known && !seen[parent] && !b.created[parent] {
				seen[parent] = true
				level = append(level, parent)
			}
		}
		if len(level) == 0 {
			return nil
		}
		pages, err := b.im.app.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: level, Rel: rel, Direction: store.Out})
		if err != nil {
			return err
		}
		for n, page := range pages {
			if len(page.Edges) == 0 {
				b.Guards = append(b.Guards, store.NoEdges{ID: level[n], Rel: rel, Direction: store.Out})
			}
			for _, edge := range page.Edges {
				up[edge.From] = edge.To
				b.Guards = append(b.Guards, store.EdgeAt{EdgeKey: edge.EdgeKey, Version: edge.Version})
			}
		}
	}
}

// circular reports whether a record is above itself.
func circular[K comparable](up map[K]K, start K) bool {
	at, ok := up[start]
	for steps := 0; ok && steps <= len(up); steps++ {
		if at == start {
			return true
		}
		at, ok = up[at]
	}
	return false
}

// Circular reports whether something is above itself by these links.
func Circular[K comparable](up map[K]K, start K) bool { return circular(up, start) }

// Parents finds where a relationship to an only parent leads from records of a
// kind: parent keys by key, those without one left out.
func (im *Import) Parents(ctx context.Context, rel, kind string, keys []string) (map[string]string, error) {
	found, err := im.app.estate.Entire.Lookup(ctx, kind, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	ids, names := make([]store.ID, 0, len(found)), make([]string, 0, len(found))
	for key, node := range found {
		ids, names = append(ids, node.ID), append(names, key)
	}
	parents := map[string]string{}
	if len(ids) == 0 {
		return parents, nil
	}
	pages, err := im.app.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: rel, Direction: store.Out})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for n, page := range pages {
		for _, node := range page.Nodes {
			parents[names[n]] = node.Props.Text("key")
		}
	}
	return parents, nil
}
