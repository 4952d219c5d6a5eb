// Command write writes docs/permissions_gen.md.
package main

import (
	"fmt"
	"os"

	"releasegraph/graph/generated"
	"releasegraph/internal/authz"
	"releasegraph/internal/permissions"
)

func main() {
	operations, undecided := permissions.Operations(generated.NewExecutableSchema(generated.Config{}).Schema())
	for _, name := range undecided {
		fmt.Fprintf(os.Stderr, "nobody has said who may call %s: see docs/contributing/adding-a-permission.md\n", name)
	}
	if len(undecided) > 0 {
		os.Exit(1)
	}
	if err := os.WriteFile("docs/permissions_gen.md", []byte(permissions.Matrix(authz.Default(), operations)), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
