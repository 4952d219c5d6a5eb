package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const guide = "docs/contributing/adding-a-kind.md"

// The guide's own text, put where the guide says into a copy of the module,
// makes a kind that the administrator creates, connects, reads and exports.
func TestTheGuideToAddingAKindIsRight(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a copy of the module")
	}
	dir := moduleCopy(t)
	text, err := os.ReadFile(filepath.Join(root, guide))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)   ```(?:go|graphql)\n(.*?)   ```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 3 {
		t.Fatalf("the guide shows %d pieces of code, not those of its three files", len(blocks))
	}
	block := func(i int) string { return strings.ReplaceAll(strings.TrimPrefix(blocks[i][1], "   "), "\n   ", "\n") }
	kind, relationship, ok := strings.Cut(block(1), "\n\n")
	if !ok {
		t.Fatal("the guide shows no kind and relationship, with a line between them, for the Catalog")
	}
	put(t, filepath.Join(dir, "internal/domain/contract.go"), block(0))
	put(t, filepath.Join(dir, "graph/schema/contract.graphqls"), block(2))
	insert(t, filepath.Join(dir, "internal/entity/catalog_configuration.go"), "return []*Kind{\n", kind+"\n")
	insert(t, filepath.Join(dir, "internal/entity/catalog_configuration.go"), "return []*Relationship{\n", relationship+"\n")
	shown, err := os.ReadFile("testdata/guide/contract_test.go")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "resolvers/contract_test.go"), string(shown))

	succeeds(t, dir, "go", "run", "./internal/schemagen")
	succeeds(t, dir, "go", "test", "./resolvers", "-run", "^(TestAContractIsTheAdministratorsFromBirth|TestEveryOperationIsRefusedToTheRolesThatTheTableSays)$")
}

// moduleCopy is a copy of the module without what Go does not read.
func moduleCopy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); path != root && (name == ".git" || name == "node_modules" || name == "conformance") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		inside, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, inside)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// insert adds a text after the first place of another one in a file.
func insert(t *testing.T, path, after, text string) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(old), after)
	if !ok {
		t.Fatalf("%s has no %q", path, after)
	}
	put(t, path, before+after+text+rest)
}

func succeeds(t *testing.T, dir, program string, arguments ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, arguments...)
	c.Dir = dir
	// Paths of no machine, so that builds are found again; without what takes
	// time and tells nothing of the guide.
	c.Env = append(os.Environ(), "GOFLAGS=-trimpath -vet=off -ldflags=-s '-gcflags=releasegraph/...=-N -l -dwarf=false'", "GOWORK=off")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(arguments, " "), err, out)
	}
}
