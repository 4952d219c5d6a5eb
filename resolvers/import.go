package resolvers

import (
	"releasegraph/graph/model"
	"releasegraph/internal/app/bulk"
)

// imported answers an import.
func imported(done *bulk.ImportedLines, err error) (*model.ImportRecordsPayload, error) {
	if err != nil {
		return nil, err
	}
	p := &model.ImportRecordsPayload{
		Counts: pointers(done.Counts), Errors: []*model.ImportError{}, Revision: done.Revision,
		DryRun: done.DryRun, Changes: pointers(done.Changes), Kept: pointers(done.Kept),
		Held: pointers(done.Held), Whole: append([]string{}, done.Whole...), Falls: pointers(done.Falls),
	}
	for _, wrong := range done.Wrong {
		e := &model.ImportError{Line: wrong.Line, Message: wrong.Message}
		if wrong.Field != "" {
			e.Field = &wrong.Field
		}
		if wrong.Rule != "" {
			e.Rule = &wrong.Rule
		}
		p.Errors = append(p.Errors, e)
	}
	return p, nil
}

// importInput reads the input of an import.
func importInput(input model.ImportRecordsInput) bulk.ImportLinesInput {
	in := bulk.ImportLinesInput{Lines: input.Records}
	in.Assume, _ = input.Assume.ValueOK()
	in.Whole, _ = input.Whole.ValueOK()
	if source := input.Source.Value(); source != nil {
		in.Source = *source
	}
	if overwrite := input.Overwrite.Value(); overwrite != nil {
		in.Overwrite = *overwrite
	}
	if show := input.Show.Value(); show != nil {
		in.Show = *show
	}
	return in
}

// holdingsQuery reads the input of importHoldings.
func holdingsQuery(input model.ImportHoldingsInput) bulk.HoldingsQuery {
	q := bulk.HoldingsQuery{Kind: input.Kind}
	q.Relationships, _ = input.Relationships.ValueOK()
	q.Attributes, _ = input.Attributes.ValueOK()
	if after := input.After.Value(); after != nil {
		q.After = *after
	}
	if first := input.First.Value(); first != nil {
		q.First = *first
	}
	return q
}

// held answers a page of holdings.
func held(page *bulk.Holdings, err error) (*model.ImportHoldings, error) {
	if err != nil {
		return nil, err
	}
	out := &model.ImportHoldings{Records: []*model.ImportHeld{}}
	if page.After != "" {
		out.EndCursor = &page.After
	}
	for _, r := range page.Records {
		links, err := heldLinks(r.Links)
		if err != nil {
			return nil, err
		}
		out.Records = append(out.Records, &model.ImportHeld{
			Key: r.Key, Source: r.Source, ListedBy: r.ListedBy, Withdrawn: r.Withdrawn, Attributes: r.Attributes, Links: links,
		})
	}
	return out, nil
}

func heldLinks(list []bulk.HeldLink) ([]*model.ImportHeldLink, error) {
	out := make([]*model.ImportHeldLink, len(list))
	for i, l := range list {
		line, err := l.Item.Line()
		if err != nil {
			return nil, err
		}
		out[i] = &model.ImportHeldLink{Source: l.Source, ListedBy: l.ListedBy, Line: string(line)}
	}
	return out, nil
}

// pointed answers what points at some records.
func pointed(list []bulk.Pointers, err error) ([]*model.ImportPointers, error) {
	if err != nil {
		return nil, err
	}
	out := make([]*model.ImportPointers, len(list))
	for i, p := range list {
		links, err := heldLinks(p.Links)
		if err != nil {
			return nil, err
		}
		out[i] = &model.ImportPointers{Key: p.Key, Count: p.Count, Links: links}
	}
	return out, nil
}
