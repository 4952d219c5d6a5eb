// Package relay holds the shapes that every kind of record shares in the API:
// connections, edges, payloads and derived inputs. Their instances for each
// kind are written by internal/schemagen.
package relay

import (
	"context"

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

// Connection is a page of records N, each on an edge E.
type Connection[N, E any] struct {
	Nodes []*N
	// Edge makes the edge of the node at a place.
	Edge     func(at int) *E
	PageInfo *PageInfo
	// Total counts the whole list, when asked.
	Total func(context.Context) (int, error)
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
