package importer

import (
	"context"
	"fmt"

	"releasegraph/internal/app"
	"releasegraph/internal/interchange"
)

// heldLink is a relationship as the API tells it.
type heldLink struct {
	Source, Line string
	ListedBy     []string
}

func (l heldLink) read() (app.HeldLink, error) {
	record, errs := interchange.Parse([]byte(l.Line))
	if len(errs) == 0 {
		var item *interchange.Item
		if item, errs = interchange.Prepare(record); len(errs) == 0 {
			return app.HeldLink{Source: l.Source, ListedBy: l.ListedBy, Item: item}, nil
		}
	}
	return app.HeldLink{}, fmt.Errorf("the server tells of a relationship that cannot be read: %s: %w", l.Line, errs)
}

func readLinks(list []heldLink) ([]app.HeldLink, error) {
	out := make([]app.HeldLink, len(list))
	for i, l := range list {
		var err error
		if out[i], err = l.read(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Holdings asks the server.
func (r *remote) Holdings(ctx context.Context, q app.HoldingsQuery) (*app.Holdings, error) {
	var answer struct {
		ImportHoldings struct {
			Records []struct {
				app.Held
				Links []heldLink
			}
			EndCursor *string
		}
	}
	input := map[string]any{"kind": app.EnumOf(q.Kind), "relationships": q.Relationships, "attributes": q.Attributes}
	if q.After != "" {
		input["after"] = q.After
	}
	err := r.ask(ctx, `query Holdings($input: ImportHoldingsInput!) {
  importHoldings(input: $input) { records { key source listedBy withdrawn attributes links { source listedBy line } } endCursor }
}`, map[string]any{"input": input}, &answer)
	if err != nil {
		return nil, err
	}
	page := &app.Holdings{}
	if end := answer.ImportHoldings.EndCursor; end != nil {
		page.After = *end
	}
	for _, one := range answer.ImportHoldings.Records {
		if one.Held.Links, err = readLinks(one.Links); err != nil {
			return nil, err
		}
		page.Records = append(page.Records, one.Held)
	}
	return page, nil
}

// Pointing asks the server.
func (r *remote) Pointing(ctx context.Context, kind string, keys []string) ([]app.Pointers, error) {
	var answer struct {
		ImportPointers []struct {
			app.Pointers
			Links []heldLink
		}
	}
	err := r.ask(ctx, `query Pointers($kind: RecordKind!, $keys: [String!]!) {
  importPointers(kind: $kind, keys: $keys) { key count links { source listedBy line } }
}`, map[string]any{"kind": app.EnumOf(kind), "keys": keys}, &answer)
	if err != nil {
		return nil, err
	}
	var list []app.Pointers
	for _, one := range answer.ImportPointers {
		if one.Pointers.Links, err = readLinks(one.Links); err != nil {
			return nil, err
		}
		list = append(list, one.Pointers)
	}
	return list, nil
}
