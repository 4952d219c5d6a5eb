package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// plugin gives gqlgen what the schema's text does not say.
type plugin struct {
	derived *derivation
	models  config.TypeMap
}

// Name names the plugin in gqlgen's messages.
func (p *plugin) Name() string { return "schemagen" }

// generate runs gqlgen over the fragments. A field that gqlgen cannot bind
// becomes a resolver silently, but for a line in its log: that is a mistake
// here, unless gqlgen's settings say so.
func generate(root string, d *derivation) error {
	cfg, err := settings(root)
	if err != nil {
		return err
	}
	var notes bytes.Buffer
	log.SetOutput(&notes)
	defer log.SetOutput(os.Stderr)
	if err := api.Generate(cfg, api.PrependPlugin(&plugin{derived: d, models: cfg.Models})); err != nil {
		return fmt.Errorf("%w\n%s", err, notes.String())
	}
	if err := unbound(&notes); err != nil {
		return err
	}
	return withoutUnmarshalers(root)
}

func unbound(notes io.Reader) error {
	text, err := io.ReadAll(notes)
	if err != nil || len(text) == 0 {
		return err
	}
	return fmt.Errorf("gqlgen found no Go field; correct it, or name the field in the graph/schema/*.bind.yaml of its area with resolver: true:\n%s", text)
}

// fromCatalog tells that a definition or field stands in a derived fragment.
func fromCatalog(p *ast.Position) bool {
	return p != nil && p.Src != nil && strings.HasSuffix(p.Src.Name, derivedSuffix)
}

// raw reports whether an input is handed over as it is: a derived one, or one
// for which gqlgen's settings say so.
func (p *plugin) raw(t *ast.Definition) bool {
	return fromCatalog(t.Position) || slices.Contains(p.models[t.Name].Model, relayPackage+".Input")
}

// MutateSchema lets raw inputs look like scalars to the generator, which so
// hands them over as they are: the Catalog interprets them, and no code is
// generated for each. The schema that is served is parsed from the files, and
// stays whole.
func (p *plugin) MutateSchema(schema *ast.Schema) error {
	for _, t := range schema.Types {
		if t.Kind == ast.InputObject && p.raw(t) {
			t.Kind, t.Fields = ast.Scalar, nil
		}
	}
	return nil
}

// MutateConfig binds derived types and names the fields that are resolvers.
func (p *plugin) MutateConfig(cfg *config.Config) error {
	for name, t := range cfg.Schema.Types {
		if !fromCatalog(t.Position) || cfg.Models.UserDefined(name) {
			continue
		}
		switch t.Kind {
		case ast.Scalar:
			cfg.Models.Add(name, relayPackage+".Input")
		case ast.Enum:
			cfg.Models.Add(name, "github.com/99designs/gqlgen/graphql.String")
		}
	}
	for path := range p.derived.resolvers {
		p.field(cfg, path, config.TypeMapField{Resolver: true})
	}
	for path, goName := range p.derived.renamed {
		p.field(cfg, path, config.TypeMapField{FieldName: goName})
	}
	return nil
}

func (p *plugin) field(cfg *config.Config, path string, f config.TypeMapField) {
	typ, field, _ := strings.Cut(path, ".")
	entry := cfg.Models[typ]
	if entry.Fields == nil {
		entry.Fields = map[string]config.TypeMapField{}
	}
	entry.Fields[field] = f
	cfg.Models[typ] = entry
}

// Implement writes the bodies of derived resolvers, and keeps those that
// people wrote.
func (p *plugin) Implement(previous string, f *codegen.Field) string {
	if !fromCatalog(f.Position) {
		if previous == "" {
			return fmt.Sprintf("panic(%q)", "write the resolver of "+f.Object.Name+"."+f.Name)
		}
		return previous
	}
	return p.derived.resolvers[f.Object.Name+"."+f.Name](templates.CurrentImports.Lookup)
}
