// Package demo holds a small, believable estate: a retailer's services and all
// that they stand on, at thirteen sites in eleven time zones.
package demo

import (
	"bytes"
	"context"
	_ "embed"
	"slices"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

var (
	//go:embed past.ndjson
	past []byte
	//go:embed estate.ndjson
	estate []byte
	//go:embed problems.ndjson
	problems []byte
	//go:embed calendar.ndjson
	calendar []byte
)

// Load imports the estate through the use cases, so that it is checked by the
// same rules as anyone's. An empty store gets its past first: last year the
// shop had a single database and fewer friends.
func Load(ctx context.Context, a *app.App) (importer.Summary, error) {
	head, err := a.Head(ctx)
	if err != nil {
		return importer.Summary{}, err
	}
	var before importer.Summary
	if head == 0 {
		if before, err = loadPast(ctx, a); err != nil {
			return before, err
		}
	}
	sum, err := load(ctx, a, slices.Concat(estate, problems, calendar), "the estate as it is")
	sum.Counts = append(sum.Counts, before.Counts...)
	return sum, err
}

func loadPast(ctx context.Context, a *app.App) (importer.Summary, error) {
	sum, err := load(ctx, a, past, "the estate as it was")
	if err != nil {
		return sum, err
	}
	_, err = a.CreateBaseline(ctx, domain.NewBaseline{Key: "last-year", Name: "Before the second database"}, nil)
	return sum, err
}

func load(ctx context.Context, a *app.App, lines []byte, reason string) (importer.Summary, error) {
	return importer.Run(ctx, importer.Local(a), importer.Options{Files: []string{"-"}, Stdin: bytes.NewReader(lines), Reason: reason})
}
