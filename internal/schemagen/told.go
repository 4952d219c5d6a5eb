package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"releasegraph/internal/authz"
	"releasegraph/internal/permissions"
)

// What is told of the schema as a whole: its text, and who may call what. Whom
// the rules bind, and what events there are, is told beside it.
const (
	snapshotPath    = "graph/snapshot_gen.graphqls"
	permissionsPath = "docs/permissions_gen.md"
)

// told works out both from the fragments as they stand: nothing of what was
// generated need be compiled for it.
func told(root string) (map[string]string, error) {
	cfg, err := settings(root)
	if err != nil {
		return nil, err
	}
	schema, err := gqlparser.LoadSchema(cfg.Sources...)
	if err != nil {
		return nil, err
	}
	operations, undecided := permissions.Operations(schema)
	if len(undecided) > 0 {
		return nil, fmt.Errorf("nobody has said who may call %s: see docs/contributing/adding-a-permission.md", strings.Join(undecided, ", "))
	}
	if fields := permissions.Superfluous(schema); len(fields) > 0 {
		return nil, fmt.Errorf("@needs is for operations, and not for %s", strings.Join(fields, ", "))
	}
	files, err := events()
	if err != nil {
		return nil, err
	}
	files[snapshotPath] = snapshot(schema)
	files[permissionsPath] = permissions.Matrix(authz.Default(), operations)
	files[rulesPath] = rules()
	return files, nil
}

func snapshot(schema *ast.Schema) string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema)
	return b.String()
}

func tell(root string) error {
	files, err := told(root)
	if err != nil {
		return err
	}
	for path, text := range files {
		if path = filepath.Join(root, path); same(path, text) {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
