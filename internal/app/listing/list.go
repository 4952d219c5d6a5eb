package listing

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// List is the arguments of a connection. Filter and OrderBy are raw GraphQL
// input, which the Catalog interprets.
type List struct {
	Filter  map[string]any
	OrderBy []map[string]any
	First   *int
	After   *string
	Last    *int
	Before  *string
	// AsOf is the moment of the records (C4); nil: that of the record from which
	// they are followed.
	AsOf *domain.AsOf
	// Runs has a page read in runs, and be as long as LongestPage.
	Runs bool
	// Within narrows the list further, in the store's own terms.
	Within store.Filter
}

func (l List) longest() int {
	if l.Runs {
		return LongestPage
	}
	return MaxPage
}

// Page is a page of records, or of links with the records at their other ends.
type Page struct {
	Items                []Item
	HasNext, HasPrevious bool
	// Total counts what the pages hold together. It asks the store when it is
	// called, for a whole cohort at once.
	Total func(context.Context) (int, error)
	// Next reads the next run of a page that is read in runs, at the revision of this one;
	// nil: there is none.
	Next func(context.Context) (*Page, error)
}

// Item is one record of a page.
type Item struct {
	Record any // *domain.Site, …
	Cursor string
	Link   any // *domain.Dependency, …; nil when the relationship has no properties
}
