package cli

import (
	"encoding/json"
	"errors"
	"fmt"
)

// longestPage is what a server hands out at once.
const longestPage = 1_000

// pageInfo says whether and where a list goes on.
type pageInfo struct {
	HasNextPage bool
	EndCursor   *string
}

// pages asks for page after page, until there is no other one or as many hits
// as are asked for. It returns the answer to the first page, with the lists of
// all of them.
func (c *impactCmd) pages(r *running, q question) (*impact, json.RawMessage, error) {
	to, done, err := c.asker(r, q)
	if err != nil {
		return nil, nil, err
	}
	got, raw, err := c.allPages(r, to, q)
	return got, raw, errors.Join(err, done())
}

func (c *impactCmd) allPages(r *running, to asker, q question) (*impact, json.RawMessage, error) {
	var all map[string]json.RawMessage
	lists := map[string]*listed{"hits": {cursor: "after"}, "toTell": {cursor: "told"}}
	var text json.RawMessage
	for page := 0; page == 0 || lists["hits"].more || lists["toTell"].more; page++ {
		data, err := to.ask(r, q.document, q.variables)
		if err != nil {
			return nil, nil, err
		}
		var answer map[string]json.RawMessage
		var one map[string]json.RawMessage
		if err := errors.Join(json.Unmarshal(data, &answer), json.Unmarshal(answer[q.field], &one)); err != nil {
			return nil, nil, fmt.Errorf("the answer cannot be read: %w", err)
		}
		if page == 0 {
			all, text = one, answer[q.field]
		}
		for name, l := range lists {
			if err := l.add(one[name], c.First, q.variables); err != nil {
				return nil, nil, err
			}
		}
		if page > 0 {
			for name, l := range lists {
				if all[name], err = l.text(); err != nil {
					return nil, nil, err
				}
			}
			if text, err = json.Marshal(all); err != nil {
				return nil, nil, err
			}
		}
	}
	got := &impact{}
	if err := json.Unmarshal(text, got); err != nil {
		return nil, nil, fmt.Errorf("the answer cannot be read: %w", err)
	}
	return got, text, nil
}

// listed is a list whose pages are put together.
type listed struct {
	cursor string // the variable that goes on with it
	total  int
	nodes  []json.RawMessage
	info   pageInfo
	more   bool
}

// add adds a page, of which no more than the first so many count (0: all), and
// has the variables go on behind it.
func (l *listed) add(text json.RawMessage, first int, variables map[string]any) error {
	if len(text) == 0 || string(text) == "null" {
		l.more = false
		return nil
	}
	var page struct {
		TotalCount int
		PageInfo   pageInfo
		Nodes      []json.RawMessage
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	l.total, l.info = page.TotalCount, page.PageInfo
	l.nodes = append(l.nodes, page.Nodes...)
	l.more = page.PageInfo.HasNextPage && (first == 0 || len(l.nodes) < first)
	if first > 0 {
		l.nodes = l.nodes[:min(len(l.nodes), first)]
	}
	if page.PageInfo.EndCursor != nil {
		variables[l.cursor] = *page.PageInfo.EndCursor
	}
	return nil
}

func (l *listed) text() (json.RawMessage, error) {
	return json.Marshal(map[string]any{
		"totalCount": l.total, "nodes": l.nodes, "pageInfo": map[string]any{"hasNextPage": l.info.HasNextPage, "endCursor": l.info.EndCursor},
	})
}
