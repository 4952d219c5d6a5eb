// Package relay holds the shapes that every kind of record shares in the API:
// connections, edges, payloads and derived inputs. Their instances for each
// kind are written by internal/schemagen.
package relay

import (
	"context"
	"iter"

	"releasegraph/graph/direct"
	"releasegraph/internal/domain"
)

// Record is a record of any kind.
type Record interface{ Meta() *domain.Record }

// Node is anything with a global id: so far, any record.
type Node interface{ Meta() *domain.Record }

// PageInfo says where a page lies in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// to is where two runs lie together, of which this is the first; nil: there is none before.
func (p *PageInfo) to(next *PageInfo) *PageInfo {
	if p == nil {
		return next
	}
	return &PageInfo{HasNextPage: next.HasNextPage, HasPreviousPage: p.HasPreviousPage, StartCursor: p.StartCursor, EndCursor: next.EndCursor}
}

// Connection is a page of records N, each on an edge E. A long one is read in runs: what
// stands in it is the first of them until it is gathered.
type Connection[N, E any] struct {
	Nodes []*N
	// Edge makes the edge of the node at a place.
	Edge     func(at int) *E
	PageInfo *PageInfo
	// Total counts the whole list, when asked.
	Total func(context.Context) (int, error)
	// Next reads the run behind this one; nil: there is none.
	Next func(context.Context) (*Connection[N, E], error)

	ends *PageInfo // of all runs, when they have been read
}

// LongList is how many nodes a list may have that is written into memory first.
const LongList = 1_000

// Long reports whether the list is too long to lie in memory as text.
func (c *Connection[N, E]) Long() bool { return c.Next != nil || len(c.Nodes) > LongList }

// Runs are the parts of the list, in its order.
func (c *Connection[N, E]) Runs(ctx context.Context) iter.Seq2[*Connection[N, E], error] {
	return func(yield func(*Connection[N, E], error) bool) {
		info := c.PageInfo
		for run := c; ; {
			next := run.Next
			if !yield(run, nil) {
				return
			}
			if next == nil {
				break
			}
			var err error
			if run, err = next(direct.OfRun(ctx)); err != nil {
				yield(nil, err)
				return
			}
			info = info.to(run.PageInfo)
		}
		c.ends = info
	}
}

// Gather reads all runs into the connection.
func (c *Connection[N, E]) Gather(ctx context.Context) error {
	if c.Next == nil {
		return nil
	}
	whole := Connection[N, E]{Total: c.Total}
	var edges []func() *E
	for run, err := range c.Runs(ctx) {
		if err != nil {
			return err
		}
		edge := run.Edge // the first run's becomes that of all
		for i := range run.Nodes {
			edges = append(edges, func() *E { return edge(i) })
		}
		whole.Nodes = append(whole.Nodes, run.Nodes...)
	}
	whole.PageInfo = c.ends
	whole.Edge = func(at int) *E { return edges[at]() }
	*c = whole
	return nil
}

// Ends says where the whole page lies in its list.
func (c *Connection[N, E]) Ends(ctx context.Context) (*PageInfo, error) {
	if c.Next == nil {
		return c.PageInfo, nil
	}
	if c.ends == nil {
		for _, err := range c.Runs(ctx) {
			if err != nil {
				return nil, err
			}
		}
	}
	return c.ends, nil
}

// NodeRuns are the nodes, a run at a time.
func (c *Connection[N, E]) NodeRuns(ctx context.Context) iter.Seq2[[]*N, error] {
	return eachRun(ctx, c, func(run *Connection[N, E]) []*N { return run.Nodes })
}

// EdgeRuns are the edges, a run at a time.
func (c *Connection[N, E]) EdgeRuns(ctx context.Context) iter.Seq2[[]*E, error] {
	return eachRun(ctx, c, (*Connection[N, E]).Edges)
}

func eachRun[N, E, V any](ctx context.Context, c *Connection[N, E], of func(*Connection[N, E]) []*V) iter.Seq2[[]*V, error] {
	return func(yield func([]*V, error) bool) {
		for run, err := range c.Runs(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(of(run), nil) {
				return
			}
		}
	}
}

// Edges is bound to edges, and so costs nothing unless it is asked.
func (c *Connection[N, E]) Edges() []*E {
	edges := make([]*E, len(c.Nodes))
	for i := range edges {
		edges[i] = c.Edge(i)
	}
	return edges
}

// TotalCount is bound to totalCount, and so costs nothing unless it is asked.
func (c *Connection[N, E]) TotalCount(ctx context.Context) (int, error) { return c.Total(ctx) }

// Edge is a record and its place in a list.
type Edge[N any] struct {
	Node   *N
	Cursor string
}

// NewEdge makes an edge of a list whose links have no properties.
func NewEdge[N any](node *N, _ any, cursor string) *Edge[N] {
	return &Edge[N]{Node: node, Cursor: cursor}
}

// Payload is what a mutation of a record answers.
type Payload[N any] struct {
	Record   *N
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// LinkPayload is what connecting or disconnecting two records answers, L
// being the properties of the link.
type LinkPayload[F, T, L any] struct {
	From     *F
	To       *T
	Link     *L
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// NoLink stands for the properties of links that have none.
type NoLink struct{}
