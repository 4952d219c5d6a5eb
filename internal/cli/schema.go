package cli

import (
	"io"
	"strings"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/formatter"

	"releasegraph/resolvers"
)

type schemaCmd struct{}

// Help has the examples.
func (schemaCmd) Help() string {
	return `Example:

    releasegraph schema > releasegraph.graphqls`
}

// Run prints the schema.
func (*schemaCmd) Run(r *running) error {
	_, err := io.WriteString(r.Stdout, sdl())
	return err
}

// sdl is the schema as text, with its documentation.
func sdl() string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(resolvers.New(nil, zerolog.Nop()).Schema())
	return b.String()
}
