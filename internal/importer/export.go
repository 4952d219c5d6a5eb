package importer

import (
	"context"
	"io"

	"releasegraph/internal/app"
	"releasegraph/internal/app/export"
)

// ExportOptions say what to export; see export.ExportOptions.
type ExportOptions = export.ExportOptions

// Export writes the graph, or a part of it, in the interchange format: records
// before relationships, in an order that is the same for the same graph.
func Export(ctx context.Context, a *app.App, w io.Writer, o ExportOptions) (export.Exported, error) {
	return a.Export.Export(ctx, w, o)
}

// ExportHistory writes the whole log in the interchange format.
func ExportHistory(ctx context.Context, a *app.App, w io.Writer) (export.Exported, error) {
	return a.Export.ExportHistory(ctx, w)
}
