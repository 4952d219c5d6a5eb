package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// checkResolvers refuses to go on while a resolver does not parse: gqlgen
// would write back what it could read of the file, and lose the rest.
func checkResolvers(root string) error {
	paths, err := filepath.Glob(filepath.Join(root, "resolvers", "*.go"))
	if err != nil {
		return err
	}
	var broken []error
	for _, path := range paths {
		if _, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution); err != nil {
			broken = append(broken, err)
		}
	}
	if len(broken) > 0 {
		return fmt.Errorf("mend the resolvers first:\n%w", errors.Join(broken...))
	}
	return nil
}

// nothingLost refuses resolvers that gqlgen put into a comment because their
// field is gone.
func nothingLost(root string) error {
	paths, err := filepath.Glob(filepath.Join(root, "resolvers", "*.resolvers.go"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), "// !!! WARNING !!!") {
			return fmt.Errorf("%s holds code whose field is gone, in a comment at its end: move it or delete it", path)
		}
	}
	return nil
}
