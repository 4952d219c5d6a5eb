package importer

import (
	"context"
	"io"

	"releasegraph/internal/app"
)

// ExportOptions say what to export; see app.ExportOptions.
type ExportOptions = app.ExportOptions

// Export writes the graph, or a part of it, in the interchange format: records
// before relationships, in an order that is the same for the same graph.
func Export(ctx context.Context, a *app.App, w io.Writer, o ExportOptions) (app.Exported, error) {
	return a.Export(ctx, w, o)
}

// ExportHistory writes the whole log in the interchange format.
func ExportHistory(ctx context.Context, a *app.App, w io.Writer) (app.Exported, error) {
	return a.ExportHistory(ctx, w)
}
