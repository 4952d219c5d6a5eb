package app

import "context"

// Related returns a page of the records that a relationship joins to a record.
func (a *App) Related(ctx context.Context, record any, via Via, l List) (*Page, error) {
	return nil, errUnfinished
}

// RelatedOne returns the record that a to-one relationship joins to a record,
// nil when there is none.
func (a *App) RelatedOne(ctx context.Context, record any, via Via) (any, error) {
	return nil, errUnfinished
}
