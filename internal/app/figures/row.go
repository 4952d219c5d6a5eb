package figures

import (
	"context"
	"math/big"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/media"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/figures"
	"releasegraph/internal/store"
)

// Row is a figure, with the records that it is counted from.
type Row struct {
	Figure  string
	Of      *string
	Value   *float64
	Unit    figures.Unit
	Records []entity.Record
}

// Rows lists all figures of the period (M1).
func (f *Figures) Rows(ctx context.Context) ([]*Row, error) {
	return f.opened(ctx, figures.Rows(f.period))
}

// opened puts to figures the records that they are counted from.
func (f *Figures) opened(ctx context.Context, list []figures.Row) ([]*Row, error) {
	keys := map[string]map[string]bool{}
	for _, row := range list {
		for _, ref := range row.Records {
			if keys[ref.Kind] == nil {
				keys[ref.Kind] = map[string]bool{}
			}
			keys[ref.Kind][ref.Key] = true
		}
	}
	records := map[figures.Ref]entity.Record{}
	for kind, wanted := range keys {
		if err := f.find(ctx, kind, wanted, records); err != nil {
			return nil, err
		}
	}
	rows := make([]*Row, len(list))
	for i, row := range list {
		rows[i] = &Row{Figure: row.Figure, Of: optional.Text(row.Of), Value: row.Value, Unit: row.Unit, Records: []entity.Record{}}
		for _, ref := range row.Records {
			if r := records[ref]; r != nil {
				rows[i].Records = append(rows[i].Records, r)
			}
		}
	}
	return rows, nil
}

// find reads the records of a kind by their keys.
func (f *Figures) find(ctx context.Context, kind string, keys map[string]bool, into map[figures.Ref]entity.Record) error {
	var list []any
	for key := range keys {
		list = append(list, key)
	}
	found, err := f.view.Find(ctx, store.Query{Kind: kind, Filter: store.Compare{Property: "key", Op: store.OneOf, Value: list}})
	if err != nil {
		return err
	}
	for _, r := range estate.Decoded[entity.Record](ctx, f.view, found.Nodes) {
		into[figures.Ref{Kind: kind, Key: r.Meta().Key}] = r
	}
	return nil
}

// inBudget says whether what was spent on the preparation of a release, as far as the
// reader sees it, is within the budget that was published; nil: none was, or it is of
// another currency (M3).
func (a *Area) inBudget(ctx context.Context, r *domain.Release) (*bool, error) {
	if r.PublishedBudget == nil {
		return nil, nil
	}
	b, err := a.preparation.Budget(ctx, r)
	if err != nil {
		return nil, err
	}
	published, legible := new(big.Rat).SetString(*r.PublishedBudget)
	spent, counted := new(big.Rat).SetString(b.Spent)
	if !legible || !counted || optional.Or(b.Currency, "") != optional.Or(r.PublishedCurrency, "") {
		return nil, nil
	}
	within := spent.Cmp(published) <= 0
	return &within, nil
}

// Now counts what the library and the licences tell as it is now (L3, L7): regressions,
// unauthorised copies, illegal and wasted licences, as far as the reader may read them. It
// does not look back.
func (f *Figures) Now(ctx context.Context) ([]*Row, error) {
	counts := map[string][]figures.Ref{}
	e := f.area.estate
	if e.May(ctx, authz.Read, domain.KindMediaItem) == nil {
		if err := pages(func(first *int, after *string) (*listing.Rows[media.LibraryFinding], error) {
			return f.area.media.LibraryFindings(ctx, first, after)
		}, func(found *media.LibraryFinding) {
			counts[string(found.Kind)] = append(counts[string(found.Kind)], figures.Ref{Kind: domain.KindConfigurationItem, Key: found.Item.Key})
		}); err != nil {
			return nil, err
		}
	}
	if e.May(ctx, authz.Read, domain.KindLicence) == nil {
		if err := pages(func(first *int, after *string) (*listing.Rows[media.IllegalRow], error) {
			return f.area.media.IllegalUses(ctx, first, after)
		}, func(row *media.IllegalRow) {
			counts["ILLEGAL_LICENCE"] = append(counts["ILLEGAL_LICENCE"], figures.Ref{Kind: domain.KindLicence, Key: row.Licence.Key})
		}); err != nil {
			return nil, err
		}
		if err := pages(func(first *int, after *string) (*listing.Rows[media.WasteRow], error) {
			return f.area.media.WastedLicences(ctx, first, after)
		}, func(row *media.WasteRow) {
			counts["WASTED_LICENCE"] = append(counts["WASTED_LICENCE"], figures.Ref{Kind: domain.KindLicence, Key: row.Licence.Key})
		}); err != nil {
			return nil, err
		}
	}
	var list []figures.Row
	for _, of := range []string{"REGRESSION", "WRONG_VERSION", "UNAUTHORISED_COPY", "WILD_INSTALLATION", "UNKNOWN_VERSION", "ILLEGAL_LICENCE", "WASTED_LICENCE"} {
		n := float64(len(counts[of]))
		list = append(list, figures.Row{Figure: "found", Of: of, Value: &n, Unit: figures.Count, Records: once(counts[of])})
	}
	return f.opened(ctx, list)
}

// once lists each of some records once.
func once(refs []figures.Ref) []figures.Ref {
	seen, list := map[figures.Ref]bool{}, []figures.Ref{}
	for _, ref := range refs {
		if !seen[ref] {
			seen[ref], list = true, append(list, ref)
		}
	}
	return list
}

// pages goes through a report to its end.
func pages[N any](read func(first *int, after *string) (*listing.Rows[N], error), each func(*N)) error {
	first := listing.MaxPage
	var after *string
	for {
		page, err := read(&first, after)
		if err != nil {
			return err
		}
		for _, row := range page.Nodes {
			each(row)
		}
		_, end := page.Ends()
		if !page.HasNext || end == nil {
			return nil
		}
		after = end
	}
}
