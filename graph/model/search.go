package model

import (
	"context"

	"releasegraph/graph/relay"
	"releasegraph/internal/app/records"
)

// SearchConnection is a page of what a search found.
type SearchConnection struct {
	Edges    []*SearchEdge
	Nodes    []relay.Record
	PageInfo *relay.PageInfo
	// Total counts the whole list, when asked.
	Total func(context.Context) (int, error)
}

// TotalCount is bound to totalCount, and so costs nothing unless it is asked.
func (c *SearchConnection) TotalCount(ctx context.Context) (int, error) { return c.Total(ctx) }

// SearchEdge is a record that was found. What matched is worked out when asked.
type SearchEdge struct {
	*records.SearchHit
	Node relay.Record
}
