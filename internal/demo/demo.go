// Package demo holds a small, believable estate: a retailer's services and all
// that they stand on, at thirteen sites in eleven time zones.
package demo

import (
	"bytes"
	"context"
	_ "embed"

	"releasegraph/internal/app"
	"releasegraph/internal/importer"
)

//go:embed estate.ndjson
var estate []byte

// Load imports the estate through the use cases, so that it is checked by the
// same rules as anyone's.
func Load(ctx context.Context, a *app.App) (importer.Summary, error) {
	return importer.Run(ctx, importer.Local(a), importer.Options{
		Files: []string{"-"}, Stdin: bytes.NewReader(estate), Reason: "the demo's estate",
	})
}
