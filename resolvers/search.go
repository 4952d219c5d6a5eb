package resolvers

import (
	"releasegraph/graph/model"
	"releasegraph/graph/relay"
	"releasegraph/internal/app/records"
)

// found answers with a page of a search.
func found(page *records.SearchPage, err error) (*model.SearchConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.SearchConnection{
		Edges: make([]*model.SearchEdge, len(page.Hits)), Nodes: make([]relay.Record, len(page.Hits)),
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}, Total: page.Total,
	}
	for i, hit := range page.Hits {
		record, ok := hit.Record.(relay.Record)
		if !ok {
			return nil, internalf("%T is no record", hit.Record)
		}
		c.Nodes[i], c.Edges[i] = record, &model.SearchEdge{SearchHit: hit, Node: record}
	}
	if n := len(page.Hits); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Hits[0].Cursor, &page.Hits[n-1].Cursor
	}
	return c, nil
}
