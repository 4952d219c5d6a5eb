package app

import (
	"context"
	"errors"

	"releasegraph/internal/domain"
)

var errUnfinished = errors.New("unfinished")

// WithLoads starts the cohorts of one request.
func (a *App) WithLoads(ctx context.Context) context.Context { return ctx }

// Record finds a record by key or id, nil when there is none.
func (a *App) Record(ctx context.Context, kind string, ref domain.Ref) (any, error) {
	return nil, errUnfinished
}

// RecordsByID finds records of any kind: one for each id, nil where there is none.
func (a *App) RecordsByID(ctx context.Context, ids []string) ([]any, error) {
	return nil, errUnfinished
}

// Records returns a page of the records of a kind.
func (a *App) Records(ctx context.Context, kind string, l List) (*Page, error) {
	return nil, errUnfinished
}

// Head is the revision of the last committed change.
func (a *App) Head(ctx context.Context) (int64, error) { return 0, errUnfinished }
