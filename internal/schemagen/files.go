package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// upToDate compares the derived files with those on disk.
func upToDate(root string, files map[string]string) error {
	var stale []string
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if !same(filepath.Join(root, path), files[path]) {
			stale = append(stale, path)
		}
	}
	left, err := leftovers(root, files)
	if err != nil {
		return err
	}
	stale = append(stale, left...)
	if len(stale) > 0 {
		return fmt.Errorf("out of date, run go generate: %s", strings.Join(stale, ", "))
	}
	return nil
}

// write writes the derived files that differ, and deletes what an earlier
// Catalog left behind. gqlgen itself never deletes: an executor file without
// its fragment, or a body without its field, would break every later run.
func write(root string, files map[string]string) error {
	for path, text := range files {
		path = filepath.Join(root, path)
		if same(path, text) {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	left, err := leftovers(root, files)
	if err != nil {
		return err
	}
	for _, path := range left {
		if err := os.Remove(filepath.Join(root, path)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return sweep(root)
}

// leftovers lists derived fragments that no longer follow from anything.
func leftovers(root string, files map[string]string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(root, "graph", "schema", "*"+derivedSuffix))
	if err != nil {
		return nil, err
	}
	var left []string
	for _, path := range paths {
		name, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		if _, ok := files[filepath.ToSlash(name)]; !ok {
			left = append(left, filepath.ToSlash(name))
		}
	}
	return left, nil
}

// sweep deletes the derived resolvers, which gqlgen writes anew, and executor
// files whose fragment is gone.
func sweep(root string) error {
	resolvers, err := filepath.Glob(filepath.Join(root, "resolvers", "*_gen.resolvers.go"))
	if err != nil {
		return err
	}
	executors, err := filepath.Glob(filepath.Join(root, "graph", "generated", "*.generated.go"))
	if err != nil {
		return err
	}
	orphan := func(path string) bool {
		stem := strings.TrimSuffix(filepath.Base(path), ".generated.go")
		return !slices.Contains([]string{"root_", "prelude", "schema"}, stem) &&
			!exists(filepath.Join(root, "graph", "schema", stem+".graphqls"))
	}
	for _, path := range append(resolvers, slices.DeleteFunc(executors, func(p string) bool { return !orphan(p) })...) {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func same(path, text string) bool {
	found, err := os.ReadFile(path)
	return err == nil && string(found) == text
}
