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
	c.Edge = func(i int) *model.EventEdge {
		return &model.EventEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor()}
	}
	if len(page.Nodes) > 0 {
		c.PageInfo.StartCursor = &c.Edge(0).Cursor
	}
	return c, nil
}
