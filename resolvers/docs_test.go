package resolvers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2"

	"releasegraph/resolvers"
)

var shown = regexp.MustCompile("(?s)```graphql\n(.*?)```")

// What the documentation shows is valid: who copies it gets an answer.
func TestEveryOperationOfTheDocumentationIsValid(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	schema, operations := resolvers.New(nil, zerolog.Nop()).Schema(), 0
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range shown.FindAllStringSubmatch(string(text), -1) {
			operations++
			if _, errs := gqlparser.LoadQueryWithRules(schema, block[1], nil); errs != nil {
				t.Errorf("%s: %v in\n%s", filepath.Base(page), errs, block[1])
			}
		}
	}
	if operations < 20 {
		t.Errorf("only %d operations were found", operations)
	}
}
