package bulk

import (
	"context"
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// The most that one call of ImportLines takes.
const (
	maxImportLines = 5_000
	maxImportBytes = 900_000
)

// ImportLine says what is wrong with a line of ImportLines.
type ImportLine struct {
	Line int // from 1
	*domain.Error
}

// ImportedLines is what ImportLines did. When lines are wrong, nothing.
type ImportedLines struct {
	Imported
	DryRun bool
	Wrong  []ImportLine
}

// ImportLinesInput says what ImportLines writes, and by which rules; see
// ImportOptions.
type ImportLinesInput struct {
	Lines     []string
	Assume    []string // "Site:par-1"
	Source    string
	Overwrite bool
	Show      int
	Whole     []string // see ImportOptions
}

// ImportLines writes a few lines of the interchange format in one change set:
// all of them, or none and what is wrong with them. Relationships of a dry run
// may end at the records that Assume names.
func (a *Area) ImportLines(ctx context.Context, in ImportLinesInput, o *domain.WriteOptions) (*ImportedLines, error) {
	if err := a.estate.May(ctx, authz.Import, authz.KindRecords); err != nil {
		return nil, err
	}
	if err := checkImportSize(in.Lines); err != nil {
		return nil, err
	}
	if in.Show < 0 || in.Show > maxImportLines {
		return nil, refusal.Wrong("input.show", "must be from 0 to %d, not %d", maxImportLines, in.Show)
	}
	w, err := a.estate.Begin(ctx, source.Import, o, "importRecords", in)
	if err != nil {
		return nil, err
	}
	if w.Earlier != nil {
		return a.importedEarlier(ctx, w)
	}
	return a.importLines(ctx, w, in)
}

func checkImportSize(lines []string) error {
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	if len(lines) > maxImportLines || size > maxImportBytes {
		return &domain.Error{Code: domain.Limit, Field: "input.records", Message: fmt.Sprintf(
			"one call takes at most %d lines and %d bytes, not %d lines and %d bytes", maxImportLines, maxImportBytes, len(lines), size)}
	}
	return nil
}

func (a *Area) importLines(ctx context.Context, w *estate.Writing, in ImportLinesInput) (*ImportedLines, error) {
	lines := in.Lines
	options := ImportOptions{Reason: w.Reason, DryRun: w.DryRun, Source: in.Source, Overwrite: in.Overwrite, Show: in.Show, Whole: in.Whole}
	for _, name := range in.Assume {
		options.Assume = append(options.Assume, interchange.ParseEnd(name))
	}
	im, err := a.Importer(ctx, options)
	if err != nil {
		return nil, err
	}
	im.source, im.key = source.Signed(ctx, w.Source)+w.Digest, w.Key
	done := &ImportedLines{DryRun: w.DryRun}
	items := make([]*interchange.Item, 0, len(lines))
	for n, line := range lines {
		record, errs := interchange.Parse([]byte(line))
		var item *interchange.Item
		if len(errs) == 0 {
			item, errs = interchange.Prepare(record)
		}
		done.wrong(n, errs...)
		items = append(items, item)
	}
	if len(done.Wrong) == 0 {
		done.Imported, err = im.Write(ctx, items)
		if problems, ok := err.(ImportProblems); ok { //nolint:errorlint // Write returns it bare
			for _, p := range problems {
				done.wrong(p.Index, p.Error)
			}
			err = nil
		}
		if err == nil && len(done.Wrong) == 0 {
			done.Falls, err = im.lineFalls(ctx, items)
		}
	}
	if err == nil && len(done.Wrong) > 0 {
		head, headErr := a.estate.Store.Head(ctx)
		done.Revision, err = int64(head), refusal.OfStore(headErr)
	}
	return done, err
}

func (d *ImportedLines) wrong(n int, errs ...*domain.Error) {
	for _, e := range errs {
		d.Wrong = append(d.Wrong, ImportLine{Line: n + 1, Error: e})
	}
}

// importedEarlier answers as the first call under the same key did.
func (a *Area) importedEarlier(ctx context.Context, w *estate.Writing) (*ImportedLines, error) {
	effects := w.Earlier.Effects
	done := &ImportedLines{DryRun: w.DryRun, Imported: Imported{Revision: int64(w.Earlier.Revision)}}
	place := map[string]int{}
	for i := range effects {
		c := ImportCount{Name: effects[i].Kind}
		if effects[i].Node == "" {
			c = ImportCount{Name: effects[i].Edge.Rel, Relationship: true}
		}
		n, ok := place[c.Name]
		if !ok {
			n = len(done.Counts)
			place[c.Name] = n
			done.Counts = append(done.Counts, c)
		}
		switch effects[i].Verb() {
		case store.Created:
			done.Counts[n].Created++
		case store.Updated:
			done.Counts[n].Updated++
		case store.Removed:
			done.Counts[n].Removed++
		}
	}
	var err error
	done.Changes, err = a.estate.Changes(ctx, effects[:min(len(effects), maxImportChanges)], nil)
	return done, err
}
