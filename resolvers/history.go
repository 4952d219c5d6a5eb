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
	for _, n := range page.Nodes {
		c.Edges = append(c.Edges, &model.ChangeSetEdge{Node: n, Cursor: n.Cursor()})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
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
	for i, n := range page.Nodes {
		c.Edges = append(c.Edges, &model.ChangeEdge{Node: n, Cursor: page.Cursor(i)})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c, nil
}
