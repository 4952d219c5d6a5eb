package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/99designs/gqlgen/codegen/config"

	"releasegraph/internal/strictyaml"
)

// settingsFile holds what gqlgen is told for all areas.
const settingsFile = "gqlgen.yml"

// bindings is the part of gqlgen's settings that an area declares beside its
// fragments: where its Go types are, and what they are called.
type bindings struct {
	Autobind []string
	Models   config.TypeMap
}

// settings reads what gqlgen is told: gqlgen.yml, and what the areas bind in
// graph/schema/*.bind.yaml.
func settings(root string) (*config.Config, error) {
	cfg, err := config.LoadConfig(filepath.Join(root, settingsFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", settingsFile, err)
	}
	paths, err := filepath.Glob(filepath.Join(root, "graph", "schema", "*.bind.yaml"))
	if err != nil {
		return nil, err
	}
	return cfg, bind(cfg, paths...)
}

// bind adds what the areas bind, in the order of their files. What a type is in Go,
// and where a field is found, is said in one file only: an area binds the fields
// that it adds to a type of another.
func bind(cfg *config.Config, paths ...string) error {
	bound := map[string]string{} // type → file
	for name := range cfg.Models {
		bound[name] = settingsFile
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var b bindings
		if err := strictyaml.Read(text, &b); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, name := range slices.Sorted(maps.Keys(b.Models)) {
			one, twice := merged(name, cfg.Models[name], b.Models[name])
			if twice != "" {
				return fmt.Errorf("%s and %s both bind %s: leave it in one of them", bound[name], path, twice)
			}
			bound[name], cfg.Models[name] = path, one
		}
		cfg.AutoBind = append(cfg.AutoBind, b.Autobind...)
	}
	return nil
}

// merged is what two files say of a type, and what of it both do: the type or one
// of its fields; empty for nothing.
func merged(name string, before, more config.TypeMapEntry) (one config.TypeMapEntry, twice string) {
	switch {
	case len(before.Model) == 0:
		one, more = more, before
	case len(more.Model) == 0:
		one = before
	default:
		return before, name
	}
	fields := maps.Clone(one.Fields)
	for field, at := range more.Fields {
		if _, ok := fields[field]; ok {
			return before, name + "." + field
		}
		if fields == nil {
			fields = map[string]config.TypeMapField{}
		}
		fields[field] = at
	}
	one.Fields = fields
	return one, ""
}
