package direct_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/graph/direct"
	"releasegraph/graph/fields"
	"releasegraph/graph/generated"
	"releasegraph/graph/relay"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
)

const (
	page = `{ configurationItems { nodes { id key name class status environment } } }`
	// related asks for what is not direct, too.
	related = `{ configurationItems { nodes { id key name class status environment dependsOn { nodes { key name } } } } }`
)

// BenchmarkPage executes a query for a page of items that lies ready, and
// beside it the same by plain gqlgen. All runs on one processor, so that time
// is work.
func BenchmarkPage(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, c := range []struct {
		name, document string
		items          int
		goal           float64
	}{
		{"items=1", page, 1, 1.1}, {"items=50", page, 50, 0.2}, {"items=1000", page, 1_000, 0.2},
		{"related/items=50", related, 50, 1}, {"related/items=1000", related, 1_000, 1},
	} {
		plain := generated.NewExecutableSchema(generated.Config{Resolvers: root{page: pageOf(c.items)}})
		b.Run(c.name, func(b *testing.B) {
			repeat := max(1, 200/c.items)
			figure, baseline := benchtest.Turns(b, runs(b, direct.New(plain, fields.Types), c.document, repeat), runs(b, plain, c.document, repeat))
			benchtest.RatioAtMost(b, "best-s", figure/float64(repeat), baseline/float64(repeat), c.goal)
		})
	}
}

// runs executes the query so many times.
func runs(b *testing.B, s graphql.ExecutableSchema, document string, times int) func() {
	e := executor.New(s)
	e.SetQueryCache(lru.New[*ast.QueryDocument](10))
	return func() {
		for range times {
			ctx := graphql.StartOperationTrace(context.Background())
			op, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
			if len(errs) > 0 {
				b.Fatal(errs)
			}
			responses, ctx := e.DispatchOperation(ctx, op)
			if answer := responses(ctx); len(answer.Errors) > 0 || len(answer.Data) < 100 {
				b.Fatal(answer)
			}
		}
	}
}

// root answers with pages that lie ready.
type root struct {
	generated.ResolverRoot
	page itemPage
}

type itemPage = *relay.Connection[domain.ConfigurationItem, relay.ConfigurationItemEdge]

func (r root) Query() generated.QueryResolver { return query{page: r.page} }

func (r root) ConfigurationItem() generated.ConfigurationItemResolver {
	return item{one: &relay.Connection[domain.ConfigurationItem, relay.ConfigurationItemDependencyEdge]{Nodes: r.page.Nodes[:1]}}
}

type query struct {
	generated.QueryResolver
	page itemPage
}

// ConfigurationItems answers the page.
func (q query) ConfigurationItems(context.Context, relay.Input, []relay.Input, *int, *string, *int, *string) (itemPage, error) {
	return q.page, nil
}

type dependencies = *relay.Connection[domain.ConfigurationItem, relay.ConfigurationItemDependencyEdge]

type item struct {
	generated.ConfigurationItemResolver
	one dependencies
}

// DependsOn answers one item.
func (i item) DependsOn(context.Context, *domain.ConfigurationItem, relay.Input, []relay.Input, *int, *string, *int, *string, *domain.AsOf) (dependencies, error) {
	return i.one, nil
}

func pageOf(items int) itemPage {
	p := &relay.Connection[domain.ConfigurationItem, relay.ConfigurationItemEdge]{PageInfo: &relay.PageInfo{}}
	for i := range items {
		item := &domain.ConfigurationItem{Class: domain.Server, Status: domain.ItemLive, Environment: "PRODUCTION"}
		item.ID, item.Key, item.Name = fmt.Sprintf("0199a7c0-0000-7000-8000-%012d", i), fmt.Sprintf("srv-%d", i), fmt.Sprintf("Server number %d", i)
		item.CreatedAt = time.Unix(int64(i), 0)
		p.Nodes = append(p.Nodes, item)
	}
	p.Edge = func(i int) *relay.ConfigurationItemEdge {
		return &relay.Edge[domain.ConfigurationItem]{Node: p.Nodes[i], Cursor: p.Nodes[i].Key}
	}
	return p
}
