package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
)

// unmarshalers finds the map of all input types' functions that gqlgen makes anew
// for each operation, and where the map is handed on.
var (
	unmarshalers = regexp.MustCompile(`(?s)\tinputUnmarshalMap := graphql\.BuildUnmarshalerMap\(\n.*?\n\t\)\n`)
	handedOn     = regexp.MustCompile(`\t+ctx = graphql\.WithUnmarshalerMap\(ctx, inputUnmarshalMap\)\n`)
)

// withoutUnmarshalers takes the map out of the generated executor: nobody asks for
// it (graphql.UnmarshalInputFromContext), and of a small operation it was a tenth
// of all that there is to do.
func withoutUnmarshalers(root string) error {
	path := filepath.Join(root, "graph", "generated", "root_.generated.go")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lean, err := leanExecutor(text)
	if err != nil {
		return err
	}
	return os.WriteFile(path, lean, 0o644)
}

// leanExecutor is the executor without the map.
func leanExecutor(text []byte) ([]byte, error) {
	if !unmarshalers.Match(text) || !handedOn.Match(text) {
		return nil, errors.New("gqlgen writes its executor in another way now: see whether internal/schemagen/unmarshalers.go is still needed")
	}
	return handedOn.ReplaceAll(unmarshalers.ReplaceAll(text, nil), nil), nil
}
