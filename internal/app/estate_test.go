package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// nodesRead counts the nodes that a store hands out.
type nodesRead struct {
	store.Store
	n int
}

func (c *nodesRead) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	found, err := c.Store.Nodes(ctx, ids...)
	c.n += len(found)
	return found, err
}

func (c *nodesRead) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	pages, err := c.Store.Edges(ctx, q)
	for _, p := range pages {
		c.n += len(p.Nodes)
	}
	return pages, err
}

// Without the topology a reach of many items that need the same few must not
// read those few again for each.
func TestAPartOfTheEstateIsReadWithEachItemOnce(t *testing.T) {
	const items, shared = 300, 10
	w := openTwoWays(t)
	ops := []store.Op{w.site("paris"), w.item("db", 0)}
	for i := range shared {
		ops = append(ops, w.item(fmt.Sprint("shared", i), 0))
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	for i := range items {
		key := fmt.Sprint("item", i)
		ops = append(ops, w.item(key, 1), w.dependency(key, "db", uses), w.edge(domain.RelInstalledAt, key, "paris"))
		for j := range shared {
			ops = append(ops, w.dependency(key, fmt.Sprint("shared", j), uses))
		}
	}
	w.commit(t, ops...)
	counted := &nodesRead{Store: w.store}
	r, err := app.New(app.Config{Store: counted}).Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("db")}}, nil)
	require.NoError(t, err)
	require.Equal(t, items, must(r.Summary(context.Background())).Total)
	require.LessOrEqual(t, counted.n, items+shared+3, "the items, what they share, the database and the site")
}
