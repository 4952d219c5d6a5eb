package resolvers

import (
	"context"

	"releasegraph/graph/model"
	"releasegraph/graph/relay"
	"releasegraph/internal/app/history"
)

// historyPage answers with a page of change sets.
func historyPage(page *history.ChangeSetPage, err error) (*model.ChangeSetConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.ChangeSetConnection{Cut: page.Cut}
	c.Nodes, c.PageInfo = page.Nodes, &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}
	c.Edge = func(i int) *model.ChangeSetEdge {
		return &model.ChangeSetEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor()}
	}
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edge(0).Cursor, &c.Edge(n-1).Cursor
	}
	return c, nil
}

// changes answers with a page of changes.
func changes(page *history.ChangePage, err error) (*model.ChangeConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.ChangeConnection{
		Nodes: page.Nodes, PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious},
		Total: func(context.Context) (int, error) { return page.TotalCount, nil },
	}
	c.Edge = func(i int) *model.ChangeEdge { return &model.ChangeEdge{Node: page.Nodes[i], Cursor: page.Cursor(i)} }
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edge(0).Cursor, &c.Edge(n-1).Cursor
	}
	return c, nil
}
