package resolvers

import (
	"releasegraph/graph/model"
	"releasegraph/internal/app"
)

// imported answers an import.
func imported(done *app.ImportedLines, err error) (*model.ImportRecordsPayload, error) {
	if err != nil {
		return nil, err
	}
	p := &model.ImportRecordsPayload{
		Counts: pointers(done.Counts), Errors: []*model.ImportError{}, Revision: done.Revision,
		DryRun: done.DryRun, Changes: pointers(done.Changes),
	}
	for _, wrong := range done.Wrong {
		e := &model.ImportError{Line: wrong.Line, Message: wrong.Message}
		if wrong.Field != "" {
			e.Field = &wrong.Field
		}
		p.Errors = append(p.Errors, e)
	}
	return p, nil
}

// assumed lists the records that a dry run takes for existing.
func assumed(input model.ImportRecordsInput) []string {
	list, _ := input.Assume.ValueOK()
	return list
}
