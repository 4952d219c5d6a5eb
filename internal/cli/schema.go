package cli

import (
	"io"
	"os"
	"strings"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/formatter"

	"releasegraph/resolvers"
)

type schemaCmd struct {
	Output string `placeholder:"FILE" type:"path" help:"Write into this file instead of printing."`
}

// Help has the examples.
func (schemaCmd) Help() string {
	return `Example:

    releasegraph schema > releasegraph.graphqls`
}

// Run prints the schema, or writes it.
func (c *schemaCmd) Run(r *running) error {
	if c.Output != "" {
		return os.WriteFile(c.Output, []byte(sdl()), 0o644)
	}
	_, err := io.WriteString(r.Stdout, sdl())
	return err
}

// sdl is the schema as text, with its documentation.
func sdl() string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(resolvers.New(nil, zerolog.Nop()).Schema())
	return b.String()
}
