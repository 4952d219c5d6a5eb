package traversal_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
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
	w := apptest.OpenTwoWays(t)
	ops := []store.Op{w.Site("paris"), w.Item("db", 0)}
	for i := range shared {
		ops = append(ops, w.Item(fmt.Sprint("shared", i), 0))
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	for i := range items {
		key := fmt.Sprint("item", i)
		ops = append(ops, w.Item(key, 1), w.Dependency(key, "db", uses), w.Edge(domain.RelInstalledAt, key, "paris"))
		for j := range shared {
			ops = append(ops, w.Dependency(key, fmt.Sprint("shared", j), uses))
		}
	}
	w.Commit(t, ops...)
	counted := &nodesRead{Store: w.Store}
	r, err := app.New(app.Config{Store: counted}).Impact.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}, nil)
	require.NoError(t, err)
	require.Equal(t, items, apptest.Must(r.Summary(context.Background())).Total)
	require.LessOrEqual(t, counted.n, items+shared+3, "the items, what they share, the database and the site")
}
