// Command schemagen writes what follows from the Catalog: schema fragments
// (graph/schema/*_gen.graphqls), Go types (graph/relay/catalog_gen.go), the
// executor (graph/generated), what it reads directly (graph/fields), the
// resolvers of both, the schema's text and the table of who may call what. It runs in the root of the module:
//
//	go run ./internal/schemagen         writes what has changed
//	go run ./internal/schemagen -check  says what would be written, and writes nothing
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
)

func main() {
	check := flag.Bool("check", false, "say which derived files are out of date, and write nothing")
	flag.Parse()
	if err := run(".", *check); err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	doc, err := load(root)
	if err != nil {
		return err
	}
	if err := agree(doc, catalog()); err != nil {
		return err
	}
	derived := derive(doc, catalog())
	if check {
		whole, err := told(root)
		if err != nil {
			return err
		}
		maps.Copy(whole, derived.files)
		return upToDate(root, whole)
	}
	if err := checkResolvers(root); err != nil {
		return err
	}
	if err := write(root, derived.files); err != nil {
		return err
	}
	if err := generate(root, derived); err != nil {
		return err
	}
	if err := nothingLost(root); err != nil {
		return err
	}
	return tell(root)
}
