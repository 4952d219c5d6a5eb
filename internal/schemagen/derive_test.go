package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func derived(t *testing.T) *derivation {
	t.Helper()
	doc, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	return derive(doc, catalog())
}

func TestTheDerivedFilesAreThoseThatAreCheckedIn(t *testing.T) {
	if err := upToDate(root, derived(t).files); err != nil {
		t.Error(err)
	}
}

func TestTheSameCatalogGivesTheSameText(t *testing.T) {
	first := derived(t).files
	for range 5 {
		if again := derived(t).files; !maps.Equal(first, again) {
			t.Fatal("two runs differ")
		}
	}
}

func TestAMutationThatPeopleWroteIsLeftToThem(t *testing.T) {
	doc := altered(t, "graph/schema/configuration_item.graphqls", "withdrawConfigurationItem(", "removeConfigurationItem(")
	d := derive(doc, catalog())
	if _, ok := d.resolvers["Mutation.removeConfigurationItem"]; ok {
		t.Error("its resolver was derived")
	}
	if text := d.files["graph/schema/configuration_item_gen.graphqls"]; strings.Contains(text, "  removeConfigurationItem(") {
		t.Error("it was derived")
	}
}

func TestWritingTouchesOnlyWhatDiffersAndDeletesWhatIsLeftOver(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"graph/schema", "graph/generated", "resolvers"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	put("graph/schema/site_gen.graphqls", "same") // read-only: writing it would fail for all but root
	put("graph/schema/gone_gen.graphqls", "old")
	put("graph/schema/site.graphqls", "by hand")
	put("graph/generated/gone_gen.generated.go", "package generated")
	put("graph/generated/site_gen.generated.go", "package generated")
	put("graph/generated/root_.generated.go", "package generated")
	put("resolvers/gone_gen.resolvers.go", "package resolvers")
	before, err := os.Stat(filepath.Join(dir, "graph/schema/site_gen.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"graph/schema/site_gen.graphqls": "same", "graph/schema/new_gen.graphqls": "new"}
	if err := upToDate(dir, files); err == nil ||
		!strings.Contains(err.Error(), "gone_gen.graphqls") || !strings.Contains(err.Error(), "new_gen.graphqls") {
		t.Errorf("said to be out of date: %v", err)
	}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(dir, "graph/schema/site_gen.graphqls"))
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("what was the same was written again (%v)", err)
	}
	for name, want := range map[string]bool{
		"graph/schema/new_gen.graphqls": true, "graph/schema/site.graphqls": true, "graph/generated/site_gen.generated.go": true,
		"graph/generated/root_.generated.go": true, "graph/schema/gone_gen.graphqls": false,
		"graph/generated/gone_gen.generated.go": false, "resolvers/gone_gen.resolvers.go": false,
	} {
		if exists(filepath.Join(dir, name)) != want {
			t.Errorf("%s exists: %t", name, !want)
		}
	}
	if err := upToDate(dir, files); err != nil {
		t.Error(err)
	}
}

func TestAResolverThatDoesNotParseIsRefusedBeforeItCanBeLost(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "resolvers"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "resolvers", "site.resolvers.go")
	if err := os.WriteFile(path, []byte("package resolvers\n\nfunc f() { return + }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := checkResolvers(dir); err == nil || !strings.Contains(err.Error(), "site.resolvers.go:3") {
		t.Errorf("told: %v", err)
	}
}

func TestAFieldThatNothingAnswersIsAMistake(t *testing.T) {
	if err := unbound(strings.NewReader("")); err != nil {
		t.Error(err)
	}
	if err := unbound(strings.NewReader("adding resolver method for Use.record, nothing matched\n")); err == nil {
		t.Error("it was let pass")
	}
}
