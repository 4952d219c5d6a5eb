package resolvers

import (
	"releasegraph/graph/model"
	"releasegraph/graph/relay"
	"releasegraph/internal/app/event"
)

// eventPage answers with a page of events.
func eventPage(page *event.Page, err error) (*model.EventConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.EventConnection{
		Nodes:    page.Nodes,
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious, EndCursor: &page.End},
	}
	for _, n := range page.Nodes {
		c.Edges = append(c.Edges, &model.EventEdge{Node: n, Cursor: n.Cursor()})
	}
	if len(c.Edges) > 0 {
		c.PageInfo.StartCursor = &c.Edges[0].Cursor
	}
	return c, nil
}
