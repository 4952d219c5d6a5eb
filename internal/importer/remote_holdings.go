package importer

import (
	"context"
	"fmt"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/interchange"
)

// heldLink is a relationship as the API tells it.
type heldLink struct {
	Source, Line string
	ListedBy     []string
}

func (l heldLink) read() (bulk.HeldLink, error) {
	record, errs := interchange.Parse([]byte(l.Line))
	if len(errs) == 0 {
		var item *interchange.Item
		if item, errs = interchange.Prepare(record); len(errs) == 0 {
			return bulk.HeldLink{Source: l.Source, ListedBy: l.ListedBy, Item: item}, nil
		}
	}
	return bulk.HeldLink{}, fmt.Errorf("the server tells of a relationship that cannot be read: %s: %w", l.Line, errs)
}

func readLinks(list []heldLink) ([]bulk.HeldLink, error) {
	out := make([]bulk.HeldLink, len(list))
	for i, l := range list {
		var err error
		if out[i], err = l.read(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Holdings asks the server.
func (r *remote) Holdings(ctx context.Context, q bulk.HoldingsQuery) (*bulk.Holdings, error) {
	var answer struct {
		ImportHoldings struct {
			Records []struct {
				bulk.Held
				Links []heldLink
			}
			EndCursor *string
		}
	}
	input := map[string]any{"kind": bulk.EnumOf(q.Kind), "relationships": q.Relationships, "attributes": q.Attributes}
	if q.After != "" {
		input["after"] = q.After
	}
	err := r.ask(ctx, `query Holdings($input: ImportHoldingsInput!) {
  importHoldings(input: $input) { records { key source listedBy withdrawn attributes links { source listedBy line } } endCursor }
}`, map[string]any{"input": input}, &answer)
	if err != nil {
		return nil, err
	}
	page := &bulk.Holdings{}
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
func (r *remote) Pointing(ctx context.Context, kind string, keys []string) ([]bulk.Pointers, error) {
	var answer struct {
		ImportPointers []struct {
			bulk.Pointers
			Links []heldLink
		}
	}
	err := r.ask(ctx, `query Pointers($kind: RecordKind!, $keys: [String!]!) {
  importPointers(kind: $kind, keys: $keys) { key count links { source listedBy line } }
}`, map[string]any{"kind": bulk.EnumOf(kind), "keys": keys}, &answer)
	if err != nil {
		return nil, err
	}
	var list []bulk.Pointers
	for _, one := range answer.ImportPointers {
		if one.Pointers.Links, err = readLinks(one.Links); err != nil {
			return nil, err
		}
		list = append(list, one.Pointers)
	}
	return list, nil
}
